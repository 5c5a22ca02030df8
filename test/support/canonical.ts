import type {
  CanonicalError,
  CanonicalRequest,
  CanonicalResponse,
  CustomTool,
  Fact,
  FunctionTool,
  ServerTool,
  StreamEvent,
  Turn,
  Usage,
} from "../../src/mapping/canonical.ts";
import { capabilities } from "./canonical-capabilities.ts";
import { cache, citation, ext, opaque, parts, result, text } from "./canonical-parts.ts";
import type { Full } from "./canonical-parts.ts";

const functionTool: Full<FunctionTool> = {
  kind: "function",
  name: "f",
  description: "does",
  schema: { type: "object" },
  strict: true,
  outputSchema: {},
  namespace: "crm",
  cache,
  defer: true,
  callers: ["direct"],
  examples: [{ a: 1 }],
  ext,
};
const customTool: Full<CustomTool> = {
  kind: "custom",
  name: "c",
  description: "d",
  format: { type: "lark", definition: "start: x" },
  namespace: "n",
  cache,
  defer: false,
};
const serverTool: Full<ServerTool> = {
  kind: "server",
  tool: "web_search",
  name: "w",
  config: { maxUses: 1 },
  raw: { protocol: "acme", value: {} },
  cache,
};

const turn: Full<Turn> = { role: "assistant", parts, name: "Ann", joined: true, ext };

const request: Full<CanonicalRequest> = {
  v: 1,
  from: { protocol: "acme", version: "1", betas: ["b"], tokens: true },
  model: "m",
  stream: true,
  system: [{ type: "text", text: "s", origin: "system", joined: true, cache }],
  turns: [turn, { role: "tool", parts: [result] }],
  tools: [functionTool, customTool, serverTool],
  toolChoice: { mode: "required", names: ["f"], kind: "function", parallel: false },
  limits: { maxOutputTokens: 1, maxToolCalls: 1 },
  sampling: {
    temperature: 0,
    topP: 1,
    topK: 1,
    presencePenalty: 0,
    frequencyPenalty: 0,
    seed: 1,
    stop: ["x"],
    logitBias: { "1": 2 },
  },
  candidates: 1,
  logprobs: { top: 2 },
  reasoning: { mode: "on", effort: "high", budget: 1, show: "summary", interleaved: true },
  output: {
    format: { type: "json_schema", name: "n", description: "d", schema: {}, strict: true },
    verbosity: "low",
    modalities: ["text"],
    audio: { voice: "v" },
    image: {},
  },
  cache: { key: "k", ttl: "1h", auto: true, ref: "r" },
  state: {
    previousId: "p",
    conversation: { id: "c" },
    references: ["i"],
    store: false,
    background: false,
    truncation: "auto",
    prompt: { id: "p" },
  },
  serviceTier: "flex",
  speed: "fast",
  user: { id: "u", safetyId: "s" },
  metadata: { a: "b" },
  safety: [{ category: "c" }],
  streamOptions: { usage: true, obfuscation: false },
  ext,
};

const usage: Full<Usage> = {
  input: 10,
  cacheRead: 1,
  cacheWrite: 1,
  cacheWriteByTtl: { "5m": 1 },
  toolInput: 1,
  inputAudio: 1,
  output: 5,
  reasoning: 1,
  outputAudio: 1,
  predictionAccepted: 1,
  predictionRejected: 1,
  total: 15,
  serverTools: { web_search: 1 },
  ext,
};

const stop = {
  reason: "stop_sequence",
  raw: "stop",
  sequence: "END",
  detail: { category: "c", explanation: "e", phase: "p", token: "t" },
} as const;

const response: Full<CanonicalResponse> = {
  v: 1,
  id: "r",
  model: "m",
  created: 1_700_000_000,
  candidates: [{ index: 0, parts, logprobs: [{ token: "a", logprob: -1 }], stop }],
  usage,
  serviceTier: "default",
  state: { id: "r", previousId: "p", conversation: "c" },
  safety: { ok: true },
  ext,
};

const error: Full<CanonicalError> = {
  type: "rate_limit",
  status: 429,
  code: "slow_down",
  param: "model",
  message: "slow down",
  retryAfter: 1.5,
  requestId: "req_1",
  details: { error_code: "x" },
  raw: { error: {} },
};

const deltas = [
  { kind: "text", v: "a" },
  { kind: "summary", v: "a", s: 1 },
  { kind: "args", v: "{" },
  { kind: "input", v: "a" },
  { kind: "data", v: "AA==" },
  { kind: "transcript", v: "a" },
  { kind: "annotation", v: citation },
  { kind: "logprobs", v: [{ token: "a" }] },
  { kind: "opaque", v: opaque[0] },
  { kind: "meta", v: { phase: "commentary" } },
] as const;

const told = [
  { type: "start", id: "r", model: "m", created: 1, usage, meta: { serviceTier: "default" } },
  { type: "usage", usage },
  { type: "stop", c: 1, stop },
  { type: "end", meta: {} },
  { type: "error", error },
  { type: "ping" },
] as const satisfies (StreamEvent & Fact)[];

const events: StreamEvent[] = [
  ...told,
  ...parts.map((block, i): StreamEvent => ({ type: "block.start", i, c: 1, block })),
  ...deltas.map((delta): StreamEvent => ({ type: "block.delta", i: 0, c: 1, ...delta })),
  { type: "block.stop", i: 0, c: 1, part: text },
  { type: "raw", protocol: "acme", name: "odd", data: {} },
];

const facts: Fact[] = [
  ...told,
  ...parts.map((part, i): Fact => ({ type: "block", key: i % 2 ? i : `k${i}`, c: 1, part })),
  ...deltas.map((delta): Fact => ({ type: "delta", key: 0, c: 1, part: text, ...delta })),
  { type: "close", key: "k", c: 1, part: text },
  { type: "raw", name: "odd", data: {} },
];

/** Schema → examples of what it describes. */
export const examples: Readonly<
  Record<"request" | "response" | "error" | "event" | "fact" | "capabilities", readonly object[]>
> = {
  request: [request, { v: 1, from: { protocol: "acme" }, model: "m", stream: false, system: [], turns: [] }],
  response: [response, { v: 1, candidates: [] }],
  error: [error, { type: "server", message: "m" }],
  event: events,
  fact: facts,
  capabilities: [capabilities, {}],
};
