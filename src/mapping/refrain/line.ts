import type { DeltaKind, StreamEvent } from "../canonical.ts";
import type { Frame, PrintFrame } from "../frame.ts";
import { truth } from "../rows.ts";
import type { RowVariables, Test } from "../rows.ts";
import { readsIn } from "../scope.ts";
import type { Evaluate, Scope } from "../scope.ts";
import type { Reach } from "../../jsonata/index.ts";
import { isPure } from "./trace.ts";

/**
 * The other side of a refrain: while deltas add to one text, the frames that tell them differ in that text and in little
 * else. An epoch lasts as long as nothing but that text can have changed; what cannot change with it is printed once.
 */
const addsToText: ReadonlySet<DeltaKind> = new Set(["text", "input", "transcript", "args", "summary"]);

/** What such a delta writes to in the block that it belongs to. */
const growing: ReadonlySet<string> = new Set(["text", "input", "transcript", "argsText", "summary"]);

/** Whether an event is one more delta of the same text as the one before it. */
export function isMoreOf(before: StreamEvent, event: StreamEvent): boolean {
  return (
    event.type === "block.delta" &&
    before.type === "block.delta" &&
    event.i === before.i &&
    event.kind === before.kind &&
    event.s === before.s &&
    event.c === before.c &&
    addsToText.has(event.kind)
  );
}

/** Whether an expression over the event gives the same all through an epoch. */
function isSteady(scope: Scope, source: string): boolean {
  const reads = readsIn(scope, source);
  return isPure(reads) && [...reads.values, ...reads.tests].every(isSteadyReach);
}

function isSteadyReach({ from, path: [first] }: Reach): boolean {
  switch (from) {
    case "":
    case "event":
      return first !== undefined && first !== "v";
    case "message":
      return first !== undefined && first !== "candidates";
    case "block":
      return first !== undefined && !growing.has(first);
    case "stream":
      return first !== undefined && first !== "frame";
    case "response":
    case "error":
      return false;
    default:
      return true;
  }
}

interface Kept<T> {
  epoch: number;
  value: T;
}

/** A guard whose truth is found once an epoch, where it is the same all through it. */
export function keptTruth(written: unknown, evaluate: Evaluate, scope: Scope): Test {
  const self = {};
  let steady: boolean | undefined;
  return function holds(input, bound) {
    steady ??= typeof written !== "string" || isSteady(scope, written.replace(/^=/, ""));
    if (!steady || !bound.kept) return truth(evaluate(input, bound));
    const { kept, epoch = 0 } = bound;
    const known = kept.get(self) as Kept<boolean> | undefined;
    if (known?.epoch === epoch) return known.value;
    const value = truth(evaluate(input, bound));
    if (!known) kept.set(self, { epoch, value });
    else {
      known.epoch = epoch;
      known.value = value;
    }
    return value;
  };
}

/** Stands where a frame differs; JSON text has no such character. */
const gap = "\u0000";

/** What differs in a frame from event to event. */
interface Gap {
  readonly at: number;
  readonly evaluate: Evaluate;
  /** The expression is this member of the event. */
  readonly member?: string;
}

/** Prints a frame whose steady parts are kept for an epoch, from the second time on that it comes in it. */
export function repeating(frame: Frame, scope: Scope): PrintFrame {
  let gaps: readonly Gap[] | undefined;
  return function print(input, variables) {
    const bound = variables as RowVariables;
    const { kept, epoch = 0 } = bound;
    const line = kept?.get(frame) as Kept<readonly string[] | undefined> | undefined;
    if (!line || line.epoch !== epoch) {
      kept?.set(frame, { epoch, value: undefined });
      return frame.print(input, bound);
    }
    gaps ??= gapsOf(frame, scope);
    line.value ??= piecesOf(frame, gaps, input, bound);
    return filled(line.value, gaps, input, bound) ?? frame.print(input, bound);
  };
}

function gapsOf({ leaves }: Frame, scope: Scope): Gap[] {
  return leaves.flatMap(({ source, evaluate }, at) => {
    if (isSteady(scope, source)) return [];
    const { only } = readsIn(scope, source);
    return [{ at, evaluate, ...(only?.length === 1 && { member: only[0]! }) }];
  });
}

function piecesOf(
  frame: Frame,
  gaps: readonly Gap[],
  input: unknown,
  bound: RowVariables,
): readonly string[] {
  const marks = frame.leaves.map((_, at) => (gaps.some((one) => one.at === at) ? gap : undefined));
  return frame.print(input, bound, marks).split(gap);
}

/** The frame's text; nothing where something is absent that differs, since the commas around it are then other ones. */
function filled(
  pieces: readonly string[],
  gaps: readonly Gap[],
  input: unknown,
  bound: RowVariables,
): string | undefined {
  if (pieces.length !== gaps.length + 1) return undefined;
  let text = pieces[0]!;
  for (let i = 0; i < gaps.length; i++) {
    const value = JSON.stringify(valueOf(gaps[i]!, input, bound)) as string | undefined;
    if (value === undefined) return undefined;
    text += value + pieces[i + 1]!;
  }
  return text;
}

function valueOf({ member, evaluate }: Gap, input: unknown, bound: RowVariables): unknown {
  const value = member === undefined ? undefined : (input as Record<string, unknown>)[member];
  return typeof value === "string" ? value : evaluate(input, bound);
}
