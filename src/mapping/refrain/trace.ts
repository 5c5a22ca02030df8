import type { Reach, Reads } from "../../jsonata/index.ts";
import { truth } from "../rows.ts";
import type { RowContext, RowVariables, WrittenRow } from "../rows.ts";
import { readsIn } from "../scope.ts";
import type { Evaluate, Scope } from "../scope.ts";
import { compileAnyExpression } from "../template.ts";
import type { Path } from "../../text/yaml.ts";

/** What the rows of one event look at in it. Paths are names from the event, as `pathKey` joins them. */
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

/**
 * Runs rows as they would run on the next event, for what they look at; what they emit is not made. False where the next
 * event of this kind may find another state, or where more happens than facts being told.
 */
export type Tracer = (input: unknown, bound: RowVariables, trace: Trace) => boolean;

/** The names that lead to a row's input; absent where it was computed of what counts as read already. */
type At = readonly string[] | undefined;

/** Compiles the rows of an event, and the key that chose them, to what traces them. */
export function compileTracer(key: unknown, rows: unknown, path: Path, context: RowContext): Tracer {
  return all([noting(key, [], "values", context), traceRows(rows, path, [], context)]);
}

function all(tracers: readonly Tracer[]): Tracer {
  return (input, bound, trace) => tracers.every((one) => one(input, bound, trace));
}

const nothing: Tracer = () => true;

function traceRows(written: unknown, path: Path, at: At, context: RowContext): Tracer {
  const rows = Array.isArray(written)
    ? written.map((row, i) => [row, [...path, i]] as const)
    : [[written, path] as const];
  return all(rows.map(([row, place]) => traceRow((row ?? {}) as WrittenRow, place, at, context)));
}

function traceRow(row: WrittenRow, path: Path, at: At, context: RowContext): Tracer {
  if (row.each === undefined) return traceActs(row, path, at, context);
  const look = noting(row.each, at, "tests", context);
  const items = compileAnyExpression(row.each, [...path, "each"], context);
  const { only } = readsOfWritten(row.each, context.scope);
  const act = traceActs(row, path, only && at && [...at, ...only], context);
  return (input, bound, trace) => look(input, bound, trace) && eachItem(items, act, input, bound, trace);
}

function eachItem(items: Evaluate, act: Tracer, input: unknown, bound: RowVariables, trace: Trace): boolean {
  const { event, index } = bound;
  const found: unknown = items(input, bound);
  const list = Array.isArray(found) ? found : found === undefined ? [] : [found];
  bound.event = event === undefined ? input : event;
  const isTraced = list.every((item, i) => {
    bound.index = i;
    return act(item, bound, trace);
  });
  bound.event = event;
  bound.index = index;
  return isTraced;
}

function traceActs(row: WrittenRow, path: Path, at: At, context: RowContext): Tracer {
  const acts = all([
    ...Object.entries(row.set ?? {}).map(([name, source]) =>
      traceSet(name, source, [...path, "set", name], at, context),
    ),
    traceEmitted(row.emit, at, context),
    row.rows === undefined ? nothing : traceRows(row.rows, [...path, "rows"], at, context),
  ]);
  if (row.when === undefined) return acts;
  const look = noting(row.when, at, "tests", context);
  const when = compileAnyExpression(row.when, [...path, "when"], context);
  return (input, bound, trace) =>
    look(input, bound, trace) && (!truth(when(input, bound)) || acts(input, bound, trace));
}

/** Only what leaves the state as it is can go unsaid. */
function traceSet(name: string, source: unknown, path: Path, at: At, context: RowContext): Tracer {
  const look = noting(source, at, "values", context);
  const value = compileAnyExpression(source, path, context);
  return (input, bound, trace) =>
    look(input, bound, trace) && Object.is(value(input, bound), bound.state[name]);
}

function traceEmitted(emitted: unknown, at: At, context: RowContext): Tracer {
  if (typeof emitted === "string")
    return emitted.startsWith("=") ? noting(emitted, at, "values", context) : nothing;
  if (emitted === null || typeof emitted !== "object") return nothing;
  const isDelta = (emitted as { type?: unknown }).type === "delta";
  return all(
    Object.entries(emitted).map(([name, value]) => {
      const isTemplate = typeof value === "string" && value.startsWith("=");
      const only = isDelta && name === "v" && isTemplate && at && readsOfWritten(value, context.scope).only;
      return only ? passing(pathKey([...at, ...only])) : traceEmitted(value, at, context);
    }),
  );
}

function passing(key: string): Tracer {
  return (_input, _bound, { passed }) => {
    passed.add(key);
    return true;
  };
}

/** Notes what an expression reads; false where it does more than read. `how`: whether only its truth counts. */
function noting(source: unknown, at: At, how: "values" | "tests", { scope }: RowContext): Tracer {
  const reads = readsOfWritten(source, scope);
  if (!isPure(reads)) return () => false;
  // A bare path that is tested, or gone through, is only asked whether it is there.
  const isAsked = reads.only !== undefined && how === "tests";
  const values = isAsked ? [] : keysOf(reads.values, at);
  const tests = keysOf(isAsked ? [...reads.values, ...reads.tests] : reads.tests, at);
  return (_input, _bound, trace) => {
    for (const key of values) trace.values.add(key);
    for (const key of tests) trace.tests.add(key);
    return true;
  };
}

function readsOfWritten(source: unknown, scope: Scope): Reads {
  if (typeof source !== "string") return { values: [], tests: [], calls: new Set() };
  return readsIn(scope, source.replace(/^=/, ""));
}

/** Paths from the event; without what stays the same while a stream lasts, or is computed of what was read. */
function keysOf(reaches: readonly Reach[], at: At): string[] {
  return reaches.flatMap(({ from, path }) => {
    if (from === "event") return [pathKey(path)];
    return from === "" && at ? [pathKey([...at, ...path])] : [];
  });
}
