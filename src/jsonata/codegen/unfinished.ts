import type { Node } from "../ast.ts";
import { someChild } from "../ast.ts";

/**
 * Whether a built-in that gives a sequence is called in tail position or handed on as a value: then its result
 * reaches the built-in that called it unfinished, as in the reference.
 */
export function mayLeaveUnfinished(node: Node): boolean {
  const { type, procedure } = node;
  if (type === "variable" && (givesSequence(node) || node.value === "eval")) return true;
  if (type === "lambda" && node.thunk === true && givesSequence(node.body.procedure)) return true;
  const called = type === "function" && procedure.type === "variable" && procedure.predicate === undefined;
  return someChild(node, (child) => !(called && child === procedure) && mayLeaveUnfinished(child));
}

function givesSequence(node: Node): boolean {
  return node.type === "variable" && SEQUENCES.has(node.value as string);
}

const SEQUENCES = new Set(["keys", "lookup", "spread", "distinct", "map", "filter", "each", "match"]);
