import type { Fact } from "../canonical.ts";
import type { Rows, RowVariables } from "../rows.ts";
import { jsonLeaves } from "../../text/json-leaves.ts";
import type { Leaf } from "../../text/json-leaves.ts";
import type { Hole, Refrain, Verse } from "./refrain.ts";
import type { Trace, Tracer } from "./trace.ts";

/** The rows of an event, as they run, and as they are traced. */
export interface Verses {
  readonly run: Rows;
  readonly trace: Tracer;
  /** Some of them write to the state. */
  readonly setsState: boolean;
}

/** Two events, one after the other, that the same rows were chosen for. */
export interface Pair {
  readonly name: string | undefined;
  readonly before: string;
  readonly now: string;
  readonly parse: (data: string) => unknown;
}

/**
 * Finds what two events have in common, and proves that all else of them is either handed on or never looked at: then it is
 * a refrain. Nothing where that cannot be shown. What an event does hangs on three things: its own values, of which those
 * that rows look at must stay the same; the state, which the rows must leave as it is; and what is bound for the whole
 * stream. test/mapping/refrain.test.ts holds refrains against plain decoding.
 */
export function learn(verses: Verses, pair: Pair, bound: RowVariables): Refrain | undefined {
  const leaves = jsonLeaves(pair.now);
  const before = jsonLeaves(pair.before);
  if (!leaves || !before || !haveOneShape(leaves, before)) return undefined;
  const trace = traceEvent(verses, pair, bound);
  if (!trace) return undefined;
  const textOf = (data: string, { start, end }: Leaf): string => data.slice(start, end);
  const differing = leaves.filter(
    (leaf, i) => isPassed(leaf, trace) || textOf(pair.now, leaf) !== textOf(pair.before, before[i]!),
  );
  const holes = differing.map((leaf) => holeOf(leaf, trace));
  if (holes.length === 0 || !holes.every((hole) => hole !== undefined)) return undefined;
  const segments = segmentsOf(pair.now, differing);
  const facts = factsOf(verses, pair, bound, segments, holes);
  return facts && { name: pair.name, segments, holes, facts };
}

function haveOneShape(a: readonly Leaf[], b: readonly Leaf[]): boolean {
  return a.length === b.length && a.every(({ path, kind }, i) => kind === b[i]!.kind && path === b[i]!.path);
}

function traceEvent(verses: Verses, { now, parse }: Pair, bound: RowVariables): Trace | undefined {
  const trace: Trace = { values: new Set(), tests: new Set(), passed: new Set() };
  return verses.trace(parse(now), bound, trace) ? trace : undefined;
}

function isPassed({ path, kind }: Leaf, { passed }: Trace): boolean {
  return kind === "text" && passed.has(path);
}

/** Nothing where a row looks at what stands there. */
function holeOf({ path, kind, start, end }: Leaf, { values, tests }: Trace): Hole | undefined {
  for (const value of values)
    if (value === "" || path === value || path.startsWith(`${value}\n`)) return undefined;
  const isAsked = tests.has(path);
  return isAsked && (kind === "number" || start === end) ? undefined : { kind, isAsked };
}

function segmentsOf(data: string, holes: readonly Leaf[]): string[] {
  const segments: string[] = [];
  let from = 0;
  for (const { start, end } of holes) {
    segments.push(flat(data.slice(from, start)));
    from = end;
  }
  return [...segments, flat(data.slice(from))];
}

/** A copy of its own: a slice keeps all that it was cut from, and is slower to compare. */
function flat(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string;
}

const mark = "\u2042refrain ";
const numberMark = "0";

/** Runs the rows once with marks in the holes, and finds the marks in what they tell. */
function factsOf(
  { run }: Verses,
  { parse }: Pair,
  bound: RowVariables,
  segments: readonly string[],
  holes: readonly Hole[],
): Verse[] | undefined {
  const marks = holes.map(({ kind }, i) => (kind === "text" ? `${mark}${i}` : numberMark));
  const told: unknown[] = [];
  run(parse(segments.map((segment, i) => segment + (marks[i] ?? "")).join("")), bound, told);
  const verses = told.map((fact) => verseOf(fact as Fact, marks));
  return verses.every((verse) => verse !== undefined) ? verses : undefined;
}

/** A delta or the close of a block, with a mark as its value or with none at all. */
function verseOf(fact: Fact, marks: readonly string[]): Verse | undefined {
  if (fact.type !== "delta" && (fact.type !== "close" || fact.part)) return undefined;
  const hole = fact.type === "delta" && typeof fact.v === "string" ? marks.indexOf(fact.v) : -1;
  const rest = hole < 0 ? fact : { ...fact, v: undefined };
  if (JSON.stringify(rest).includes(mark)) return undefined;
  return hole < 0 || !marks[hole]!.startsWith(mark) ? { fact } : { fact, hole };
}
