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
  /** The first half of a character that a delta ended in: strict readers refuse it alone (semantics, trap 70). */
  half?: string | undefined;
}

export interface Delta {
  kind: DeltaKind;
  v: unknown;
  s?: number;
}

/** Tells a delta of an open block. What a delta begins of a character is told with what ends it. */
export function tellDelta(known: Block, delta: Delta, out: StreamEvent[]): void {
  const { kind, v, s } = delta;
  if (typeof v !== "string") return pushDelta(known, delta, out);
  let told = toldOf(known, kind, s);
  if (!told) known.told.push((told = { kind, s, pieces: [] }));
  const text = told.half === undefined && v.isWellFormed() ? v : whole(told, v);
  if (text === "" && v !== "") return;
  told.pieces.push(text);
  pushDelta(known, text === v ? delta : { kind, v: text, s }, out);
}

/** Whether a UTF-16 unit begins a character of two. */
function isHalf(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800;
}

/**
 * The text with what was held back before it, less what it leaves open itself, which is held back now. What is half a character
 * for good becomes what stands for one that is none.
 */
function whole(told: Told, v: string): string {
  const text = (told.half ?? "") + v;
  const end = text.length - 1;
  told.half = isHalf(text.charCodeAt(end)) ? text[end] : undefined;
  return (told.half === undefined ? text : text.slice(0, end)).toWellFormed();
}

/** Tells what is left of a block that closes: what only the whole says, and what was held back. */
export function tellEnd(known: Block, part: Part | undefined, out: StreamEvent[]): void {
  if (part) tellRest(known, part, out);
  tellHalves(known, out);
}

/** What was held back and never ended, as what stands for a character that is none. */
function tellHalves(known: Block, out: StreamEvent[]): void {
  for (const told of known.told) {
    if (told.half === undefined) continue;
    told.half = undefined;
    tellDelta(known, { kind: told.kind, v: "\ufffd", ...(told.s !== undefined && { s: told.s }) }, out);
  }
}

function pushDelta(known: Block, { kind, v, s }: Delta, out: StreamEvent[]): void {
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
function tellRest(known: Block, part: Part, out: StreamEvent[]): void {
  for (const { kind, v, s } of splitPart(part).deltas) {
    if (typeof v !== "string") continue;
    const before = toldOf(known, kind, s);
    const told = before?.pieces.join("") ?? "";
    if (v.length <= told.length || !v.startsWith(told)) continue;
    if (before) before.half = undefined;
    tellDelta(known, { kind, v: v.slice(told.length), s }, out);
  }
}
