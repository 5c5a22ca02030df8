/** Predicates. */
import type { Node } from "../ast.ts";
import { branch, countTurns, define, fresh, val } from "./context.ts";
import type { Cx, Val } from "./context.ts";
import { isBuiltin } from "./calls.ts";
import { gen } from "./node.ts";
import { testOf } from "./operators.ts";

/** `value[predicate]`, not finished. */
export function genFilter(predicate: Node, value: Val, cx: Cx): Val {
  if (predicate.type === "number") {
    return val(define(cx, `at(${value.code}, ${Math.floor(predicate.value as number)})`), "at");
  }
  if (isFixed(predicate, cx)) return val(genPick(predicate, value, cx), "sequence", true);
  const out = define(cx, "[]");
  const loop = openLoop(cx, value.code, value.kind === "sequence" ? "items" : "context", predicate);
  const result = gen(predicate, loop.body);
  const body = loop.body.out;
  if (result.kind === "boolean") body.push(`if (${testOf(result)}) ${out}.push(${loop.item});`);
  else body.push(`admit(${out}, ${result.code}, ${loop.item}, ${loop.index}, ${loop.count});`);
  closeLoop(cx, loop);
  return val(out, "sequence", true);
}

/** Whether a predicate is the same for every item: numbers, variables, and arithmetic and counts of them. */
function isFixed(node: Node, cx: Cx): boolean {
  if (node.predicate !== undefined || node.group !== undefined || node.keepArray === true) return false;
  switch (node.type) {
    case "number":
      return true;
    case "variable":
      return node.value !== "";
    case "binary":
      return ARITHMETIC.has(node.value as string) && isFixed(node.lhs, cx) && isFixed(node.rhs, cx);
    case "unary":
      return node.value === "-" && isFixed(node.expression, cx);
    case "path":
      return (
        node.steps.length === 1 && node.keepSingletonArray !== true && isFixed(node.steps[0] as Node, cx)
      );
    case "function":
      return (
        isBuiltin(node, "count", cx) &&
        node.procedure.value === "count" &&
        node.arguments.length === 1 &&
        isFixed(node.arguments[0] as Node, cx)
      );
    default:
      return false;
  }
}

const ARITHMETIC = new Set(["+", "-", "*", "/", "%"]);

/** `value[predicate]` as a finished value, for a predicate after which nothing comes. */
export function genLastFilter(predicate: Node, value: Val, cx: Cx): Val {
  const isPicked = predicate.type !== "number" && isFixed(predicate, cx);
  return isPicked ? val(genPick(predicate, value, cx, "picked")) : genFilter(predicate, value, cx);
}

/**
 * What such a predicate lets pass: a list, or a value for `picked`. Without items it is not evaluated, so that it cannot
 * fail either.
 */
function genPick(predicate: Node, value: Val, cx: Cx, picking: "pick" | "picked" = "pick"): string {
  const isList = value.kind === "sequence";
  const list = isList
    ? value.code
    : define(cx, `Array.isArray(${value.code}) ? ${value.code} : [${value.code}]`, "a");
  const out = fresh(cx.unit);
  const inner = branch(cx, { escapes: false });
  const result = gen(predicate, inner);
  cx.out.push(
    `let ${out}${picking === "pick" ? ` = ${list}` : ""};`,
    `if (${list}.length > 0) {`,
    ...inner.out,
    `${out} = ${picking}(${list}, ${result.code});`,
    "}",
  );
  return out;
}

/** The items that a predicate lets pass, each handed to `then`, which writes what is done with it. */
export function genFiltered(predicate: Node, value: Val, cx: Cx, then: (item: Val, cx: Cx) => void): void {
  if (isFixed(predicate, cx)) {
    const picked = openLoop(cx, genPick(predicate, value, cx), "items", predicate);
    then(val(picked.item), { ...picked.body, escapes: cx.escapes });
    closeLoop(cx, picked);
    return;
  }
  const loop = openLoop(cx, value.code, value.kind === "sequence" ? "items" : "context", predicate);
  const result = gen(predicate, loop.body);
  if (result.kind === "boolean") {
    const inner = branch(loop.body, { escapes: cx.escapes });
    then(val(loop.item), inner);
    loop.body.out.push(`if (${testOf(result)}) {`, ...inner.out, "}");
    closeLoop(cx, loop);
    return;
  }
  const out = define(cx, "[]");
  loop.body.out.push(`admit(${out}, ${result.code}, ${loop.item}, ${loop.index}, ${loop.count});`);
  closeLoop(cx, loop);
  const rest = openLoop(cx, out, "items", predicate);
  then(val(rest.item), { ...rest.body, escapes: cx.escapes });
  closeLoop(cx, rest);
}

/** Whether a predicate gives true or false whatever its context, so that positions cannot matter. */
export function isTest(predicate: Node): boolean {
  if (predicate.predicate !== undefined || predicate.group !== undefined) return false;
  return predicate.type === "binary" && ["=", "!=", "and", "or", "in"].includes(predicate.value as string);
}

/**
 * What a step or a predicate runs over. `items`: an array, always. `context`: an array's items, or one value, even
 * nothing. `flow`: what a step left: an array's items, one value, or none where it is nothing.
 */
export type Source = "items" | "context" | "flow";

export interface Loop {
  readonly head: string;
  readonly item: string;
  readonly index: string;
  readonly count: string;
  readonly body: Cx;
}

/** `node`: what is evaluated for each item, whose place a limit that is passed there has. */
export function openLoop(cx: Cx, code: string, source: Source, node: Node): Loop {
  const { unit } = cx;
  const [index, item, count] = [fresh(unit, "i"), fresh(unit, "e"), fresh(unit, "n")];
  let each = `${code}[${index}]`;
  if (source === "items") cx.out.push(`const ${count} = ${code}.length;`);
  else {
    const list = define(
      cx,
      source === "flow"
        ? `Array.isArray(${code}) ? iter(${code}) : null`
        : `Array.isArray(${code}) ? ${code} : null`,
      "a",
    );
    const alone = source === "flow" ? `${code} === undefined ? 0 : 1` : "1";
    cx.out.push(`const ${count} = ${list} !== null ? ${list}.length : ${alone};`);
    each = `${list} !== null ? ${list}[${index}] : ${code}`;
  }
  countTurns(cx, count, node);
  const body = branch(cx, { item, dollar: item, single: false, flat: false, escapes: false });
  return {
    head: `for (let ${index} = 0; ${index} < ${count}; ${index}++) { const ${item} = ${each};`,
    item,
    index,
    count,
    body,
  };
}

export function closeLoop(cx: Cx, loop: Loop): void {
  cx.out.push(loop.head, ...loop.body.out, "}");
}
