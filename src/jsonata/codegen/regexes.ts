/** Calls of built-ins with a regex written in place: they need not ask the signature what that is. */
import type { Node } from "../ast.ts";
import { isBuiltin } from "./calls.ts";
import { patternOf } from "./constants.ts";
import { constant, define, literal, place, val } from "./context.ts";
import type { Cx, Val } from "./context.ts";
import { gen } from "./node.ts";
import { readVariable } from "./variables.ts";

/** How many arguments each takes. */
const COUNTS: Readonly<Record<string, number>> = { contains: 2, match: 2, replace: 3 };

/** `isFinished`: the call's value is finished, so that a sequence may be too. */
export function isRegexCall(name: string, node: Node, isFinished: boolean, cx: Cx): boolean {
  const [, pattern, by] = node.arguments;
  if (!Object.hasOwn(COUNTS, name) || node.arguments.length !== COUNTS[name] || pattern?.type !== "regex")
    return false;
  const isBare = pattern.predicate === undefined && pattern.group === undefined && node.keepArray !== true;
  const isPlain = name !== "replace" || (by?.type === "string" && by.predicate === undefined);
  return isBare && isPlain && (isFinished || name !== "match") && isBuiltin(node, name, cx);
}

export function genRegexCall(name: string, node: Node, cx: Cx): Val {
  const [subject, pattern, by] = node.arguments as [Node, Node, Node | undefined];
  const { code } = gen(subject, cx);
  const regex = constant(cx.unit, patternOf(pattern));
  const matcher = `matcher(${regex}, ${place(cx, pattern)})`;
  const more = by === undefined ? [] : [gen(by, cx).code];
  const at = place(cx, node);
  const list = [code, matcher, ...more].join(", ");
  const callee = readVariable(name, cx).code;
  const slow = `call(${callee}, [${list}], ${cx.dollar}, ${at}, ${literal(name)})`;
  const direct = `direct${2 + more.length}(${constant(cx.unit, { implementation: name })}, ${list}, ${at}, ${literal(name)})`;
  const fast = {
    contains: `hasMatch(${regex}, ${code}, ${place(cx, pattern)})`,
    match: `collapse(${direct})`,
    replace: direct,
  }[name] as string;
  const kind = ({ contains: "boolean", replace: "string" } as const)[name as "contains"] ?? "any";
  return val(define(cx, `typeof ${code} === "string" ? ${fast} : ${slow}`), kind);
}
