/**
 * The canonical form: the one shape in the middle that every format decodes to and encodes from.
 *
 * Every list is a list, every field is absent rather than null, opaque JSON (schemas, arguments, server-tool payloads)
 * is carried as one value. What only one protocol has lives under `ext.<protocol>` or in a `raw` part.
 * The JSON Schemas in `schemas/canonical/` say the same for tests and editors; test/canonical.test.ts holds them together.
 */

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** A token that only its issuer understands: a thinking signature, encrypted reasoning, a thought signature. */
export interface Opaque {
  issuer: string;
  kind: "signature" | "redacted" | "encrypted" | "thoughtSignature" | (string & {});
  data: string;
}

/** What only one protocol has, keyed by protocol; others do not look at it. */
export type Extension = { [protocol: string]: JsonObject };

export interface CacheMark {
  ttl?: string;
}

/** `span` counts UTF-16 units inside the text part that carries the citation. */
export interface Citation {
  kind: "url" | "document" | "file" | "search" | "place";
  url?: string;
  title?: string;
  quote?: string;
  span?: { start: number; end: number };
  source?: {
    index?: number;
    fileId?: string;
    filename?: string;
    page?: number[];
    block?: number[];
    char?: number[];
  };
  opaque?: Opaque[];
  ext?: JsonObject;
}

export interface TextPart {
  type: "text";
  text?: string;
  /** A piece of a text, as it was streamed: it goes on from the text part before it, with nothing between them. */
  continues?: boolean;
  annotations?: Citation[];
  opaque?: Opaque[];
  cache?: CacheMark;
  phase?: string;
  itemId?: string;
  ext?: Extension;
}
export interface RefusalPart {
  type: "refusal";
  text?: string;
  itemId?: string;
  phase?: string;
}
export interface MediaSource {
  data?: string;
  url?: string;
  fileId?: string;
  owner?: string;
  text?: string;
  parts?: Part[];
}
export interface MediaPart {
  type: "media";
  kind: "image" | "audio" | "video" | "document";
  mime?: string;
  src: MediaSource;
  name?: string;
  title?: string;
  context?: string;
  detail?: string;
  citations?: boolean;
  clip?: JsonObject;
  transcript?: string;
  opaque?: Opaque[];
  cache?: CacheMark;
  ext?: Extension;
}
export interface ReasoningPart {
  type: "reasoning";
  text?: string;
  summary?: string[];
  redacted?: boolean;
  opaque?: Opaque[];
  itemId?: string;
}
/** `argsText` is the truth for arguments: JSON text, passed through byte for byte. A custom call has `input` instead. */
export interface ToolCallPart {
  type: "tool_call";
  id?: string;
  name: string;
  kind?: "function" | "custom";
  argsText?: string;
  input?: string;
  opaque?: Opaque[];
  itemId?: string;
  namespace?: string;
  caller?: JsonObject;
  complete?: boolean;
  cache?: CacheMark;
  ext?: Extension;
}
/** `json` is set only where the wire gave an object; otherwise the result is its `content`. */
export interface ToolResultPart {
  type: "tool_result";
  callId: string;
  name?: string;
  kind?: "function" | "custom";
  content?: Part[];
  json?: JsonObject;
  isError?: boolean;
  cache?: CacheMark;
  ext?: Extension;
}
export interface RawValue {
  protocol: string;
  value: Json;
}
export interface ServerCallPart {
  type: "server_call";
  id?: string;
  tool: string;
  input?: Json;
  status?: string;
  opaque?: Opaque[];
  raw?: RawValue;
}
export interface ServerResultPart {
  type: "server_result";
  callId?: string;
  tool: string;
  summary?: Part[];
  isError?: boolean;
  raw?: RawValue;
}
export interface CompactionPart {
  type: "compaction";
  text?: string;
  opaque?: Opaque[];
  ext?: Extension;
}
/** An unknown block, item or part, verbatim; only its own protocol takes it back. */
export interface RawPart {
  type: "raw";
  protocol: string;
  value: Json;
}
export type Part =
  | TextPart
  | RefusalPart
  | MediaPart
  | ReasoningPart
  | ToolCallPart
  | ToolResultPart
  | ServerCallPart
  | ServerResultPart
  | CompactionPart
  | RawPart;

/** A tool turn holds only tool_result parts. A system turn is an instruction in mid-conversation. */
export interface Turn {
  role: "user" | "assistant" | "tool" | "system";
  parts: Part[];
  name?: string;
  /** Was in the same wire message as the turn before it. */
  joined?: boolean;
  ext?: JsonObject;
}

export interface FunctionTool {
  kind: "function";
  name: string;
  description?: string;
  /** Absent for a tool without arguments. */
  schema?: JsonObject;
  strict?: boolean;
  outputSchema?: JsonObject;
  namespace?: string;
  cache?: CacheMark;
  defer?: boolean;
  callers?: Json[];
  examples?: Json[];
  ext?: JsonObject;
}
export interface CustomTool {
  kind: "custom";
  name: string;
  description?: string;
  format?: { type: "text" | "lark" | "regex"; definition?: string };
  namespace?: string;
  cache?: CacheMark;
  defer?: boolean;
}
export interface ServerTool {
  kind: "server";
  /** web_search, web_fetch, code_execution, file_search, computer, image_generation, mcp, tool_search, other */
  tool: string;
  name?: string;
  config?: JsonObject;
  raw?: RawValue;
  cache?: CacheMark;
}
export type Tool = FunctionTool | CustomTool | ServerTool;

export interface ToolChoice {
  mode?: "auto" | "none" | "required";
  /** With `required`: these and no others; with `auto`: allowed ones. */
  names?: string[];
  kind?: "function" | "custom" | "server";
  /** false: one call at a time. */
  parallel?: boolean;
}

export interface CanonicalRequest {
  v: 1;
  /** The client. `tokens`: it asked for the tokens of thoughts, and keeps no thought that comes without one. */
  from: { protocol: string; version?: string; betas?: string[]; tokens?: boolean };
  model: string;
  stream: boolean;
  /** Leading instructions. `joined`: came in the same wire message as the one before. */
  system: { type: "text"; text: string; origin?: string; joined?: boolean; cache?: CacheMark }[];
  turns: Turn[];
  tools?: Tool[];
  toolChoice?: ToolChoice;
  limits?: { maxOutputTokens?: number; maxToolCalls?: number };
  sampling?: {
    temperature?: number;
    topP?: number;
    topK?: number;
    presencePenalty?: number;
    frequencyPenalty?: number;
    seed?: number;
    stop?: string[];
    logitBias?: JsonObject;
  };
  candidates?: number;
  logprobs?: { top?: number };
  reasoning?: {
    mode?: "off" | "auto" | "on";
    effort?: string;
    budget?: number;
    show?: "none" | "summary" | "detailed" | "auto";
    interleaved?: boolean;
  };
  output?: {
    format?: {
      type: "text" | "json" | "json_schema";
      name?: string;
      description?: string;
      schema?: JsonObject;
      strict?: boolean;
    };
    verbosity?: string;
    modalities?: string[];
    audio?: JsonObject;
    image?: JsonObject;
  };
  cache?: { key?: string; ttl?: string; auto?: boolean; ref?: string };
  state?: {
    previousId?: string;
    conversation?: Json;
    /** Items of the history that are only named, by their ids: a server holds them. */
    references?: string[];
    store?: boolean;
    background?: boolean;
    truncation?: string;
    prompt?: Json;
  };
  serviceTier?: string;
  speed?: string;
  user?: { id?: string; safetyId?: string };
  metadata?: JsonObject;
  safety?: Json[];
  streamOptions?: { usage?: boolean; obfuscation?: boolean };
  ext?: { [protocol: string]: JsonObject };
}

export type StopReason =
  | "stop"
  | "stop_sequence"
  | "max_tokens"
  | "context_window"
  | "tool_calls"
  | "refusal"
  | "content_filter"
  | "pause"
  | "compaction"
  | "invalid_tool_call"
  | "cancelled"
  | "error"
  | "other";

export interface Stop {
  reason: StopReason;
  raw?: string;
  sequence?: string;
  detail?: { category?: string; explanation?: string; phase?: string; token?: string };
}

/** Inclusive totals with subsets: `input` contains cacheRead and cacheWrite, `output` contains reasoning. Tokens. */
export interface Usage {
  input?: number;
  cacheRead?: number;
  cacheWrite?: number;
  cacheWriteByTtl?: { [ttl: string]: number };
  toolInput?: number;
  inputAudio?: number;
  output?: number;
  reasoning?: number;
  outputAudio?: number;
  predictionAccepted?: number;
  predictionRejected?: number;
  total?: number;
  serverTools?: { [tool: string]: number };
  ext?: JsonObject;
}

export interface Candidate {
  index: number;
  parts: Part[];
  /** One for each token: `{token, logprob, bytes?, top_logprobs?: [{token, logprob, bytes?}]}`. */
  logprobs?: Json[];
  stop?: Stop;
}

export interface CanonicalResponse {
  v: 1;
  id?: string;
  model?: string;
  /** Unix seconds. */
  created?: number;
  candidates: Candidate[];
  usage?: Usage;
  serviceTier?: string;
  state?: { id?: string; previousId?: string; conversation?: Json };
  safety?: Json;
  ext?: { [protocol: string]: JsonObject };
}

export type ErrorType =
  | "invalid_request"
  | "context_length"
  | "authentication"
  | "billing"
  | "permission"
  | "not_found"
  | "conflict"
  | "too_large"
  | "rate_limit"
  | "server"
  | "overloaded"
  | "timeout"
  | "cancelled"
  | "upstream_truncated";

export interface CanonicalError {
  type: ErrorType;
  status?: number;
  code?: string;
  param?: string;
  message: string;
  /** Seconds. */
  retryAfter?: number;
  requestId?: string;
  /** Format-independent facts that a client's error shape may carry (`error_code`, `unsupported` …). */
  details?: JsonObject;
  raw?: Json;
}

export type LossAction = "drop" | "clamp" | "approximate" | "emulate";
/** Something that the target cannot carry. `at` is a canonical path: `sampling.topK`, `turns[2].parts[0]`. */
export interface Loss {
  code: string;
  at?: string;
  action: LossAction;
  from?: string;
  to?: string;
  note?: string;
}

/** What a delta may add to a block, per kind of delta; semantics §3.3. */
export type DeltaKind =
  | "text"
  | "summary"
  | "args"
  | "input"
  | "data"
  | "transcript"
  | "annotation"
  | "logprobs"
  | "opaque"
  | "meta";

/** A fact: what a stream decoder states of one wire event, in any order; the grammar makes events of facts. */
export type Fact =
  | {
      type: "start";
      id?: string;
      model?: string;
      created?: number;
      usage?: Usage;
      meta?: JsonObject;
      strict?: boolean;
    }
  | { type: "block"; key: string | number; c?: number; part: Part }
  | { type: "delta"; key: string | number; c?: number; kind: DeltaKind; v: unknown; s?: number; part?: Part }
  | { type: "close"; key: string | number; c?: number; part?: Part }
  | { type: "usage"; usage: Usage }
  | { type: "stop"; c?: number; stop: Stop }
  | { type: "end"; meta?: JsonObject }
  | { type: "error"; error: CanonicalError }
  | { type: "ping" }
  | { type: "raw"; name?: string; data?: Json };

/** A canonical event. `i` numbers blocks from 0 in order of first appearance; `c` is the candidate, absent for 0. */
export type StreamEvent =
  | { type: "start"; id?: string; model?: string; created?: number; usage?: Usage; meta?: JsonObject }
  | { type: "block.start"; i: number; c?: number; block: Part }
  | { type: "block.delta"; i: number; c?: number; kind: DeltaKind; v: unknown; s?: number }
  | { type: "block.stop"; i: number; c?: number; part?: Part }
  | { type: "usage"; usage: Usage }
  | { type: "stop"; c?: number; stop: Stop }
  | { type: "end"; meta?: JsonObject }
  | { type: "error"; error: CanonicalError }
  | { type: "ping" }
  | { type: "raw"; protocol?: string; name?: string; data?: Json };
