/** Paths without tuples: steps one after another, each over what the one before left. */
import type { Node } from "../ast.ts";
import { genPairs } from "./constructors.ts";
import { apart, branch, define, fresh, place, val } from "./context.ts";
import type { Cx, Escape, Val } from "./context.ts";
import { genFilter } from "./filters.ts";
import { gen, genEscaping } from "./node.ts";
import { genLoops } from "./loops.ts";
import { endMany, endOne, genNames, kindOf } from "./names.ts";
import type { Stand } from "./names.ts";
import { genTuplePath } from "./tuples.ts";
import type { Ending, Name } from "../runtime/names.ts";

export function genPath(node: Node, cx: Cx): Val {
  if (node.steps.some((step) => step.tuple === true)) return genTuplePath(node, cx);
  const keepArray = node.keepSingletonArray === true || node.keepArray === true;
  const ending: Ending =
    node.group !== undefined ? "raw" : keepArray ? (cx.escapes === "value" ? "kept" : "keep") : "value";
  const value = genSteps(node.steps, begin(node, cx), ending, cx);
  if (node.group === undefined) return value;
  return val(
    define(cx, `group(${value.code}, ${genPairs(node.group, cx)}, ${place(cx, node.group)})`),
    "object",
    true,
  );
}

/** A path that is all that stands in an array constructor: its results are that array. */
export function genList(node: Node, cx: Cx): Val | undefined {
  const { type, steps, group, keepArray, keepSingletonArray } = node;
  if (type !== "path" || group !== undefined || keepArray === true || keepSingletonArray === true)
    return undefined;
  if (steps.some((step) => step.tuple === true)) return undefined;
  const value = genSteps(steps, begin(node, cx), "list", cx);
  return val(value.code, "array", true);
}

/** What a path starts from. */
export function begin(node: Node, cx: Cx): Stand {
  const alone = cx.single || cx.flat || node.steps[0]?.type === "variable";
  return { source: alone ? "one" : "context", value: val(cx.item) };
}

const isPlainName = (step: Node | undefined): boolean =>
  step?.type === "name" && step.stages === undefined && step.predicate === undefined;

/** Code of all steps of a path, or of its first ones (ending `flow`: a value, or an unfinished sequence). */
export function genSteps(steps: readonly Node[], start: Stand, ending: Ending, cx: Cx): Val {
  const [head, ...rest] = steps;
  return head?.consarray === true
    ? genConstructed(head, rest, ending, cx)
    : genFurther(steps, start, ending, cx);
}

/** The steps behind the head: in a straight line as long as there is one item, then in loops within loops. */
function genFurther(steps: readonly Node[], start: Stand, ending: Ending, cx: Cx): Val {
  const sort = steps.findIndex((step) => step.type === "sort");
  if (sort !== -1) {
    const before = sort === 0 ? start : standOf(genFurther(steps.slice(0, sort), start, "flow", cx));
    const sorted = genSort(steps[sort] as Node, before, cx);
    if (sort === steps.length - 1) return end(sorted, ending, cx);
    return genFurther(steps.slice(sort + 1), standOf(sorted), ending, cx);
  }
  let stand = start;
  for (let i = 0; i < steps.length;) {
    const names = stand.source === "items" ? 0 : countNames(steps, i);
    const last = i + Math.max(names, 1) === steps.length;
    if (names > 0) {
      const value = genNames(namesOf(steps.slice(i, i + names)), cx, stand, last ? ending : "flow");
      if (last) return value;
      stand = standOf(value);
      i += names;
    } else if (stand.source === "one" && !isFiltered(steps[i] as Node)) {
      const value = genOne(steps[i] as Node, stand, last, cx);
      if (last) return end(value, ending, cx);
      stand = standOf(value);
      i++;
    } else return genLoops(steps.slice(i), stand, ending, cx);
  }
  return stand.value;
}

export function standOf(value: Val): Stand {
  return { source: value.kind === "sequence" ? "items" : "flow", value };
}

export function namesOf(steps: readonly Node[]): Name[] {
  return steps.map((step) => ({ key: step.value as string, kept: step.keepArray === true }));
}

/** The path looks at what its last step gives, but not into it. */
export function escapeOfStep(step: Node, cx: Cx): Escape {
  return cx.escapes === false || step.stages !== undefined ? false : "members";
}

/** A step over one item. */
function genOne(step: Node, stand: Stand, last: boolean, cx: Cx): Val {
  const { code } = stand.value;
  const changes = code === cx.item ? {} : { item: code, dollar: code, flat: false };
  const escapes = last ? escapeOfStep(step, cx) : false;
  return genStages(step, genEscaping(step, { ...cx, ...changes, single: false, escapes }), cx);
}

/** Whether a step ends in a predicate that is not a literal index. */
export function isFiltered(step: Node): boolean {
  const stage = step.stages?.at(-1);
  return stage !== undefined && stage.expr.type !== "number";
}

export function countNames(steps: readonly Node[], from: number): number {
  let to = from;
  while (isPlainName(steps[to])) to++;
  return to - from;
}

/**
 * A path whose first step is an array constructor: that sees the whole context at once. An empty array ends the
 * path there, as it is.
 */
function genConstructed(step: Node, steps: readonly Node[], ending: Ending, cx: Cx): Val {
  const wrap = `Array.isArray(${cx.item}) ? ${cx.item} : [${cx.item}]`;
  const item = define(cx, cx.single || cx.flat ? `[${cx.item}]` : wrap);
  const dollar = cx.single ? define(cx, wrap) : item;
  // Only an empty array is handed on as it is, and is known for a constructed one then.
  const isArray = step.type === "unary" && step.value === "[" && step.keepArray !== true;
  const isBare = steps.length > 0 && isArray && step.predicate === undefined && step.group === undefined;
  const node = isBare ? { ...step, consarray: false } : step;
  const head = gen(node, { ...cx, item, dollar, single: false, flat: false });
  if (steps.length === 0)
    return ending === "flow"
      ? val(define(cx, `headItems(${head.code})`), "sequence", true)
      : end(head, ending, cx);
  const result = fresh(cx.unit);
  const rest = branch(cx);
  // Sorting leaves alone what is no array.
  const itemsOf = steps[0]?.type === "sort" ? "listOf" : "headItems";
  const items = define(rest, `${itemsOf}(${head.code})`);
  const value = genFurther(steps, { source: "items", value: val(items, "sequence", true) }, ending, rest);
  rest.out.push(`${result} = ${value.code};`);
  const none = branch(cx);
  if (isBare) none.out.push(`mark(${head.code}, CONS);`);
  none.out.push(`${result} = ${end(head, ending, none).code};`);
  const isEmpty = isBare ? `${head.code}.length === 0` : `isEmptyHead(${head.code})`;
  cx.out.push(`let ${result};`, `if (${isEmpty}) {`, ...none.out, "} else {", ...rest.out, "}");
  return val(result, kindOf(ending));
}

export function genStages(step: Node, value: Val, cx: Cx): Val {
  return (step.stages ?? []).reduce((result, stage) => genFilter(stage.expr, result, cx), value);
}

/** Ends what came of one item, or a sequence. */
export function end(value: Val, ending: Ending, cx: Cx): Val {
  if (ending === "flow") return value;
  if (value.kind === "sequence")
    return ending === "raw" ? value : val(define(cx, endMany(value.code, ending)));
  if (ending === "value" && value.kind !== "any" && value.kind !== "at") return value;
  const code = endOne(value.code, ending, cx);
  return val(code === value.code ? code : define(cx, code), kindOf(ending));
}

function genSort(step: Node, stand: Stand, cx: Cx): Val {
  const items = genItems(stand, cx);
  const terms = step.terms.map(({ expression, descending }) => {
    const item = fresh(cx.unit, "c");
    const inner = apart(cx, { escapes: false, item, dollar: item, single: false, flat: false });
    const value = gen(expression, inner);
    return `{ of: (${item}) => { ${inner.out.join("\n")} return ${value.code}; }, descending: ${descending} }`;
  });
  const sorted = define(cx, `orderBy(${items}, [${terms.join(", ")}], ${place(cx, step)})`);
  // Sorted items are no sequence any more, unless there are fewer than two; only $distinct could tell.
  return genStages(step, val(sorted, "sequence", true), cx);
}

/** All items that a step runs over, as an array. */
export function genItems(stand: Stand, cx: Cx): string {
  const { code } = stand.value;
  if (stand.source === "items") return code;
  if (stand.source === "one") return define(cx, `[${code}]`);
  return define(
    cx,
    stand.source === "flow" ? `flowItems(${code})` : `Array.isArray(${code}) ? ${code} : [${code}]`,
  );
}
