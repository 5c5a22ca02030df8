/** Any node: finds its generator, then applies what may follow every node: predicates, grouping, `[]`. */
import type { Node } from "../ast.ts";
import { genArray, genObject, genGroup } from "./constructors.ts";
import { genApply, genCall, genPartial } from "./calls.ts";
import { patternOf } from "./constants.ts";
import { constant, define, literal, place, val } from "./context.ts";
import type { Cx, Val } from "./context.ts";
import { genFilter, genLastFilter } from "./filters.ts";
import { genLambda, genTransform } from "./lambdas.ts";
import { genBinary, genCondition, genNegation } from "./operators.ts";
import { collapsed, genMember } from "./names.ts";
import { genPath } from "./paths.ts";
import { genStreamFilter } from "./tuples.ts";
import { genBind, genBlock, genParent, genVariable } from "./variables.ts";

type Generator = (node: Node, cx: Cx) => Val;

const generators: Readonly<Record<string, Generator>> = {
  path: genPath,
  name: (node, cx) =>
    val(genMember(node.value as string, node.keepArray === true ? "keptNameOf" : "nameOf", cx.item, cx)),
  string: genLiteral,
  number: genLiteral,
  value: genLiteral,
  binary: genBinary,
  unary: (node, cx) =>
    node.value === "["
      ? genArray(node, cx)
      : node.value === "{"
        ? genObject(node, cx)
        : genNegation(node, cx),
  wildcard: genWildcard,
  descendant: (_node, cx) => val(define(cx, `descendants(${cx.item})`), "sequence", true),
  parent: genParent,
  condition: genCondition,
  block: genBlock,
  bind: genBind,
  variable: genVariable,
  regex: (node, cx) =>
    val(define(cx, `matcher(${constant(cx.unit, patternOf(node))}, ${place(cx, node)})`), "any", true),
  function: genCall,
  partial: genPartial,
  lambda: genLambda,
  apply: genApply,
  transform: genTransform,
};

function genWildcard(node: Node, cx: Cx): Val {
  if (node.predicate !== undefined || node.group !== undefined) {
    return val(define(cx, `wildcardRaw(${cx.dollar})`), "sequence", true);
  }
  return val(define(cx, `wildcard(${cx.dollar}, ${node.keepArray === true})`));
}

/** Nodes that give a value of another node on. */
const PASSING = new Set(["block", "condition", "bind", "variable"]);

/** Whether a call in tail position may be the node's value: that is the caller's to finish. */
function endsInCall(node: Node): boolean {
  if (node.type === "block")
    return node.expressions.length > 0 && endsInCall(node.expressions.at(-1) as Node);
  if (node.type === "condition")
    return endsInCall(node.then) || (node.else !== undefined && endsInCall(node.else));
  return node.thunk === true;
}

function genLiteral(node: Node): Val {
  const value = node.value as string | number | boolean | null;
  const kind = typeof value as "string" | "number" | "boolean";
  return val(literal(value), value === null ? "any" : kind, true);
}

/** Code for a node as the reference's `evaluate` would give it: a finished value. */
export function gen(node: Node, cx: Cx): Val {
  return genEscaping(node, cx.escapes !== false ? { ...cx, escapes: false } : cx);
}

/** The same for a node whose value escapes where that of the node around it does. */
export function genEscaping(node: Node, around: Cx): Val {
  // What stands behind a node looks at its value.
  const isLookedAt = node.predicate !== undefined || (node.group !== undefined && node.type !== "path");
  const cx: Cx = isLookedAt && around.escapes !== false ? { ...around, escapes: false } : around;
  const generator = generators[node.type];
  if (generator === undefined) throw new Error(`jsonata has a node that is not known: ${node.type}`);
  const isSuffixed = node.predicate !== undefined || node.group !== undefined;
  let value = generator(node, isSuffixed && node.type === "block" ? { ...cx, lazy: true } : cx);
  const passes = PASSING.has(node.type) && value.kind === "any" && !endsInCall(node);
  if (cx.unit.unfinished && node.keepArray !== true && passes) {
    value = val(define(cx, `fin(${value.code})`), "any");
  }
  const isStream = node.type === "block" && node.tuple === true;
  const predicates = node.predicate ?? [];
  const isListed = node.keepArray === true || node.group !== undefined;
  for (const [i, { expr }] of predicates.entries()) {
    if (isStream) value = genStreamFilter(node, expr, value, cx);
    else if (isListed || i < predicates.length - 1) value = genFilter(expr, value, cx);
    else value = genLastFilter(expr, value, cx);
  }
  if (node.group !== undefined && node.type !== "path") value = genGroup(node.group, value, cx);
  return finish(value, node.keepArray === true, cx);
}

/** Ends an unfinished sequence. */
export function finish(value: Val, keepArray: boolean, cx: Cx): Val {
  const { code, kind } = value;
  if (kind === "sequence") return val(define(cx, keepArray ? `keep(${code})` : collapsed(code)));
  if (kind === "at" && !keepArray && !cx.unit.unfinished) return val(code);
  if (kind === "at") return val(define(cx, `${keepArray ? "keepAt" : "fin"}(${code})`));
  if (keepArray && value.kind === "any") return val(define(cx, `finKeep(${value.code})`));
  return value;
}
