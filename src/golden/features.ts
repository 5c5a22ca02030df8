import type { CanonicalRequest, MediaPart, Part } from "../mapping/canonical.ts";
import type { LossCode } from "../mapping/fit/codes.ts";

/** Codes that are what a request says, at that place. */
const members: readonly LossCode[] = [
  "sampling.temperature",
  "sampling.topP",
  "sampling.topK",
  "sampling.presencePenalty",
  "sampling.frequencyPenalty",
  "sampling.seed",
  "sampling.stop",
  "sampling.logitBias",
  "candidates",
  "logprobs",
  "limits.maxOutputTokens",
  "limits.maxToolCalls",
  "reasoning",
  "reasoning.effort",
  "reasoning.budget",
  "reasoning.show",
  "toolChoice",
  "toolChoice.parallel",
  "output.verbosity",
  "output.modalities",
  "cache.key",
  "cache.ttl",
  "cache.ref",
  "state.previousId",
  "state.references",
  "state.prompt",
  "state.background",
  "state.store",
  "state.truncation",
  "serviceTier",
  "speed",
  "user.id",
  "user.safetyId",
  "metadata",
  "safety",
];

/** What a request asks for, by the codes of the losses that there would be if a target could not carry it. */
export function featuresOf(request: CanonicalRequest): Set<LossCode> {
  const found = new Set(members.filter((code) => at(request, code) !== undefined));
  const add = (code: LossCode, holds: unknown): void => void (holds && found.add(code));
  addSettings(request, add);
  addTools(request, add);
  const { turns } = request;
  add("turns.first", turns[0]?.role === "assistant");
  add("turns.prefill", turns.at(-1)?.role === "assistant");
  for (const turn of turns) {
    add("turns.system", turn.role === "system");
    add("turns.name", turn.name !== undefined);
    for (const part of turn.parts) addPart(part, turn.role === "assistant", add);
  }
  return found;
}

type Add = (code: LossCode, holds: unknown) => void;

function addSettings({ reasoning, output, toolChoice, system }: CanonicalRequest, add: Add): void {
  add("reasoning.off", reasoning?.mode === "off");
  const format = output?.format;
  add("output.json", format?.type === "json");
  add("output.schema", format?.schema);
  add("output.strict", format?.strict);
  add("output.name", format?.name ?? format?.description);
  add("toolChoice.required", toolChoice?.mode === "required");
  add(
    "toolChoice.allowed",
    toolChoice?.names && !(toolChoice.mode === "required" && toolChoice.names.length === 1),
  );
  add(
    "cache.marks",
    system.some((text) => text.cache),
  );
}

function addTools({ tools = [] }: CanonicalRequest, add: Add): void {
  for (const tool of tools) {
    add(`tools.${tool.kind}`, true);
    add("cache.marks", tool.cache);
    if (tool.kind === "server") continue;
    add("tools.namespace", tool.namespace);
    add("tools.defer", tool.defer);
    if (tool.kind === "custom") continue;
    add("tools.strict", tool.strict);
    add("tools.examples", tool.examples);
    add("tools.callers", tool.callers);
    add("tools.outputSchema", tool.outputSchema);
  }
}

function addPart(part: Part, isAnswer: boolean, add: Add): void {
  const { opaque, cache } = part as { opaque?: unknown; cache?: unknown };
  add("history.opaque", opaque);
  add("cache.marks", cache);
  switch (part.type) {
    case "text":
      add("turns.annotations", part.annotations);
      add("turns.phase", part.phase);
      return;
    case "media":
      return addMedia(part, isAnswer, add);
    case "tool_call":
      return add("tools.callers", part.caller);
    case "tool_result":
      add("results.error", part.isError);
      for (const inner of part.content ?? []) {
        add("results.media", inner.type === "media");
        add("results.raw", inner.type === "raw");
      }
      return;
    case "server_call":
    case "server_result":
      return add("history.server", true);
    case "raw":
      return add(isAnswer ? "history.raw" : "turns.raw", true);
    default:
      add(`history.${part.type}`, true);
  }
}

function addMedia(part: MediaPart, isAnswer: boolean, add: Add): void {
  add(isAnswer ? "media.assistant" : `media.${part.kind}`, true);
  add("media.detail", part.detail);
  add("documents.title", part.title);
  add("documents.name", part.name);
  add("documents.context", part.context);
  add("documents.citations", part.citations);
}

function at(request: CanonicalRequest, code: string): unknown {
  return code
    .split(".")
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], request);
}
