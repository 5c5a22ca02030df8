import type { Step } from "../jsonata/index.ts";
import { fuseTemplate } from "./fuse.ts";
import { compileProcedure } from "./scope.ts";
import type { SourceText } from "./scope.ts";
import type { Rows, RowVariables, WrittenRow } from "./rows.ts";
import type { TemplateContext } from "./template.ts";
import type { Path } from "../text/yaml.ts";

/**
 * Rows that `compileRows` found right as one function: their guards, assignments and templates are evaluated in one go,
 * without a call for each. Nothing where that is not possible; then the rows are run one by one.
 */
export function planRows(written: unknown, path: Path, context: TemplateContext): Rows | undefined {
  const plan: Plan = { texts: [], context };
  const steps = rowSteps(written, path, plan);
  const run = steps && compileProcedure(context.scope, steps, plan.texts, context.variables);
  return (
    run &&
    function runAll(input, bound, out) {
      bound.sink = out;
      run(input, bound);
    }
  );
}

interface Plan {
  texts: SourceText[];
  context: TemplateContext;
}

function rowSteps(written: unknown, path: Path, plan: Plan): Step[] | undefined {
  const rows = Array.isArray(written)
    ? written.map((row, i) => [row, [...path, i]] as const)
    : [[written, path] as const];
  return joined(rows.map(([row, at]) => stepsOfRow((row ?? {}) as WrittenRow, at, plan)));
}

function stepsOfRow(row: WrittenRow, path: Path, plan: Plan): Step[] | undefined {
  const each = row.each === undefined ? undefined : expression(row.each, [...path, "each"], plan);
  const test = row.when === undefined ? undefined : expression(row.when, [...path, "when"], plan);
  const acts = joined([
    ...Object.entries(row.set ?? {}).map(([name, value]) =>
      setSteps(name, value, [...path, "set", name], plan),
    ),
    row.emit === undefined ? [] : emitSteps(row.emit, [...path, "emit"], plan),
    row.rows === undefined ? [] : rowSteps(row.rows, [...path, "rows"], plan),
  ]);
  if (!acts) return undefined;
  const guarded: Step[] = test === undefined ? acts : [{ kind: "when", test, steps: acts }];
  return each === undefined
    ? guarded
    : [{ kind: "each", items: each, index: "index", outer: "event", steps: guarded }];
}

function joined(parts: readonly (readonly Step[] | undefined)[]): Step[] | undefined {
  const steps: Step[] = [];
  for (const part of parts) {
    if (!part) return undefined;
    steps.push(...part);
  }
  return steps;
}

function setSteps(name: string, value: unknown, path: Path, plan: Plan): Step[] {
  function assign(told: unknown, bound: Record<string, unknown>): void {
    (bound as RowVariables).state[name] = told;
  }
  return [{ kind: "tell", value: expression(value, path, plan), to: assign }];
}

function emitSteps(written: unknown, path: Path, plan: Plan): Step[] | undefined {
  if (Array.isArray(written)) return joined(written.map((item, i) => emitSteps(item, [...path, i], plan)));
  if (typeof written === "string" && written.startsWith("=")) {
    return [{ kind: "tell", value: expression(written, path, plan), to: emitValues }];
  }
  const fused = fuseTemplate(written, path, plan.context);
  return fused && [{ kind: "tell", value: plan.texts.push(fused) - 1, to: emitValue }];
}

function emitValue(value: unknown, bound: Record<string, unknown>): void {
  (bound as RowVariables).sink?.push(value);
}

function emitValues(value: unknown, bound: Record<string, unknown>): void {
  const { sink } = bound as RowVariables;
  if (Array.isArray(value)) for (const one of value) sink?.push(one);
  else if (value !== undefined && value !== null) sink?.push(value);
}

/** An expression, with or without its `=`; what is no string stands for itself. */
function expression(written: unknown, path: Path, { texts, context }: Plan): number {
  const isText = typeof written === "string";
  const skipped = isText && written.startsWith("=") ? 1 : 0;
  const source = isText ? written.slice(skipped) : JSON.stringify(written);
  return texts.push(context.text(path, source, skipped)) - 1;
}
