import type { DeltaKind, Fact, Part, StreamEvent } from "./canonical.ts";
import { splitPart } from "./unfold.ts";

/** A block that is open, and what has been told of it. */
export interface Block {
  i: number;
  c: number;
  type: Part["type"];
  /** What is known of a tool call that has no name yet: it is not told before it has one. */
  held?: { part: Part; deltas: Fact[] };
  custom: boolean;
  /** What deltas have told so far, by kind and summary number: the whole may say more when the block closes. */
  told: Told[];
}

export interface Told {
  kind: DeltaKind;
  s: number | undefined;
  /** Seldom wanted, so joined when it is: a text that grows by each token is a string more for each. */
  pieces: string[];
}

export interface Delta {
  kind: DeltaKind;
  v: unknown;
  s?: number;
}

/** Tells a delta of an open block. */
export function tellDelta(known: Block, { kind, v, s }: Delta, out: StreamEvent[]): void {
  if (typeof v === "string") {
    const before = toldOf(known, kind, s);
    if (before) before.pieces.push(v);
    else known.told.push({ kind, s, pieces: [v] });
  }
  // Members one by one: this runs for every token, and spreading an absent one costs more than all the rest.
  const event: StreamEvent & { type: "block.delta" } = { type: "block.delta", i: known.i, kind, v };
  if (known.c !== 0) event.c = known.c;
  if (s !== undefined) event.s = s;
  out.push(event);
}

function toldOf(known: Block, kind: DeltaKind, s: number | undefined): Told | undefined {
  for (const one of known.told) if (one.kind === kind && one.s === s) return one;
  return undefined;
}

/**
 * Where the authoritative whole says more than the deltas did, the rest is told as a last delta, so that encoders that
 * draw deltas lose nothing. Where it does not begin with what was told, it just wins.
 */
export function tellRest(known: Block, part: Part, out: StreamEvent[]): void {
  for (const { kind, v, s } of splitPart(part).deltas) {
    if (typeof v !== "string") continue;
    const told = toldOf(known, kind, s)?.pieces.join("") ?? "";
    if (v.length > told.length && v.startsWith(told))
      tellDelta(known, { kind, v: v.slice(told.length), s }, out);
  }
}
