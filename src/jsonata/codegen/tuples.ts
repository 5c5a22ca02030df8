/** Paths that bind `@$x`, `#$i` or are asked for a parent: tuples flow from step to step. */
import type { Node } from "../ast.ts";
import { genPairs } from "./constructors.ts";
import { apart, define, fresh, literal, place, val } from "./context.ts";
import type { Cx, Val } from "./context.ts";
import { gen } from "./node.ts";
import { begin, genItems, genSteps } from "./paths.ts";
import { collectNames } from "./scope.ts";
import type { Binding } from "./scope.ts";
import { openFrame } from "./variables.ts";

export function genTuplePath(node: Node, cx: Cx): Val {
  const names = new Set<string>();
  const start = node.steps.findIndex((step) => step.tuple === true);
  let tuples = genStart(node, start, cx);
  const consumed = node.steps[0]?.consarray === true && start === 0 ? 1 : start;
  node.steps.slice(consumed).forEach((step, i) => {
    collectNames(step, names);
    tuples = genTupleStep(step, tuples, i === 0, names, cx);
  });
  if (node.group !== undefined) {
    const pairs = genPairs(node.group, cx, (inner, name) => tupleFrame(inner, name, names, []));
    return val(define(cx, `groupTuples(${tuples}, ${pairs}, ${place(cx, node.group)})`), "object", true);
  }
  // The step around this path takes the tuples on, with all that they bind.
  if (node.tuple === true) return val(define(cx, `stream(${tuples})`), "array", true);
  const keepArray = node.keepSingletonArray === true || node.keepArray === true;
  return val(define(cx, `${keepArray ? "keep" : "collapse"}(tupleItems(${tuples}))`));
}

/** The steps before the first that binds, and the items they leave. */
function genStart(node: Node, start: number, cx: Cx): string {
  const stand = begin(node, cx);
  const before = node.steps[0]?.consarray === true && start === 0 ? 1 : start;
  if (before === 0) return genItems(stand, cx);
  const value = genSteps(node.steps.slice(0, before), stand, "flow", cx);
  return genItems({ source: value.kind === "sequence" ? "items" : "flow", value }, cx);
}

/** What a name is called in a tuple. */
function nameOf(name: string): string {
  return literal(`$${name}`);
}

/** A function of the item and its tuple. */
function tupleCode(node: Node, names: ReadonlySet<string>, cx: Cx): string {
  const [item, tuple] = [fresh(cx.unit, "c"), fresh(cx.unit, "q")];
  const inner = tupleFrame(
    apart(cx, { escapes: false, item, dollar: item, single: false, flat: false }),
    tuple,
    names,
    [node],
  );
  const value = gen(node, inner);
  return `(${item}, ${tuple}) => { ${inner.out.join("\n")} return ${value.code}; }`;
}

/** A predicate behind a block whose last path hands its tuples on: it sees what they bind. */
export function genStreamFilter(node: Node, predicate: Node, value: Val, cx: Cx): Val {
  const names = new Set<string>();
  collectNames(node, names);
  return val(define(cx, `streamFilter(${value.code}, ${tupleCode(predicate, names, cx)})`));
}

function tupleFrame(cx: Cx, tuple: string, names: ReadonlySet<string>, nodes: readonly Node[]): Cx {
  const bindings = new Map<string, Binding>();
  for (const name of names) {
    const read = `${tuple}[${nameOf(name)}]`;
    bindings.set(name, { read, test: `${read} !== undefined`, assigned: false, once: true });
  }
  return openFrame({ ...cx, frame: { parent: cx.frame, bindings, stretch: cx.stretch } }, nodes);
}

function genTupleStep(step: Node, input: string, first: boolean, names: ReadonlySet<string>, cx: Cx): string {
  let out: string;
  if (step.type === "sort") out = genTupleSort(step, input, first, names, cx);
  else {
    const { focus, index, ancestor } = step;
    const bindings = { focus, index, ancestor: ancestor?.label };
    const entries = Object.entries(bindings).flatMap(([key, name]) =>
      name === undefined ? [] : [`${key}: ${nameOf(name)}`],
    );
    const tuples = first ? `startTuples(${input})` : input;
    out = define(cx, `tupleStep(${tuples}, ${tupleCode(step, names, cx)}, { ${entries.join(", ")} })`);
  }
  for (const stage of step.stages ?? []) {
    if (stage.type === "index") out = define(cx, `tupleIndex(${out}, ${nameOf(stage.value)})`);
    else if (stage.expr.type === "number")
      out = define(cx, `tupleAt(${out}, ${Math.floor(stage.expr.value as number)})`);
    else out = define(cx, `tupleFilter(${out}, ${tupleCode(stage.expr, names, cx)})`);
  }
  return out;
}

function genTupleSort(step: Node, input: string, first: boolean, names: ReadonlySet<string>, cx: Cx): string {
  const terms = step.terms.map(
    ({ expression, descending }) => `{ of: ${tupleCode(expression, names, cx)}, descending: ${descending} }`,
  );
  const list = `[${terms.join(", ")}]`;
  if (!first) return define(cx, `tupleSort(${input}, ${list}, ${place(cx, step)})`);
  const index = step.index === undefined ? "undefined" : nameOf(step.index);
  return define(cx, `sortedTuples(orderBy(${input}, ${list}, ${place(cx, step)}), ${index})`);
}
