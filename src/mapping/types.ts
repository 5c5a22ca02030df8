import type {
  CanonicalError,
  CanonicalRequest,
  CanonicalResponse,
  Loss,
  StreamEvent,
  Usage,
} from "./canonical.ts";
import type { AnswerForm } from "./answer-losses.ts";
import type { Framing } from "../text/readers.ts";
import type { Capabilities, CapabilityEntry } from "./capabilities.ts";

/** What a client sent beside the body, for request.decode; what an upstream answered beside the body, for the rest. */
export interface HttpFacts {
  method?: string;
  path?: string;
  /** What stood for `{name}` in the route's path. */
  params?: Record<string, string>;
  query?: Record<string, string>;
  /** Lower-case names; credentials are not among them. */
  headers: Record<string, string>;
  status?: number;
}

/** Who is asked: bound as `$target` while a request is encoded. */
export interface Target {
  provider: string;
  /** The upstream's own name for the model. */
  model: string;
  stream: boolean;
  /** What the body is for: an answer, or a token count of what would be asked. */
  kind?: "request" | "count";
  capabilities: Capabilities;
  /** Headers that the provider sends anyway (lower-case names, no credentials): dialects hang on some of them. */
  headers: Record<string, string>;
}

/** The clock and numbering of one answer: bound as `$stream`. `created` is Unix seconds. */
export interface StreamFacts {
  id: string;
  created: number;
  frame: number;
}

/** Names that may be bound for one evaluation; which are, depends on the file (mappings/README.md lists them). */
export interface Bindings {
  http?: HttpFacts;
  request?: CanonicalRequest;
  target?: Target;
  stream?: StreamFacts;
  message?: CanonicalResponse;
  loss?: (loss: Omit<Loss, "from" | "to">) => undefined;
}

/** A compiled document: wire ⇄ canonical. Throws `Rejection` for `$reject`, `JsonataError` when the mapping fails. */
export type Document<In, Out> = (input: In, bindings: Bindings) => Out;

export interface Codec<Canonical> {
  decode?: Document<unknown, Canonical>;
  encode?: Document<Canonical, unknown>;
  /** The variables that `decode` looks at. */
  reads?: ReadonlySet<string>;
}

/** One decoder at work on one upstream stream. */
export interface StreamDecoder {
  /** One SSE event (or line, or array element) in; canonical events are appended to `out`. */
  push(data: string, name: string | undefined, out: StreamEvent[]): void;
  /** The input ended: appends `end`, or the error that says it ended too early. */
  finish(out: StreamEvent[]): void;
  /** A canonical `end` or `error` has been emitted. */
  isDone(): boolean;
}

/** One encoder at work on one client's stream: canonical events in, wire text out (framed, ready to send). */
export interface StreamEncoder {
  push(event: StreamEvent): string;
  isDone(): boolean;
}

export interface StreamCodec {
  decode?: (bindings: Bindings) => StreamDecoder;
  encode?: (bindings: Bindings, framing?: Framing) => StreamEncoder;
  /** Data that means the proper end and is not JSON: `[DONE]`. The reader of the bytes must know it. */
  done?: string;
}

export type { Framing };

/** A path that clients of this format call. More specific entries (more conditions) are tried first. */
export interface Route {
  method: string;
  /** `/v1beta/models/{model}:generateContent` */
  path: string;
  kind: "request" | "count" | "models";
  /** Fixed by the path where the body does not say it. */
  stream?: boolean;
  framing: Framing;
  query?: Record<string, string>;
  /** Header conditions: a value, or `*` for any. */
  headers?: Record<string, string>;
}

export interface UpstreamPath {
  path: string;
  query?: Record<string, string>;
}

/** How a provider of this format is called. Strings may hold `{model}` and `{api_key}`. */
export interface Upstream {
  baseUrl?: string;
  path: string;
  streamPath: string;
  countPath?: string;
  modelsPath?: string;
  /** Header values: literal, or a function of the canonical request and the target. */
  headers: Record<string, string | Document<CanonicalRequest, unknown>>;
  /** Header or query parameter → value with `{api_key}`; sent only where the provider has a key. */
  auth: { headers: Record<string, string>; query: Record<string, string> };
  /** A client's headers (lower-case names) that a pass-through hands on: they say what its body means. */
  forward: readonly string[];
  /** Whether it streams: as the client asks, always, or never. */
  stream: "asked" | "always" | "never";
  framing: Framing;
}

/** Where items stand that a client may name instead of sending them. */
export interface HeldForm {
  /** The member of a request that lists items. */
  list: string;
  /** The members by which an item that only names another is known, and the member that holds the name. */
  named: Readonly<Record<string, unknown>>;
  id: string;
  /** The member of an answer that lists its items, and of a stream's last frame that is the answer. */
  answer: string;
  frame: string;
}

/** A mapping folder, compiled and frozen. */
export interface Mapping {
  name: string;
  /** Whose raw parts and extensions are native here. */
  protocol: string;
  about?: string;
  folder: string;
  serves: readonly Route[];
  upstream?: Upstream;
  /** Names of the body's fields that the pass-through reads and replaces; absent where the path carries them. */
  wire: { model?: string; stream?: string; usageHints: readonly string[] };
  /** How clients name items of earlier answers instead of sending them; absent: they do not. */
  held?: HeldForm;
  capabilities: (model: string, headers: Record<string, string>) => Capabilities;
  /** The same as written, for those who add a provider's and a model's own entries. */
  capabilityEntries: readonly CapabilityEntry[];
  /** What its clients are told of an answer; absent: nobody has said, and nothing is noted as lost. */
  answers?: AnswerForm;
  /** HTTP status per canonical error type, where it differs from the usual one. */
  status: Readonly<Record<string, number>>;
  /** Sent to a silent client: already framed. */
  keepAlive: string;
  /** Refuses a malformed body with the place of the mistake, before it is decoded. */
  validate?: (body: unknown) => CanonicalError | undefined;
  request: Codec<CanonicalRequest>;
  response: Codec<CanonicalResponse>;
  error: Codec<CanonicalError>;
  count: Codec<{ tokens: number; estimated?: boolean; usage?: Usage }>;
  models: Codec<{ models: ModelEntry[] }>;
  stream: StreamCodec;
  /** A provider that answers by itself: canonical request → canonical response. */
  answer?: Document<CanonicalRequest, CanonicalResponse>;
}

export interface ModelEntry {
  id: string;
  provider: string;
  contextLength?: number;
  available: boolean;
  created?: number;
}
