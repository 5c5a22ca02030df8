import type { Reach, Reads } from "../../jsonata/index.ts";
import { truth } from "../rows.ts";
import type { RowContext, RowVariables, WrittenRow } from "../rows.ts";
import { readsIn } from "../scope.ts";
import { compileAnyExpression } from "../template.ts";
import type { Path } from "../../text/yaml.ts";

/** What the rows of one event look at in it. Paths are names from the event, joined by line feeds. */
export interface Trace {
  /** Used as it is, with all beneath it. */
  readonly values: Set<string>;
  /** Asked whether it is there. */
  readonly tests: Set<string>;
  /** Handed on as the value of a delta, and not looked at for that. */
  readonly passed: Set<string>;
}

/** How a path of names is kept. */
export function pathKey(path: readonly string[]): string {
  return path.join("\n");
}

/** Functions whose outcome does not hang on their arguments alone, or that do more than give one. */
const impure: ReadonlySet<string> = new Set([
  "loss",
  "schema",
  "reject",
  "now",
  "millis",
  "random",
  "shuffle",
  "eval",
]);

/** Whether what an expression gives hangs on what it reads alone, and nothing else happens. */
export function isPure({ calls }: Reads): boolean {
  return ![...calls].some((name) => impure.has(name));
}

/** An evaluation of rows that notes what it looks at. */
export interface Tracer {
  readonly context: RowContext;
  readonly bound: RowVariables;
  readonly trace: Trace;
}

export function newTrace(): Trace {
  return { values: new Set(), tests: new Set(), passed: new Set() };
}

/**
 * Runs the rows of an event as they would run on the next one, for what they look at; what they emit is not made.
 * `at`: the names that lead to the input; absent where it was computed of what counts as read already. False where the
 * next event of this kind may find another state, or where more happens than facts being told.
 */
export function traceRows(
  written: unknown,
  path: Path,
  input: unknown,
  at: readonly string[] | undefined,
  tracer: Tracer,
): boolean {
  const rows = Array.isArray(written)
    ? written.map((row, i) => [row, [...path, i]] as const)
    : [[written, path] as const];
  return rows.every(([row, place]) => traceRow((row ?? {}) as WrittenRow, place, input, at, tracer));
}

function traceRow(
  row: WrittenRow,
  path: Path,
  input: unknown,
  at: readonly string[] | undefined,
  tracer: Tracer,
): boolean {
  if (row.each === undefined) return traceActs(row, path, input, at, tracer);
  const { bound, context } = tracer;
  const reads = note(row.each, at, tracer, "tests");
  if (!reads) return false;
  const items: unknown = compileAnyExpression(row.each, [...path, "each"], context)(input, bound);
  const inner = reads.only && at && [...at, ...reads.only];
  const { event, index } = bound;
  bound.event = event === undefined ? input : event;
  const list = Array.isArray(items) ? items : items === undefined ? [] : [items];
  const isTraced = list.every((item, i) => {
    bound.index = i;
    return traceActs(row, path, item, inner, tracer);
  });
  bound.event = event;
  bound.index = index;
  return isTraced;
}

function traceActs(
  row: WrittenRow,
  path: Path,
  input: unknown,
  at: readonly string[] | undefined,
  tracer: Tracer,
): boolean {
  const { bound, context } = tracer;
  if (row.when !== undefined) {
    if (!note(row.when, at, tracer, "tests")) return false;
    if (!truth(compileAnyExpression(row.when, [...path, "when"], context)(input, bound))) return true;
  }
  const keepsState = Object.entries(row.set ?? {}).every(([name, source]) => {
    const value: unknown = compileAnyExpression(source, [...path, "set", name], context)(input, bound);
    return note(source, at, tracer) !== undefined && Object.is(value, bound.state[name]);
  });
  if (!keepsState || !traceEmitted(row.emit, at, tracer)) return false;
  return row.rows === undefined || traceRows(row.rows, [...path, "rows"], input, at, tracer);
}

function traceEmitted(emitted: unknown, at: readonly string[] | undefined, tracer: Tracer): boolean {
  if (typeof emitted === "string") return !emitted.startsWith("=") || note(emitted, at, tracer) !== undefined;
  if (emitted === null || typeof emitted !== "object") return true;
  const isDelta = (emitted as { type?: unknown }).type === "delta";
  return Object.entries(emitted).every(([name, value]) => {
    const passed = isDelta && name === "v" && at && onlyPath(value, tracer);
    if (!passed) return traceEmitted(value, at, tracer);
    tracer.trace.passed.add(pathKey([...at, ...passed]));
    return true;
  });
}

function onlyPath(value: unknown, { context }: Tracer): readonly string[] | undefined {
  return typeof value === "string" && value.startsWith("=")
    ? readsIn(context.scope, value.slice(1)).only
    : undefined;
}

/** Notes what an expression over the event reads; false where it does more than read. */
export function traceExpression(source: unknown, at: readonly string[], tracer: Tracer): boolean {
  return note(source, at, tracer) !== undefined;
}

/** Notes what an expression reads; nothing where it does more than read. `how`: whether only its truth counts. */
function note(
  source: unknown,
  at: readonly string[] | undefined,
  { context, trace }: Tracer,
  how: "values" | "tests" = "values",
): Reads | undefined {
  if (typeof source !== "string") return { values: [], tests: [], calls: new Set() };
  const reads = readsIn(context.scope, source.replace(/^=/, ""));
  if (!isPure(reads)) return undefined;
  const keep = (reaches: readonly Reach[], into: Set<string>): void => {
    for (const reach of reaches) {
      const path = absolute(reach, at);
      if (path) into.add(pathKey(path));
    }
  };
  // A bare path that is tested, or gone through, is only asked whether it is there.
  keep(reads.values, reads.only && how === "tests" ? trace.tests : trace.values);
  keep(reads.tests, trace.tests);
  return reads;
}

/** A path from the event; nothing for what stays the same while a stream lasts, or is computed of what was read. */
function absolute({ from, path }: Reach, at: readonly string[] | undefined): readonly string[] | undefined {
  if (from === "event") return path;
  return from === "" && at ? [...at, ...path] : undefined;
}
