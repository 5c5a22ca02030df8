import { diagnostic } from "../diagnostics/diagnostic.ts";
import type { Place } from "../diagnostics/diagnostic.ts";
import type { Evaluate } from "./scope.ts";
import { compileAnyExpression, compileTemplate } from "./template.ts";
import type { TemplateContext } from "./template.ts";
import type { Path } from "../text/yaml.ts";

/** Where rows put what they emit. */
export interface Sink {
  push(value: unknown): void;
}

/** Rows of a table, compiled: what they emit goes to `out`, top to bottom. */
export type Rows = (input: unknown, bound: RowVariables, out: Sink) => void;

/** The bindings of one table at work. One object for all its rows; `event` and `index` change inside `each`. */
export interface RowVariables extends Record<string, unknown> {
  state: Record<string, unknown>;
  event?: unknown;
  index?: number;
  /** Where planned rows put what they emit; no expression can name it, nor what follows. */
  sink?: Sink;
  /** Counts what may change more than the text of an open block; absent where nobody counts. */
  epoch?: number;
  /** What is kept while the epoch lasts, by whoever keeps it. */
  kept?: Map<object, unknown>;
  /** Makes what `$response` is bound to. */
  respond?: () => unknown;
}

export interface RowContext extends TemplateContext {
  state: ReadonlySet<string>;
  place: (path: Path, what?: "key" | "value") => Place;
  /** Looks at what a row emits, as written, and reports what cannot be. */
  checkEmit: (emitted: unknown, path: Path) => void;
  /** A faster way to emit this item, where a table has one. */
  compileEmit?: (emitted: unknown, path: Path, context: RowContext) => Rows | undefined;
  /** Keeps the truth of an expression over the event as long as it cannot change, where a table knows how long that is. */
  keepTruth?: (written: unknown, evaluate: Evaluate) => Test;
  /** Inside of `each`: the input is not the event. */
  isInEach?: boolean;
}

/** Whether the guard of a row holds. */
export type Test = (input: unknown, bound: RowVariables) => boolean;

/** A row as a person wrote it. */
export interface WrittenRow {
  when?: unknown;
  each?: unknown;
  set?: Record<string, unknown>;
  emit?: unknown;
  rows?: unknown;
}

/** Compiles one row or a list of rows. */
export function compileRows(written: unknown, path: Path, context: RowContext): Rows {
  const rows = Array.isArray(written)
    ? written.map((row, i) => compileRow(row as WrittenRow, [...path, i], context))
    : [compileRow((written ?? {}) as WrittenRow, path, context)];
  const [only] = rows;
  if (rows.length === 1 && only) return only;
  return function runRows(input, bound, out) {
    for (const row of rows) row(input, bound, out);
  };
}

function compileRow(row: WrittenRow, path: Path, outer: RowContext): Rows {
  const context = row.each === undefined || outer.isInEach ? outer : { ...outer, isInEach: true };
  if (row.emit === undefined && row.set === undefined && row.rows === undefined) {
    context.scope.report(
      diagnostic(
        "LB405",
        "this row has no effect",
        context.place(path, "value"),
        "give it `emit`, `set` or `rows`",
      ),
    );
  }
  const when = row.when === undefined ? undefined : compileTest(row.when, [...path, "when"], context);
  const each =
    row.each === undefined ? undefined : compileAnyExpression(row.each, [...path, "each"], context);
  const act = compileActs(row, path, context);
  const guarded: Rows = when
    ? function runWhen(input, bound, out) {
        if (when(input, bound)) act(input, bound, out);
      }
    : act;
  return each ? runEach(each, guarded) : guarded;
}

function compileTest(written: unknown, path: Path, context: RowContext): Test {
  const evaluate = compileAnyExpression(written, path, context);
  if (context.keepTruth && !context.isInEach) return context.keepTruth(written, evaluate);
  return (input, bound) => truth(evaluate(input, bound));
}

function compileActs(row: WrittenRow, path: Path, context: RowContext): Rows {
  const set = compileSet(row.set, [...path, "set"], context);
  const emit = row.emit === undefined ? undefined : compileEmit(row.emit, [...path, "emit"], context);
  const rows = row.rows === undefined ? undefined : compileRows(row.rows, [...path, "rows"], context);
  if (emit && !set && !rows) return emit;
  return function act(input, bound, out) {
    set?.(input, bound);
    emit?.(input, bound, out);
    rows?.(input, bound, out);
  };
}

function runEach(each: Evaluate, run: Rows): Rows {
  return function forEach(input, bound, out) {
    const items = each(input, bound);
    if (items === undefined) return;
    const { event, index } = bound;
    bound.event = event === undefined ? input : event;
    if (Array.isArray(items)) {
      for (let i = 0; i < items.length; i++) {
        bound.index = i;
        run(items[i], bound, out);
      }
    } else {
      bound.index = 0;
      run(items, bound, out);
    }
    bound.event = event;
    if (index === undefined) delete bound.index;
    else bound.index = index;
  };
}

function compileSet(
  written: Record<string, unknown> | undefined,
  path: Path,
  context: RowContext,
): ((input: unknown, bound: RowVariables) => void) | undefined {
  if (!written) return undefined;
  const assignments = Object.entries(written).map(([name, source]) => {
    if (!context.state.has(name)) {
      const declared = [...context.state].join(", ");
      const cure = declared ? `declared: ${declared}` : "declare it under `state:`";
      context.scope.report(
        diagnostic("LB304", `undeclared state "${name}"`, context.place([...path, name], "key"), cure),
      );
    }
    return { name, value: compileAnyExpression(source, [...path, name], context) };
  });
  return function assign(input, bound) {
    for (const { name, value } of assignments) {
      const fresh = value(input, bound);
      if (bound.epoch !== undefined && !Object.is(fresh, bound.state[name])) bound.epoch++;
      bound.state[name] = fresh;
    }
  };
}

function compileEmit(written: unknown, path: Path, context: RowContext): Rows {
  if (!Array.isArray(written)) return compileEmitted(written, path, context);
  const items = written.map((item, i) => compileEmitted(item, [...path, i], context));
  return function emitAll(input, bound, out) {
    for (const item of items) item(input, bound, out);
  };
}

function compileEmitted(written: unknown, path: Path, context: RowContext): Rows {
  context.checkEmit(written, path);
  const direct = context.compileEmit?.(written, path, context);
  if (direct) return direct;
  const template = compileTemplate(written, path, context);
  return function emit(input, bound, out) {
    const value = template(input, bound);
    if (Array.isArray(value)) for (const one of value) out.push(one);
    else if (value !== undefined && value !== null) out.push(value);
  };
}

/** JSONata's truth, not JavaScript's: empty lists and objects are false, a list is true if one of its items is. */
export function truth(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 1 ? truth(value[0]) : value.some(truth);
  if (value !== null && typeof value === "object") return Object.keys(value).length > 0;
  return typeof value !== "function" && Boolean(value);
}
