/** Lambdas and transforms. */
import type { Node } from "../ast.ts";
import { apart, constant, define, fresh, place, val } from "./context.ts";
import type { Cx, Val } from "./context.ts";
import { genThunk } from "./calls.ts";
import { gen } from "./node.ts";
import type { Binding } from "./scope.ts";
import { FEW_CALLS, traitsOf } from "./traits.ts";
import { openFrame, readVariable, isLocal, resolver } from "./variables.ts";

export function genLambda(node: Node, cx: Cx): Val {
  if (node.thunk === true) return genThunk(node.body, cx);
  const code = lambdaCode(node, cx);
  if (node.signature === undefined) return val(define(cx, code, "f"), "any", true);
  const meta = `{ arity: ${node.arguments.length}, signature: ${constant(cx.unit, { signature: node.signature.definition })} }`;
  return val(define(cx, `describe(${code}, ${meta})`, "f"), "any", true);
}

/** A lambda as a function expression. */
export function lambdaCode(node: Node, cx: Cx): string {
  const bindings = new Map<string, Binding>();
  const parameters = node.arguments.map((parameter) => {
    const name = fresh(cx.unit, "v");
    bindings.set(parameter.value as string, { read: name, test: "true", assigned: true, once: true });
    return name;
  });
  const outside = apart(cx, { lazy: false, inlined: false, escapes: false });
  const around: Cx = { ...outside, frame: { parent: cx.frame, bindings, stretch: outside.stretch } };
  const inner = openFrame(around, [node.body]);
  const value = gen(node.body, inner);
  const head = `(${parameters.join(", ")}) => {`;
  if (traitsOf(node, resolver(cx)).calls() <= FEW_CALLS)
    return [head, ...outside.out, `return ${value.code};`, "}"].join("\n");
  const body = [...outside.out, `const r = ${value.code};`, "S.depth--;", "return r;"];
  const enter = `if (++S.depth > S.maxDepth || ++S.steps > S.mark) overrun(${place(cx, node)});`;
  return `${head} ${enter}\n${body.join("\n")} }`;
}

/** `| pattern | update, delete |` */
export function genTransform(node: Node, cx: Cx): Val {
  const clone = isLocal(cx, "clone") ? readVariable("clone", cx).code : "undefined";
  const functionOf = (part: Node | undefined): string => {
    if (part === undefined) return "undefined";
    const item = fresh(cx.unit, "c");
    const inner = apart(cx, { escapes: false, item, dollar: item, single: false, flat: false });
    const value = gen(part, inner);
    return `(${item}) => { ${inner.out.join("\n")} return ${value.code}; }`;
  };
  const [pattern, update, deletion] = [node.pattern, node.update, node.delete].map(functionOf);
  const places = [node, node.update, node.delete ?? node].map((part) => place(cx, part)).join(", ");
  const own = isLocal(cx, "clone");
  return val(
    define(cx, `transform(${pattern}, ${update}, ${deletion}, [${places}], ${own}, ${clone})`),
    "any",
    true,
  );
}
