/** `$map`, `$filter` and `$reduce` as loops: with a lambda written in place there is no function, a known one is called. */
import type { Node } from "../ast.ts";
import { lambdaOf, settledCall } from "./calls.ts";
import { branch, countTurns, define, fresh, val } from "./context.ts";
import type { Cx, Val } from "./context.ts";
import { gen } from "./node.ts";
import { testOf } from "./operators.ts";
import type { Binding } from "./scope.ts";
import { openFrame } from "./variables.ts";

/** Built-ins that are inlined, and how many parameters the lambda must have at least. */
const LEAST: Readonly<Record<string, number>> = { map: 0, filter: 0, reduce: 2 };

/** Whether a call can be inlined: the right number of arguments, and a lambda of which nothing stays over. */
export function isInlined(name: string, node: Node, cx: Cx): boolean {
  if (!Object.hasOwn(LEAST, name)) return false;
  const [, f] = node.arguments;
  const counts = name === "reduce" ? [2, 3] : [2];
  if (f === undefined || !counts.includes(node.arguments.length)) return false;
  const known = lambdaOf(f, cx);
  if (known !== undefined)
    return (known.assigned || known.isReady === true) && (known.lambda ?? 0) >= (LEAST[name] as number);
  if (f.type !== "lambda" || f.signature !== undefined || f.predicate !== undefined || f.group !== undefined)
    return false;
  const names = f.arguments.map(({ value }) => value);
  return (
    new Set(names).size === names.length && names.length >= (LEAST[name] as number) && !keepsCall(f.body)
  );
}

/** A call in tail position that something stands behind stays a value; only a real lambda can give one. */
function keepsCall(body: Node): boolean {
  switch (body.type) {
    case "block": {
      const last = body.expressions.at(-1);
      if (last === undefined) return false;
      return body.predicate !== undefined || body.group !== undefined || keepsCall(last);
    }
    case "condition":
      return keepsCall(body.then) || (body.else !== undefined && keepsCall(body.else));
    default:
      return false;
  }
}

/**
 * The call as a loop. The result of $map and $filter is an unfinished sequence; `handsOn`: it is handed on as it is,
 * and then an empty one and nothing are told apart.
 */
export function genInline(name: string, node: Node, cx: Cx, handsOn = false): Val {
  const [first, lambda, start] = node.arguments as [Node, Node, Node | undefined];
  const items = gen(first, cx);
  const init = start === undefined ? undefined : gen(start, cx);
  const list = define(cx, items.kind === "array" ? items.code : `listOf(${items.code})`, "a");
  if (name === "reduce") return genReduce(items, list, lambda, init, cx);
  const out = define(cx, "[]");
  const loop = openCall(list, lambda, [(i) => `${list}[${i}]`, (i) => i, () => list], "0", cx);
  const { value, body } = loop;
  if (name === "filter") body.out.push(`if (${testOf(value)}) ${out}.push(${list}[${loop.index}]);`);
  else body.out.push(`${value.there ? "" : `if (${value.code} !== undefined) `}${out}.push(${value.code});`);
  cx.out.push(loop.head, ...body.out, "}");
  if (!handsOn) return val(out, "sequence", true);
  return val(define(cx, `${items.code} === undefined ? undefined : unfinished(${out})`));
}

function genReduce(items: Val, list: string, lambda: Node, init: Val | undefined, cx: Cx): Val {
  const result = fresh(cx.unit, "r");
  const skips =
    init === undefined ? `${list}.length > 0` : `${init.code} === undefined && ${list}.length > 0`;
  const from = define(cx, `${skips} ? 1 : 0`, "n");
  cx.out.push(`let ${result} = ${from} === 1 ? ${list}[0] : ${init?.code ?? "undefined"};`);
  const previous = fresh(cx.unit, "t");
  const loop = openCall(
    list,
    lambda,
    [() => previous, (i) => `${list}[${i}]`, (i) => i, () => list],
    from,
    cx,
  );
  cx.out.push(
    loop.head,
    `const ${previous} = ${result};`,
    ...loop.body.out,
    `${result} = ${loop.value.code};`,
    "}",
  );
  return val(define(cx, `${items.code} === undefined ? undefined : fin(${result})`));
}

/** One call of the lambda per turn, its parameters as constants. */
function openCall(
  list: string,
  lambda: Node,
  sources: readonly ((index: string) => string)[],
  from: string,
  cx: Cx,
): { head: string; index: string; body: Cx; value: Val } {
  const index = fresh(cx.unit, "i");
  countTurns(cx, `${list}.length`, lambda);
  const head = `for (let ${index} = ${from}; ${index} < ${list}.length; ${index}++) {`;
  const known = lambdaOf(lambda, cx);
  const outside = branch(cx, { lazy: false, escapes: false, inlined: true });
  if (known !== undefined) {
    const given = sources.slice(0, Math.max(1, known.lambda ?? 0)).map((source) => source(index));
    const value = val(define(outside, settledCall(known, given.join(", "), "null")));
    return { head, index, body: outside, value };
  }
  const bindings = new Map<string, Binding>();
  lambda.arguments.forEach((parameter, i) => {
    const read = define(outside, sources[i]?.(index) ?? "undefined", "v");
    bindings.set(parameter.value as string, { read, test: "true", assigned: true, once: true });
  });
  const frame = { parent: cx.frame, bindings, stretch: outside.stretch };
  const inner = openFrame({ ...outside, frame }, [lambda.body]);
  const value = gen(lambda.body, inner);
  return { head, index, body: outside, value };
}
