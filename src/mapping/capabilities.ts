import { frozen } from "./frozen.ts";
import type { Citation } from "./canonical.ts";

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
export interface NameRule {
  max: number;
  /** Characters that may stand in it, as in a RegExp class. */
  chars: string;
  /** Ones it may begin with. */
  first?: string;
}

export interface Capabilities {
  /** Whose opaque tokens go back natively. */
  issuer?: string;
  /**
   * Instructions in mid-conversation: a system turn anywhere; one that follows a user turn and precedes an assistant
   * turn or the end; or none, so that a user turn says them as a reminder.
   */
  midSystem: "native" | "after-user" | "reminder";
  /** Roles alternate and a user begins: neighbouring turns of one role are merged into one. */
  alternate: boolean;
  /** The conversation may end with an assistant turn that the model continues. */
  prefill: boolean;
  /** Participant names. */
  names: boolean;
  phase: boolean;
  /** `false`: a text of white space alone is refused. */
  blankText?: boolean;
  /** An assistant's text may come in the pieces in which it was streamed. */
  pieces?: boolean;
  sampling: {
    temperature?: Range;
    topP?: Range;
    topK?: boolean;
    presencePenalty?: boolean;
    frequencyPenalty?: boolean;
    seed?: boolean;
    stop?: Few;
    /** `false`: a stop sequence of white space alone is refused. */
    stopBlank?: boolean;
    logitBias?: boolean;
    /** Not both: `topP` gives way. */
    temperatureOrTopP?: boolean;
    /** `false`: temperature, topP and topK are not taken while the model reasons. */
    withReasoning?: boolean;
  };
  candidates: boolean;
  logprobs: boolean;
  maxOutput: {
    /** Sent when the client gave none, because the target demands one. */
    default?: number;
    min?: number;
    max?: number;
    /** `false`: there is no such setting. */
    carried?: boolean;
  };
  maxToolCalls: boolean;
  reasoning: {
    /** How the amount is said; `none`: it cannot be. `adaptive` says it by effort beside an adaptive mode. */
    by: "none" | "effort" | "budget" | "level" | "adaptive";
    efforts?: readonly string[];
    off: boolean;
    /** By budget: the amount can be left to the model. Otherwise a middling budget is sent. */
    auto?: boolean;
    budget?: { min?: number; max?: number };
    /** Thoughts of earlier turns: only with the issuer's own token, as plain text, or not at all. */
    history: "signed" | "plain" | "none";
    /** Thinking must stand before a tool call of the current loop; without it thinking is switched off. */
    beforeTools?: boolean;
    /** `false`: thinking is switched off where a call is forced. */
    forcedTools?: boolean;
    /** `false`: it cannot be said how thoughts are shown. */
    show?: boolean;
    /** Written on the first call of a step that must carry the issuer's token but has none. */
    placeholder?: { kind: string; data: string };
  };
  tools: {
    function: boolean;
    custom: boolean;
    /** Server-side tools by canonical name. */
    server: readonly string[];
    /** `false`: server tools cannot stand beside the client's own, which come first then. */
    mixed?: boolean;
    name: NameRule;
    id: NameRule;
    strict: boolean;
    /** The choice may be narrowed to some of the tools. */
    allowed: boolean;
    /** `false`: a call cannot be forced. */
    forced?: boolean;
    /** One call at a time can be asked for. */
    parallel: boolean;
    examples: boolean;
    defer: boolean;
    namespace: boolean;
    /** Who may call a tool, and who called it. */
    callers?: boolean;
    outputSchema?: boolean;
    /** A history with calls needs declared tools. */
    declared?: boolean;
    /** A tool result may be an object, with media beside it. */
    resultJson?: boolean;
    /** Media kinds that may stand in a tool result. */
    resultMedia: readonly string[];
    resultError: boolean;
    /** Results must stand in the order of their calls. */
    resultOrder: boolean;
    /** Arguments are a JSON object on the wire, so broken argument text cannot be sent. */
    objectArgs: boolean;
  };
  media: {
    image: Places;
    document: Places;
    audio: Places;
    video: Places;
    detail: boolean;
    /** Types that are taken (`image/png`, `image/*`); absent: any. */
    mimes?: readonly string[];
    /** Other names of types, in lower case, and the name that is sent. */
    aliases?: Readonly<Record<string, string>>;
    /** Media kinds that may stand in an assistant turn. */
    assistant?: readonly string[];
  };
  /** Files that it holds itself: `fileId` sources of this owner. */
  owner?: string;
  documents: { title: boolean; context: boolean; citations: boolean; name?: boolean };
  output: {
    json: boolean;
    schema: boolean;
    strict: boolean;
    /** A schema has a name and a description beside it. */
    named?: boolean;
    verbosity: boolean;
    modalities: readonly string[];
  };
  cache: { marks: Few; key: boolean; ttls?: readonly string[]; ref: boolean };
  state: { previousId: boolean; store: boolean; background: boolean; truncation: boolean };
  /** Citations in earlier answers: all, none, or the format's own and of those of other formats these kinds. */
  annotations: boolean | readonly Citation["kind"][];
  refusals: boolean;
  /** A compacted history with the issuer's own token goes back as such. */
  compaction?: boolean;
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

/** Capabilities as somebody declares or overrides them: some keys, and of an object's members some. */
export type CapabilityOverride = {
  [Key in keyof Capabilities]?: Capabilities[Key] extends readonly unknown[] | string | boolean | undefined
    ? Capabilities[Key]
    : Partial<Capabilities[Key]>;
};

/** An entry of `capabilities:` in mapping.yaml. Its patterns may hold `*`; without conditions it always applies. */
export type CapabilityEntry = CapabilityOverride & {
  models?: readonly string[];
  /** Lower-case header name → value or pattern that the provider sends. */
  headers?: Readonly<Record<string, string>>;
};

const names: NameRule = { max: 64, chars: "a-zA-Z0-9_-" };

/** Names that clients write and registries do not know; vendors refuse them. */
const usualAliases: Readonly<Record<string, string>> = {
  "image/jpg": "image/jpeg",
  "image/pjpeg": "image/jpeg",
  "image/x-png": "image/png",
};

/** What is assumed of a target that declares nothing: text, function tools and the sampling that everybody has. */
export const defaultCapabilities: Capabilities = frozen({
  midSystem: "reminder",
  alternate: false,
  prefill: false,
  names: false,
  phase: false,
  sampling: { temperature: true, topP: true, stop: true },
  candidates: false,
  logprobs: false,
  maxOutput: {},
  maxToolCalls: false,
  reasoning: { by: "none", off: false, history: "none" },
  tools: {
    function: true,
    custom: false,
    server: [],
    name: names,
    id: names,
    strict: false,
    allowed: false,
    parallel: false,
    examples: false,
    defer: false,
    namespace: false,
    resultMedia: [],
    resultError: false,
    resultOrder: true,
    objectArgs: false,
  },
  media: { image: [], document: [], audio: [], video: [], detail: false, aliases: usualAliases },
  documents: { title: false, context: false, citations: false },
  output: { json: false, schema: false, strict: false, verbosity: false, modalities: ["text"] },
  cache: { marks: false, key: false, ref: false },
  state: { previousId: false, store: false, background: false, truncation: false },
  annotations: false,
  refusals: false,
  serviceTiers: [],
  speed: false,
  user: false,
  safetyId: false,
  metadata: false,
  safety: false,
  raw: [],
  wire: {},
});
