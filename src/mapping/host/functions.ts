import type { HostFunction } from "../../jsonata/types.ts";
import type { ErrorType, LossAction } from "../canonical.ts";
import { budgetOf, effortOf } from "../effort.ts";
import { stableId } from "../id.ts";
import { recordLoss } from "../losses.ts";
import { reject, usualStatus } from "../rejection.ts";
import { dataUrl, parseDataUrl } from "./data-url.ts";
import { utf16, utf8, utf8Bytes } from "./offsets.ts";
import { emptyEnvelope, envelope, foreign, native, openEnvelope } from "./opaque.ts";
import { schemaFunction } from "./schema/schema.ts";
import { rfc3339, seconds, timestamp } from "./time.ts";
import { camel, jsonText, lookup, parseJson, rest, some } from "./values.ts";
import type { LookupTable } from "./values.ts";

/** What a mapping folder gives its functions to work with. */
export interface HostSources {
  /** Template file name → its text. */
  templates: Readonly<Record<string, string>>;
  lookups: Readonly<Record<string, LookupTable>>;
  /** Subsets of JSON Schema, by the name that `$schema` is called with. */
  dialects?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const shared: Readonly<Record<string, HostFunction>> = {
  camel,
  jsonText,
  parseJson,
  loss,
  reject: refuse,
  id: (prefix, ...seeds) => stableId(typeof prefix === "string" ? prefix : "", ...seeds),
  rest,
  some,
  envelope,
  emptyEnvelope,
  openEnvelope,
  native,
  foreign,
  budget: (effort) => (typeof effort === "string" ? budgetOf(effort) : undefined),
  effort: (budget) => (typeof budget === "number" ? effortOf(budget) : undefined),
  dataUrl,
  parseDataUrl,
  utf16,
  utf8,
  utf8Bytes,
  seconds,
  timestamp,
  rfc3339,
};

/**
 * The functions that every expression of a folder may call, by name without the `$`; mappings/README.md says what each
 * gives. All are pure and total: odd input gives nothing. Only `$reject` throws (a `Rejection`), and `$loss` and
 * `$schema` tell the collector of losses.
 */
export function hostFunctions(sources: HostSources): Record<string, HostFunction> {
  const templates = new Map(Object.entries(sources.templates));
  const functions: Record<string, HostFunction> = {
    ...shared,
    template: (name) => (typeof name === "string" ? templates.get(name) : undefined),
    schema: schemaFunction(sources.dialects ?? {}),
  };
  for (const [name, table] of Object.entries(sources.lookups)) functions[name] = lookup(table);
  return functions;
}

const actions: ReadonlySet<unknown> = new Set<LossAction>(["drop", "clamp", "approximate", "emulate"]);

function loss(value: unknown): undefined {
  const { code, at, action, note } = members(value);
  if (typeof code !== "string") return undefined;
  recordLoss({
    code,
    action: actions.has(action) ? (action as LossAction) : "drop",
    ...(typeof at === "string" && { at }),
    ...(typeof note === "string" && { note }),
  });
  return undefined;
}

function refuse(value: unknown): never {
  const { type, message, ...facts } = members(value);
  const known = typeof type === "string" && Object.hasOwn(usualStatus, type);
  return reject({
    ...facts,
    type: known ? (type as ErrorType) : "invalid_request",
    message: typeof message === "string" ? message : "the request cannot be carried",
  });
}

function members(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
