/** Predicates. */
import type { Node } from "../ast.ts";
import { branch, define, fresh, val } from "./context.ts";
import type { Cx, Val } from "./context.ts";
import { gen } from "./node.ts";
import { testOf } from "./operators.ts";

/** `value[predicate]`, not finished. */
export function genFilter(predicate: Node, value: Val, cx: Cx): Val {
  if (predicate.type === "number") {
    return val(define(cx, `at(${value.code}, ${Math.floor(predicate.value as number)})`), "at");
  }
  const out = define(cx, "[]");
  const loop = openLoop(cx, value.code, value.kind === "sequence" ? "items" : "context");
  const result = gen(predicate, loop.body);
  const body = loop.body.out;
  if (result.kind === "boolean") body.push(`if (${testOf(result)}) ${out}.push(${loop.item});`);
  else body.push(`admit(${out}, ${result.code}, ${loop.item}, ${loop.index}, ${loop.count});`);
  closeLoop(cx, loop);
  return val(out, "sequence", true);
}

/** The items that a predicate lets pass, each handed to `then`, which writes what is done with it. */
export function genFiltered(predicate: Node, value: Val, cx: Cx, then: (item: Val, cx: Cx) => void): void {
  const loop = openLoop(cx, value.code, value.kind === "sequence" ? "items" : "context");
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
  const rest = openLoop(cx, out, "items");
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

export function openLoop(cx: Cx, code: string, source: Source): Loop {
  const { unit } = cx;
  const [index, item, count] = [fresh(unit, "i"), fresh(unit, "e"), fresh(unit, "n")];
  let each = `${code}[${index}]`;
  if (source === "items") cx.out.push(`const ${count} = ${code}.length;`);
  else {
    const list = define(
      cx,
      source === "flow" ? `iter(${code})` : `Array.isArray(${code}) ? ${code} : null`,
      "a",
    );
    const alone = source === "flow" ? `${code} === undefined ? 0 : 1` : "1";
    cx.out.push(`const ${count} = ${list} !== null ? ${list}.length : ${alone};`);
    each = `${list} !== null ? ${list}[${index}] : ${code}`;
  }
  cx.out.push(`tick(${count});`);
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
