/** What is known of a lambda's calls before its code is generated: less has to be guarded where little can happen. */
import { eachChild } from "../ast.ts";
import type { Node } from "../ast.ts";

export interface Traits {
  /** What it gives is never a call in tail position that is still to be made. */
  settled(): boolean;
  /** Calls of lambdas that one call of it makes at most, itself included, not counting the turns of loops. */
  calls(): number;
}

/** What a name outside of a lambda holds: a known lambda, a function that settles its calls, or anything. */
export type Resolve = (name: string) => Traits | "function" | undefined;

/** Lambdas that call few others need not count their calls and their depth: loops count their turns. */
export const FEW_CALLS = 16;

export function traitsOf(lambda: Node, resolve: Resolve): Traits {
  const inner = innerNames(lambda);
  const outer: Resolve = (name) => (inner.has(name) ? undefined : resolve(name));
  return {
    settled: once(false, () => tailsOf(lambda.body)?.every((tail) => isSettled(tail, outer)) === true),
    calls: once(Infinity, () => 1 + callsIn(lambda.body, outer)),
  };
}

/** Works a value out when it is first asked for; a lambda that leads back to itself gets `meanwhile`. */
function once<T>(meanwhile: T, compute: () => T): () => T {
  let value: T | undefined;
  let isBusy = false;
  return () => {
    if (isBusy) return meanwhile;
    isBusy = true;
    value ??= compute();
    isBusy = false;
    return value;
  };
}

/** Parameters, and whatever is assigned anywhere in the lambda. */
function innerNames(lambda: Node): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: Node): void => {
    if (node.type === "lambda") for (const { value } of node.arguments) names.add(value as string);
    if (node.type === "bind") names.add(node.lhs.value as string);
    eachChild(node, visit);
  };
  visit(lambda);
  return names;
}

/** The calls in tail position; nothing where something stands behind one of them. */
function tailsOf(body: Node): readonly Node[] | undefined {
  if (body.thunk === true) return [body.body];
  if (body.type === "condition") {
    const then = tailsOf(body.then);
    const other = body.else === undefined ? [] : tailsOf(body.else);
    return then && other && [...then, ...other];
  }
  const last = body.type === "block" ? body.expressions.at(-1) : undefined;
  const tails = last === undefined ? [] : tailsOf(last);
  const isSuffixed = body.predicate !== undefined || body.group !== undefined;
  return isSuffixed && tails?.length !== 0 ? undefined : tails;
}

function calledName({ procedure }: Node): string | undefined {
  return procedure.type === "variable" && procedure.predicate === undefined
    ? (procedure.value as string)
    : undefined;
}

function isSettled(call: Node, resolve: Resolve): boolean {
  const name = calledName(call);
  const found = name === undefined ? undefined : resolve(name);
  return found === "function" || found?.settled() === true;
}

function callsIn(node: Node, resolve: Resolve): number {
  let calls = 0;
  if (node.type === "variable") {
    const found = resolve(node.value as string);
    if (typeof found === "object") calls += found.calls();
  } else if (node.type === "function") {
    const name = calledName(node);
    if (name === undefined ? node.procedure.type !== "lambda" : resolve(name) === undefined) return Infinity;
  } else if (node.type === "partial" || (node.type === "apply" && node.rhs.type !== "function"))
    return Infinity;
  eachChild(node, (child) => (calls += callsIn(child, resolve)));
  return calls;
}
