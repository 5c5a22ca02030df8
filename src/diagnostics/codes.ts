/**
 * Every code that llmbridge prints, with its one-line meaning. Numbers are never reused.
 * LB1xx files and YAML, LB2xx schema, LB3xx expressions, LB4xx tables, LB5xx configuration, LB9xx run time.
 * docs/errors.md has a heading for each; test/docs.test.ts keeps the two together.
 */
export const codes = {
  LB101: "file not found",
  LB102: "not readable",
  LB103: "YAML syntax",
  LB104: "JSON syntax",
  LB105: "unknown file in a mapping folder",
  LB106: "extends a mapping that does not exist",
  LB107: "extends itself",
  LB201: "unknown key",
  LB202: "wrong type or value",
  LB203: "missing key",
  LB301: "expression syntax",
  LB302: "unknown function",
  LB303: "unknown variable",
  LB304: "undeclared state",
  LB305: "template not found",
  LB306: "hidden name",
  LB401: "unknown event",
  LB402: "event not listed",
  LB403: "unreachable entry",
  LB404: "unknown fact",
  LB405: "row without effect",
  LB501: "unknown mapping",
  LB502: "unknown provider",
  LB503: "environment variable not set",
  LB504: "mapping has no upstream side",
  LB505: "bad duration",
  LB506: "missing base_url",
  LB507: "two formats serve the same path",
  LB508: "open to the network without a key",
  LB901: "mapping failed at run time",
  LB902: "unknown wire event",
} as const;

export type Code = keyof typeof codes;
