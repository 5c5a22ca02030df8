import type {
  CanonicalResponse,
  Candidate,
  Citation,
  DeltaKind,
  Json,
  Opaque,
  Part,
  Stop,
  StreamEvent,
  Usage,
} from "./canonical.ts";
import { grown } from "../text/grow.ts";

/** A block while it is being folded: the canonical part, and where it stands. `n` counts blocks of its type in its candidate. */
export type FoldedBlock = Part & { i: number; c: number; n: number };

/** The canonical response so far. Blocks carry `i`, `c` and `n` until `finished()` takes them off. */
export interface Fold {
  readonly message: CanonicalResponse;
  push(event: StreamEvent): void;
  block(i: number): FoldedBlock | undefined;
  finished(): CanonicalResponse;
}

/** Folds canonical events into the canonical response that they tell. */
export function createFold(): Fold {
  const message: CanonicalResponse = { v: 1, candidates: [] };
  const blocks = new Map<number, FoldedBlock>();
  return {
    message,
    block: (i) => blocks.get(i),
    push: (event) => fold1(message, blocks, event),
    finished: () => ({ ...message, candidates: message.candidates.map(withoutPlaces) }),
  };
}

/** The response that a whole stream of events tells; an `error` event adds nothing. */
export function fold(events: Iterable<StreamEvent>): CanonicalResponse {
  const folding = createFold();
  for (const event of events) folding.push(event);
  return folding.finished();
}

function fold1(message: CanonicalResponse, blocks: Map<number, FoldedBlock>, event: StreamEvent): void {
  switch (event.type) {
    case "start":
      if (event.id !== undefined) message.id = event.id;
      if (event.model !== undefined) message.model = event.model;
      if (event.created !== undefined) message.created = event.created;
      if (event.usage) message.usage = mergeUsage(message.usage, event.usage);
      Object.assign(message, event.meta);
      return;
    case "block.start":
      return openBlock(message, blocks, event.i, event.c ?? 0, event.block);
    case "block.delta": {
      const block = blocks.get(event.i);
      if (!block) return;
      if (event.kind === "logprobs") addLogprobs(candidate(message, block.c), event.v as Json[]);
      else addDelta(block, event.kind, event.v, event.s);
      return;
    }
    case "block.stop": {
      const block = blocks.get(event.i);
      if (block && event.part) Object.assign(block, event.part);
      return;
    }
    case "usage":
      message.usage = mergeUsage(message.usage, event.usage);
      return;
    case "stop":
      return markStop(candidate(message, event.c ?? 0), event.stop);
    case "end":
      Object.assign(message, event.meta);
  }
}

function openBlock(
  message: CanonicalResponse,
  blocks: Map<number, FoldedBlock>,
  i: number,
  c: number,
  part: Part,
): void {
  const { parts } = candidate(message, c);
  const n = parts.reduce((count, other) => count + (other.type === part.type ? 1 : 0), 0);
  const block: FoldedBlock = { ...ownContent(part), i, c, n };
  if ((block.type === "text" || block.type === "refusal") && block.text === undefined) block.text = "";
  parts.push(block);
  blocks.set(i, block);
}

/** A copy whose lists and source deltas may grow: the event that it came in is not touched. */
function ownContent(part: Part): Part {
  const own: Record<string, unknown> = { ...part };
  for (const name of ["summary", "annotations", "opaque"])
    if (Array.isArray(own[name])) own[name] = [...(own[name] as unknown[])];
  if (own["src"]) own["src"] = { ...(own["src"] as object) };
  return own as unknown as Part;
}

function candidate(message: CanonicalResponse, c: number): Candidate {
  const found = message.candidates.find((one) => one.index === c);
  if (found) return found;
  const made: Candidate = { index: c, parts: [] };
  message.candidates.push(made);
  message.candidates.sort((a, b) => a.index - b.index);
  return made;
}

function addLogprobs(target: Candidate, logprobs: readonly Json[]): void {
  target.logprobs ??= [];
  for (const one of logprobs) target.logprobs.push(one);
}

/** Adds what a delta carries to the part that it belongs to. */
export function addDelta(part: Part, kind: DeltaKind, v: unknown, s = 0): void {
  const target = part as Part & Record<string, unknown>;
  switch (kind) {
    case "text":
    case "input":
    case "transcript":
      target[kind] = grown((target[kind] as string | undefined) ?? "", v as string);
      return;
    case "args":
      target["argsText"] = grown((target["argsText"] as string | undefined) ?? "", v as string);
      return;
    case "summary": {
      const summary = (target["summary"] ??= []) as string[];
      while (summary.length <= s) summary.push("");
      summary[s] = grown(summary[s]!, v as string);
      return;
    }
    case "data": {
      const src = (target["src"] ??= {}) as { data?: string };
      src.data = grown(src.data ?? "", v as string);
      return;
    }
    case "annotation":
      ((target["annotations"] ??= []) as Citation[]).push(v as Citation);
      return;
    case "opaque":
      target["opaque"] = replaceOpaque(target["opaque"] as Opaque[] | undefined, v as Opaque);
      return;
    case "meta":
      Object.assign(target, v);
  }
}

function replaceOpaque(list: readonly Opaque[] = [], token: Opaque): Opaque[] {
  return [...list.filter((one) => one.issuer !== token.issuer || one.kind !== token.kind), token];
}

/** Later counts override earlier ones field by field; an absent one keeps what was known. */
export function mergeUsage(known: Usage | undefined, later: Usage): Usage {
  const merged: Record<string, unknown> = { ...known };
  for (const [name, value] of Object.entries(later)) if (value !== undefined) merged[name] = value;
  return merged as Usage;
}

/** A call whose arguments were cut by the output limit is marked, so that no encoder hands it out as whole. */
function markStop(target: Candidate, stop: Stop): void {
  target.stop = stop;
  markCut(target);
}

export function markCut({ parts, stop }: Candidate): void {
  if (stop?.reason !== "max_tokens" && stop?.reason !== "context_window") return;
  const last = parts.at(-1);
  if (last?.type === "tool_call" && last.kind !== "custom" && !isJson(last.argsText ?? ""))
    last.complete = false;
}

/** Whether a text is one whole JSON value. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function withoutPlaces(one: Candidate): Candidate {
  return {
    ...one,
    parts: one.parts.map((part) => {
      const { i: _i, c: _c, n: _n, ...rest } = part as FoldedBlock;
      return rest as Part;
    }),
  };
}
