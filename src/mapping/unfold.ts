import type { CanonicalResponse, Candidate, DeltaKind, Part, StreamEvent } from "./canonical.ts";

/**
 * Members of a part that travel as deltas, in the order in which they are told. An opaque token of a text or a call is
 * known when its block opens and stays there: some formats must draw a carrier before the block.
 */
const streamed: readonly [member: string, kind: DeltaKind, types: readonly Part["type"][]][] = [
  ["summary", "summary", ["reasoning"]],
  ["text", "text", ["text", "refusal", "reasoning"]],
  ["argsText", "args", ["tool_call"]],
  ["input", "input", ["tool_call"]],
  ["annotations", "annotation", ["text"]],
  ["opaque", "opaque", ["reasoning"]],
];

/**
 * The canonical events that tell a whole response, so that a streaming client can be served by an upstream that does not
 * stream. `fold(unfold(response))` is the response again: test/mapping/fold.test.ts. With `words`, text is told a few words at
 * a time, as a model would.
 */
export function unfold(response: CanonicalResponse, options: { words?: boolean } = {}): StreamEvent[] {
  const { id, model, created, usage, candidates, v: _v, ...meta } = response;
  // All is known from the start: formats that tell the tier or the cached tokens there, and nowhere else, can do so.
  const known = Object.keys(meta).length > 0 ? (meta as never) : undefined;
  const events: StreamEvent[] = [{ type: "start", ...present({ id, model, created, usage, meta: known }) }];
  let i = 0;
  for (const one of candidates) i = unfoldCandidate(one, i, options.words === true, events);
  if (usage) events.push({ type: "usage", usage });
  for (const one of candidates) {
    if (one.stop) events.push({ type: "stop", ...(one.index && { c: one.index }), stop: one.stop });
  }
  events.push({ type: "end" });
  return events;
}

function unfoldCandidate(candidate: Candidate, first: number, words: boolean, events: StreamEvent[]): number {
  const c = candidate.index ? { c: candidate.index } : {};
  let i = first;
  let { logprobs } = candidate;
  for (const part of candidate.parts) {
    const { head, deltas } = splitPart(part);
    events.push({ type: "block.start", i, ...c, block: head });
    for (const delta of words ? deltas.flatMap(inWords) : deltas)
      events.push({ type: "block.delta", i, ...c, ...delta });
    if (logprobs && part.type === "text") {
      events.push({ type: "block.delta", i, ...c, kind: "logprobs", v: logprobs });
      logprobs = undefined;
    }
    events.push({ type: "block.stop", i, ...c });
    i++;
  }
  return i;
}

interface Delta {
  kind: DeltaKind;
  v: unknown;
  s?: number;
}

/** A delta of text as several, of a few words each. */
function inWords(delta: Delta): Delta[] {
  if (delta.kind !== "text" || typeof delta.v !== "string") return [delta];
  const pieces = delta.v.match(/(?:\s*\S+){1,3}\s*/g) ?? [delta.v];
  return pieces.map((v) => ({ ...delta, v }));
}

/** A part as its head, without the content that streams, and the deltas that tell the rest. */
export function splitPart(part: Part): { head: Part; deltas: Delta[] } {
  const head: Record<string, unknown> = { ...part };
  const deltas: Delta[] = [];
  for (const [member, kind, types] of streamed) {
    const value = head[member];
    if (value === undefined || !types.includes(part.type)) continue;
    delete head[member];
    if (!Array.isArray(value)) {
      if (value !== "") deltas.push({ kind, v: value });
    } else value.forEach((v, s) => deltas.push({ kind, v, ...(kind === "summary" && { s }) }));
  }
  return { head: head as unknown as Part, deltas };
}

function present<T extends object>(members: T): Partial<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Partial<T>;
}
