/** `$merge` of objects that are listed in place: they are merged one after another, without the list. */
import type { Node } from "../ast.ts";
import { isBuiltin } from "./calls.ts";
import { define, literal, place, val } from "./context.ts";
import type { Cx, Val } from "./context.ts";
import { gen } from "./node.ts";
import { readVariable } from "./variables.ts";

export function isListedMerge(node: Node, cx: Cx): boolean {
  const [list, ...more] = node.arguments;
  if (list === undefined || more.length > 0 || node.keepArray === true) return false;
  const isList = list.type === "unary" && list.value === "[" && list.expressions.length > 1;
  const isBare = list.predicate === undefined && list.group === undefined && list.keepArray !== true;
  return isList && isBare && isBuiltin(node, "merge", cx);
}

export function genListedMerge(node: Node, cx: Cx): Val {
  const [list] = node.arguments as [Node];
  const values = list.expressions.map((item) => gen(item, cx)).filter(({ kind }) => kind !== "none");
  const guards = values
    .filter(({ kind, there }) => kind !== "object" || !there)
    .map(({ code }) => `(${code} === undefined || isObject(${code}))`);
  const [first = val("undefined"), ...others] = values;
  const merged = others.reduce((all, { code }) => `mergeTwo(${all}, ${code})`, first.code);
  const isSome = values.some(({ kind, there }) => kind === "object" && there);
  const fast = isSome ? merged : `(${merged} ?? {})`;
  if (guards.length === 0) return val(define(cx, fast), "object", true);
  const callee = readVariable("merge", cx).code;
  const items = `itemsOf([${values.map(({ code }) => code).join(", ")}], ${place(cx, list)})`;
  const slow = `call(${callee}, [${items}], ${cx.dollar}, ${place(cx, node)}, ${literal("merge")})`;
  return val(define(cx, `${guards.join(" && ")} ? ${fast} : ${slow}`));
}
