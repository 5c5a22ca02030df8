import * as fc from "fast-check";
import type { CanonicalResponse } from "../../../src/mapping/canonical.ts";
import { bytes, either, few, one, prose, some, url, word } from "./words.ts";

/** Canonical answers, with all that any upstream may say. */
/** One token: of several on one part, the last would count. */
const opaque = fc
  .record({
    issuer: either("anthropic", "gemini", "openai"),
    kind: either("signature", "thoughtSignature", "encrypted"),
    data: bytes,
  })
  .map((token) => [token]);
const citation = fc.oneof(
  some({ kind: one("url"), url, title: prose, quote: prose, span: one({ start: 0, end: 3 }) }, [
    "kind",
    "url",
  ]),
  some(
    {
      kind: either("document", "search"),
      title: prose,
      quote: prose,
      source: some({ index: either(1, 2), fileId: word, page: one([1, 2]) }, ["index"]),
    },
    ["kind", "source"],
  ),
  fc.record({ kind: one("file"), source: fc.record({ fileId: word, filename: prose, index: either(1, 2) }) }),
);
/** Log probabilities stand beside a text. */
const spoken = fc.record({ type: one("text"), text: prose });
const part = fc.oneof(
  some(
    {
      type: one("text"),
      text: prose,
      annotations: few(citation),
      opaque,
      phase: either("commentary", "final_answer"),
    },
    ["type", "text"],
  ),
  some({ type: one("reasoning"), text: prose, opaque }, ["type", "text"]),
  some({ type: one("reasoning"), summary: few(prose), opaque }, ["type", "summary"]),
  fc.record({ type: one("refusal"), text: prose }),
  some(
    {
      type: one("tool_call"),
      id: word,
      name: word,
      argsText: prose.map((text) => JSON.stringify({ text })),
      opaque,
      namespace: word,
    },
    ["type", "id", "name", "argsText"],
  ),
  fc.record({ type: one("tool_call"), id: word, name: word, kind: one("custom"), input: prose }),
  fc.record({
    type: one("media"),
    kind: one("image"),
    mime: one("image/png"),
    src: fc.record({ data: bytes }),
  }),
  some(
    {
      type: one("media"),
      kind: one("audio"),
      mime: one("audio/wav"),
      src: fc.record({ data: bytes }),
      transcript: prose,
    },
    ["type", "kind", "mime", "src"],
  ),
  fc.record({
    type: one("server_call"),
    id: word,
    tool: either("web_search", "code_execution"),
    input: fc.record({ query: prose }),
  }),
  fc.record({
    type: one("server_result"),
    callId: word,
    tool: one("web_search"),
    raw: fc.record({ protocol: one("acme"), value: fc.record({ found: prose }) }),
  }),
  some({ type: one("compaction"), text: prose, opaque }, ["type", "text", "opaque"]),
  fc.record({ type: one("raw"), protocol: one("acme"), value: fc.record({ type: word, text: prose }) }),
);
const tokens = fc.integer({ min: 1, max: 999 });
const usage = some(
  {
    input: tokens.map((n) => n + 5000),
    cacheRead: tokens,
    cacheWrite: tokens,
    cacheWriteByTtl: fc.record({ "1h": tokens }),
    toolInput: tokens,
    inputAudio: tokens,
    output: tokens.map((n) => n + 5000),
    reasoning: tokens,
    outputAudio: tokens,
    predictionAccepted: tokens,
    predictionRejected: tokens,
    serverTools: fc.record({ web_search: tokens }),
    ext: fc.record({ acme: fc.record({ region: word }) }),
  },
  ["input", "output"],
);
const stop = some(
  {
    reason: either(
      "stop",
      "stop_sequence",
      "max_tokens",
      "context_window",
      "refusal",
      "content_filter",
      "pause",
      "compaction",
      "cancelled",
      "other",
    ),
    raw: word,
    sequence: prose,
    detail: some({ category: word, explanation: prose }),
  },
  ["reason"],
);
/** A message is spoken once. */
function isFirstSound(part: object, i: number, parts: readonly object[]): boolean {
  const isSound = (one: object): boolean => (one as { kind?: string }).kind === "audio";
  return !isSound(part) || parts.findIndex(isSound) === i;
}

const candidate = some(
  {
    index: one(0),
    parts: fc.tuple(spoken, few(part)).map(([first, others]) => [first, ...others.filter(isFirstSound)]),
    stop,
    logprobs: few(fc.record({ token: word, logprob: one(-0.5) })),
  },
  ["index", "parts", "stop"],
);

export const answers: fc.Arbitrary<CanonicalResponse> = some(
  {
    v: one(1),
    id: word,
    model: word,
    created: one(1_700_000_000),
    candidates: fc
      .tuple(candidate, fc.option(candidate))
      .map(([first, second]) => (second ? [first, { ...second, index: 1 }] : [first])),
    usage,
    serviceTier: either("priority", "flex"),
    state: fc.record({ previousId: word }),
    safety: fc.record({ rating: word }),
    ext: fc.record({ acme: fc.record({ note: prose }) }),
  },
  ["v", "candidates"],
) as fc.Arbitrary<CanonicalResponse>;
