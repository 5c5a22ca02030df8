/** Operators and conditions. */
import type { Node } from "../ast.ts";
import { rawCall } from "./calls.ts";
import { NOTHING, branch, define, fresh, literal, place, val } from "./context.ts";
import type { Cx, Val } from "./context.ts";
import { literalsOf } from "./literals.ts";
import { gen, genEscaping } from "./node.ts";

/** Code that is true where JSONata takes the value as true. */
export function testOf(value: Val): string {
  const { code, kind, there } = value;
  if (kind === "boolean") return there ? code : `${code} === true`;
  if (kind === "string") return there ? `${code} !== ""` : `(${code} !== undefined && ${code} !== "")`;
  return there ? `truthy(${code})` : `(${code} !== undefined && truthy(${code}))`;
}

const isPrimitive = (value: Val): boolean =>
  value.kind === "string" || value.kind === "boolean" || value.kind === "number";

function genEquality(a: Val, b: Val, negated: boolean): string {
  if (!isPrimitive(a) && !isPrimitive(b)) {
    return negated ? `differ(${a.code}, ${b.code})` : `same(${a.code}, ${b.code})`;
  }
  const guards = negated ? [a, b].filter(({ there }) => !there) : a.there || b.there ? [] : [a];
  const test = `${a.code} ${negated ? "!==" : "==="} ${b.code}`;
  return [...guards.map(({ code }) => `${code} !== undefined`), test].join(" && ");
}

function genLogic(node: Node, cx: Cx): Val {
  const result = fresh(cx.unit);
  cx.out.push(`let ${result} = ${testOf(gen(node.lhs, cx))};`);
  const right = branch(cx);
  right.out.push(`${result} = ${testOf(gen(node.rhs, right))};`);
  cx.out.push(`if (${node.value === "and" ? result : `!${result}`}) {`, ...right.out, "}");
  return val(result, "boolean", true);
}

/** One side of `&`, as code of a string. */
function genPart(value: Val, at: number): string {
  return value.kind === "string" && value.there ? value.code : `part(${value.code}, ${at})`;
}

/** Two numbers are compared at once. */
function genComparison(a: Val, b: Val, operator: string, at: number, cx: Cx): Val {
  const guards = [a, b].flatMap((side) =>
    side.kind === "number" && side.there ? [] : [`typeof ${side.code} === "number"`],
  );
  const slow = `compare(${a.code}, ${b.code}, ${literal(operator)}, ${at})`;
  const fast = `${a.code} ${operator} ${b.code}`;
  const code = guards.length === 0 ? fast : `${guards.join(" && ")} ? ${fast} : ${slow}`;
  return val(define(cx, code), "boolean", guards.length === 0);
}

/** `in` a list of literals is a comparison with each. */
function genIncludes(a: Val, b: Val, list: Node, at: number): string {
  const literals = literalsOf(list);
  if (literals === undefined) return `includes(${a.code}, ${b.code}, ${at})`;
  return literals.map((value) => `${a.code} === ${literal(value)}`).join(" || ") || "false";
}

export function genBinary(node: Node, cx: Cx): Val {
  const operator = node.value as string;
  if (operator === "and" || operator === "or") return genLogic(node, cx);
  const a = gen(node.lhs, cx);
  const b = operator === "in" && literalsOf(node.rhs) ? NOTHING : gen(node.rhs, cx);
  const at = place(cx, node);
  switch (operator) {
    case "=":
    case "!=":
      return val(define(cx, genEquality(a, b, operator === "!=")), "boolean", true);
    case "<":
    case "<=":
    case ">":
    case ">=":
      return genComparison(a, b, operator, at, cx);
    case "&":
      return val(define(cx, `concat(${genPart(a, at)}, ${genPart(b, at)})`), "string", true);
    case "in":
      return val(define(cx, genIncludes(a, b, node.rhs, at)), "boolean", true);
    case "..":
      return val(define(cx, `range(${a.code}, ${b.code}, ${at})`), "sequence", true);
    default:
      return val(define(cx, `arithmetic(${a.code}, ${b.code}, ${literal(operator)}, ${at})`), "number");
  }
}

export function genNegation(node: Node, cx: Cx): Val {
  return val(define(cx, `negate(${gen(node.expression, cx).code}, ${place(cx, node)})`), "number");
}

/** `a ?? b` and `a ?: b` are parsed as conditions over a copy of `a`; here `a` is evaluated once. */
function defaultKind(node: Node): "??" | "?:" | undefined {
  const { condition } = node;
  if (
    condition.type === "function" &&
    condition.procedure.value === "exists" &&
    condition.procedure.position === undefined
  ) {
    return "??";
  }
  const then = node.then.thunk === true ? node.then.body : node.then;
  return node.else !== undefined && isCopy(condition, then) ? "?:" : undefined;
}

/** The same nodes at the same places: only a copy has them. */
function isCopy(a: Node, b: Node): boolean {
  return a.type === b.type && firstPosition(a) === firstPosition(b) && withoutSlots(a) === withoutSlots(b);
}

function firstPosition(node: Node): number | undefined {
  return node.type === "path" ? node.steps[0]?.position : node.position;
}

function withoutSlots(node: Node): string {
  return JSON.stringify(node, (key, value: unknown) =>
    key === "slot" || key === "ancestor" || key === "thunk" ? undefined : value,
  );
}

function genDefault(node: Node, kind: "??" | "?:", cx: Cx): Val {
  const { then } = node;
  const left = then.thunk === true ? genLeftCall(then.body, cx) : genEscaping(then, cx);
  const value = then.thunk === true && cx.unit.unfinished ? `fin(${left.code})` : left.code;
  const result = fresh(cx.unit);
  const other = branch(cx);
  const right = node.else === undefined ? undefined : genEscaping(node.else, other);
  other.out.push(`${result} = ${right?.code ?? "undefined"};`);
  const test = kind === "??" ? `${value} === undefined` : `!(${testOf({ ...left, code: value })})`;
  cx.out.push(`let ${result} = ${left.code};`, `if (${test}) {`, ...other.out, "}");
  return joined(result, left, right, kind === "??");
}

/** A call that is looked at and handed on: as it was given, where that may be told apart. */
function genLeftCall(call: Node, cx: Cx): Val {
  const raw = rawCall(call, cx);
  return cx.unit.unfinished ? raw : val(define(cx, `fin(${raw.code})`));
}

/** What is known of a value that is one of two. */
function joined(code: string, a: Val, b: Val | undefined, defaulted: boolean): Val {
  if (b === undefined || a.kind !== b.kind || a.kind === "at" || a.kind === "sequence") return val(code);
  return val(code, a.kind, (a.there || defaulted) && b.there);
}

export function genCondition(node: Node, cx: Cx): Val {
  const kind = defaultKind(node);
  if (kind !== undefined) return genDefault(node, kind, cx);
  const test = testOf(gen(node.condition, cx));
  const result = fresh(cx.unit);
  const yes = branch(cx);
  const a = genEscaping(node.then, yes);
  yes.out.push(`${result} = ${a.code};`);
  cx.out.push(`let ${result};`, `if (${test}) {`, ...yes.out, "}");
  if (node.else === undefined) return val(result, a.kind === "none" ? "any" : a.kind);
  const no = branch(cx);
  const b = genEscaping(node.else, no);
  no.out.push(`${result} = ${b.code};`);
  cx.out.push("else {", ...no.out, "}");
  return joined(result, a, b, false);
}
