/**
 * What an upstream model can carry (semantics §4.6), declared in `mapping.yaml` by model pattern and overridable in
 * `llmbridge.yaml`. `fit` reads it and nothing else: a format that declares itself honestly gets the whole loss policy
 * of semantics §4.5 without a line of code.
 *
 * A list names the values that are carried; `true` means all, `false` or absence none.
 */
export type Range = boolean | { min?: number; max?: number };
export type Few = boolean | { max: number };
export type Places = readonly ("data" | "url" | "fileId" | "text" | "parts")[];
export type NameRule = { max: number; /** characters that may stand in it, as in a RegExp class */ chars: string; /** ones it may begin with */ first?: string };

export interface Capabilities {
  /** Whose opaque tokens go back natively. */
  issuer?: string;
  /** Instructions in mid-conversation: as a system turn, or emulated as a reminder in a user turn. */
  midSystem: "native" | "after-user" | "reminder";
  /** Neighbouring turns of one role are merged into one. */
  alternate: boolean;
  /** The conversation may end with an assistant turn that the model continues. */
  prefill: boolean;
  /** Participant names. */
  names: boolean;
  phase: boolean;
  sampling: {
    temperature?: Range;
    topP?: Range;
    topK?: boolean;
    presencePenalty?: boolean;
    frequencyPenalty?: boolean;
    seed?: boolean;
    stop?: Few;
    logitBias?: boolean;
  };
  candidates: boolean;
  logprobs: boolean;
  maxOutput: { /** sent when the client gave none, because the target demands one */ default?: number; min?: number; max?: number; carried?: boolean };
  maxToolCalls: boolean;
  reasoning: {
    /** How the amount is said; `none`: it cannot be. `adaptive` says it by effort beside an adaptive mode. */
    by: "none" | "effort" | "budget" | "level" | "adaptive";
    efforts?: readonly string[];
    off: boolean;
    budget?: { min?: number; max?: number };
    /** Thoughts of earlier turns: only with the issuer's own token, as plain text, or not at all. */
    history: "signed" | "plain" | "none";
    /** Thinking must stand before a tool call of the current loop; without it thinking is switched off. */
    beforeTools?: boolean;
    /** Written on a call that must carry a token but has lost it. */
    placeholder?: { kind: string; data: string };
  };
  tools: {
    function: boolean;
    custom: boolean;
    /** Server-side tools by canonical name. */
    server: readonly string[];
    name: NameRule;
    id: NameRule;
    /** A call may be answered by name and order alone. */
    strict: boolean;
    allowed: boolean;
    parallel: boolean;
    examples: boolean;
    defer: boolean;
    namespace: boolean;
    /** Media kinds that may stand in a tool result. */
    resultMedia: readonly string[];
    resultError: boolean;
    /** Results must stand in the order of their calls. */
    resultOrder: boolean;
    /** Arguments are a JSON object on the wire, so broken argument text cannot be sent. */
    objectArgs: boolean;
  };
  media: { image: Places; document: Places; audio: Places; video: Places; detail: boolean; mimes?: readonly string[] };
  /** Files that it holds itself: `fileId` sources of this owner. */
  owner?: string;
  documents: { title: boolean; context: boolean; citations: boolean };
  output: { json: boolean; schema: boolean; strict: boolean; verbosity: boolean; modalities: readonly string[] };
  cache: { marks: Few; key: boolean; ttls?: readonly string[]; ref: boolean };
  state: { previousId: boolean; store: boolean; background: boolean; truncation: boolean };
  annotations: boolean;
  refusals: boolean;
  serviceTiers: readonly string[];
  speed: boolean;
  user: boolean;
  safetyId: boolean;
  metadata: boolean;
  safety: boolean;
  /** Protocols whose raw parts and extensions it takes. */
  raw: readonly string[];
  /** Switches that only the mapping's own files read, as `$target.capabilities.wire`. */
  wire: Record<string, unknown>;
}
