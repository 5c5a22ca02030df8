/** Calls, partial application and chaining. */
import type { Node } from "../ast.ts";
import { define, literal, place, val } from "./context.ts";
import type { Cx, Val } from "./context.ts";
import { gen, genEscaping } from "./node.ts";
import { genDirect } from "./builtins.ts";
import { genEval } from "./evaluate.ts";
import { genInline, isInlined } from "./inline.ts";
import { genListedMerge, isListedMerge } from "./merges.ts";
import { genRegexCall, isRegexCall } from "./regexes.ts";
import { frozenList, literalsOf } from "./literals.ts";
import { bindingsOf } from "./scope.ts";
import type { Binding } from "./scope.ts";
import { isLocal, mayTakeContext, readVariable, resolveGlobal } from "./variables.ts";
import { builtins } from "../runtime/builtins.ts";

/** A call taken apart: code of the function and of its arguments, evaluated in this order. */
interface Parts {
  readonly callee: string;
  readonly args: readonly Val[];
  readonly list: string;
  readonly name: string | undefined;
  readonly at: number;
  readonly kind: "host" | "builtin" | "dynamic" | "eval";
}

function nameOf(node: Node): string | undefined {
  const { procedure } = node;
  const name = procedure.type === "path" ? procedure.steps[0]?.value : procedure.value;
  return typeof name === "string" ? name : undefined;
}

/** Evaluates the function and the arguments. `first`: a value that `~>` puts in front. */
function genParts(node: Node, cx: Cx, first?: Val): Parts {
  const { procedure } = node;
  const name = nameOf(node);
  let callee: string;
  let kind: Parts["kind"] = "dynamic";
  if (
    procedure.type === "variable" &&
    procedure.predicate === undefined &&
    name !== undefined &&
    !["", "$"].includes(name)
  ) {
    callee = readVariable(name, cx).code;
    const global = isLocal(cx, name) ? undefined : resolveGlobal(cx, name);
    if (global?.kind === "host" || global?.kind === "builtin" || global?.kind === "eval") kind = global.kind;
  } else callee = gen(procedure, cx).code;
  // $append passes on what it gets, and does not look at flags.
  const passes = kind === "builtin" && name === "append";
  const values = node.arguments.map((argument) => {
    const literals = kind === "host" ? literalsOf(argument) : undefined;
    if (literals !== undefined) return val(frozenList(cx.unit, literals), "array", true);
    return passes ? genEscaping(argument, cx) : gen(argument, cx);
  });
  const args = first === undefined ? values : [first, ...values];
  const at = place(cx, node);
  if (procedure.type === "path") cx.out.push(forgottenDollar(node, name as string, callee, "T1005", cx));
  return { callee, args, list: `[${args.map(({ code }) => code).join(", ")}]`, name, at, kind };
}

/** `sum(x)` for `$sum(x)`: the reference's hint, where the name is no function in the data but a variable. */
function forgottenDollar(node: Node, name: string, callee: string, code: string, cx: Cx): string {
  const local = isLocal(cx, name);
  const global = local
    ? undefined
    : resolveGlobal({ ...cx, unit: { ...cx.unit, variables: new Set() } }, name);
  const known = local ? readVariable(name, cx).code : global?.kind === "unknown" ? "false" : "true";
  return `if (${callee} === undefined && ${known}) forgotDollar(${literal(code)}, ${literal(name)}, ${place(cx, node)});`;
}

function codes(args: readonly Val[]): string {
  return args.map(({ code }) => code).join(", ");
}

/** The lambda that a variable is certain to hold, if anything. */
export function lambdaOf({ type, value, predicate }: Node, cx: Cx): Binding | undefined {
  if (type !== "variable" || predicate !== undefined) return undefined;
  const [binding] = bindingsOf(cx.frame, value as string);
  return binding?.lambda === undefined ? undefined : binding;
}

function token(name: string | undefined): string {
  return name === undefined ? "undefined" : literal(name);
}

/** A call of a known lambda, and of those that it leaves to be made. */
export function settledCall({ read, traits }: Binding, args: string, context: string): string {
  const code = `${read}(${args})`;
  return traits?.settled() === true ? code : `settle(${code}, ${context})`;
}

/** Whether a call reaches the built-in of that name, if the name is written there. */
export function isBuiltin(node: Node, name: string, cx: Cx): boolean {
  const { procedure } = node;
  if (procedure.type !== "variable" || procedure.predicate !== undefined || isLocal(cx, name)) return false;
  return builtins.has(name) && resolveGlobal(cx, name).kind === "builtin";
}

/** The name of the built-in whose call is a loop here. */
export function loopOf(node: Node, cx: Cx): string | undefined {
  const name = nameOf(node);
  return name !== undefined && isBuiltin(node, name, cx) && isInlined(name, node, cx) ? name : undefined;
}

export function genCall(node: Node, cx: Cx): Val {
  return genCallWith(node, howTo(node), cx);
}

/** Predicates and grouping see what the function gave, `[]` and nothing see it finished. */
function howTo(node: Node): "apply" | "callKeep" | "call" {
  if (node.predicate !== undefined || node.group !== undefined) return "apply";
  return node.keepArray === true ? "callKeep" : "call";
}

function genCallWith(node: Node, how: "apply" | "callKeep" | "call", cx: Cx, first?: Val): Val {
  const inlined = nameOf(node);
  if (first === undefined && inlined !== undefined && isRegexCall(inlined, node, how === "call", cx))
    return genRegexCall(inlined, node, cx);
  if (first === undefined && inlined === "merge" && isListedMerge(node, cx)) return genListedMerge(node, cx);
  const loop = first === undefined ? loopOf(node, cx) : undefined;
  if (loop !== undefined) return genInline(loop, node, cx, how === "apply");
  const parts = genParts(node, cx, first);
  const { callee, list, name, at, kind } = parts;
  if (kind === "eval") return genEval(parts.args, cx, at);
  if (kind === "host") return genHost(parts, cx);
  const slow = `${how}(${callee}, ${list}, ${cx.dollar}, ${at}, ${token(name)})`;
  const local = lambdaOf(node.procedure, cx);
  if (local !== undefined) {
    const settled = settledCall(local, codes(parts.args), cx.dollar);
    // What calls left behind may be unfinished; a lambda itself finishes what it gives where nothing is to be told apart.
    const isFinished = !cx.unit.unfinished && local.traits?.settled() === true;
    const whole = isFinished ? settled : `fin(${settled})`;
    const code = { apply: settled, call: whole, callKeep: `fin(finKeep(${settled}))` }[how];
    return val(
      define(
        cx,
        local.assigned || local.isReady === true
          ? code
          : `typeof ${local.read} === "function" ? ${code} : ${slow}`,
      ),
    );
  }
  const direct =
    kind === "builtin" && how !== "callKeep"
      ? genDirect(name as string, parts.args, { cx, at, slow, isFinished: how === "call" })
      : undefined;
  if (direct !== undefined) return direct;
  return val(define(cx, `${how}(${callee}, ${list}, ${cx.dollar}, ${at}, ${token(name)})`));
}

/** Called at once; only functions that are handed to it are wrapped, and may fail behind it. */
function genHost({ callee, args, list, at, name }: Parts, cx: Cx): Val {
  const direct = `charged(${callee}(${codes(args)}))`;
  const guards = args.filter(({ kind }) => kind === "any").map(({ code }) => `typeof ${code} === "function"`);
  if (guards.length === 0) return val(define(cx, direct));
  const guarded = `callHost(${callee}, ${list}, ${at}, ${token(name)})`;
  return val(define(cx, `${guards.join(" || ")} ? ${guarded} : ${direct}`));
}

/** A call whose result is handed on as the function gave it. */
export function rawCall(node: Node, cx: Cx): Val {
  const parts = genParts(node, cx);
  const { callee, args, list, name, at, kind } = parts;
  if (kind === "eval") return genEval(args, cx, at);
  if (kind === "host") return genHost(parts, cx);
  return val(define(cx, `apply(${callee}, ${list}, ${cx.dollar}, ${at}, ${token(name)})`));
}

/**
 * A call in tail position of a lambda. Built-ins are called at once unless they might take their context: that is
 * the context of whoever called the lambda.
 */
export function genThunk(node: Node, cx: Cx): Val {
  const own = nameOf(node);
  if (!cx.lazy && own !== undefined && isRegexCall(own, node, !cx.unit.unfinished, cx))
    return genRegexCall(own, node, cx);
  if (!cx.lazy && own === "merge" && isListedMerge(node, cx)) return genListedMerge(node, cx);
  const loop = cx.lazy ? undefined : loopOf(node, cx);
  if (loop !== undefined) return genInline(loop, node, cx, cx.unit.unfinished);
  const parts = genParts(node, cx);
  const { callee, args, list, name, at, kind } = parts;
  // What is assigned before this lambda is written cannot call it, and what leaves no call to be made does not end in
  // one that leads back here: the stack does not grow with it.
  const local = lambdaOf(node.procedure, cx);
  const isBounded = local?.assigned === true || (local?.isReady === true && local.traits?.settled() === true);
  if (local !== undefined && isBounded && !cx.lazy) {
    const code = cx.inlined ? settledCall(local, codes(args), "null") : `${local.read}(${codes(args)})`;
    return val(define(cx, code));
  }
  const how = cx.inlined ? "apply" : "tailCall";
  const context = cx.inlined ? "null" : cx.dollar;
  const tail = `${how}(${callee}, ${list}, ${context}, ${at}, ${token(name)})`;
  if (cx.lazy) return val(define(cx, tail));
  if (kind === "eval") return genEval(args, cx, at);
  if (kind === "host") return genHost(parts, cx);
  if (kind === "builtin") {
    const now = !mayTakeContext(name as string, args.length);
    const isFinished = now && !cx.unit.unfinished;
    const slow = now
      ? `${isFinished ? "call" : "apply"}(${callee}, ${list}, null, ${at}, ${token(name)})`
      : tail;
    return genDirect(name as string, args, { cx, at, slow, isFinished }) ?? val(define(cx, slow));
  }
  return val(define(cx, tail));
}

export function genPartial(node: Node, cx: Cx): Val {
  const args = node.arguments.map((argument) =>
    argument.type === "operator" && argument.value === "?" ? "OPEN" : gen(argument, cx).code,
  );
  const name = nameOf(node);
  const { procedure } = node;
  const callee =
    procedure.type === "variable" && name !== undefined && name !== "" && name !== "$"
      ? readVariable(name, cx).code
      : gen(procedure, cx).code;
  if (procedure.type === "path") cx.out.push(forgottenDollar(node, name as string, callee, "T1007", cx));
  const code = `partial(${callee}, [${args.join(", ")}], ${place(cx, node)}, ${token(name)})`;
  return val(define(cx, code), "any", true);
}

export function genApply(node: Node, cx: Cx): Val {
  const left = gen(node.lhs, cx);
  // The reference calls a written call here without looking at what stands behind it.
  const how = howTo(node);
  if (node.rhs.type === "function") return genCallWith(node.rhs, how, cx, left);
  const callee = gen(node.rhs, cx);
  const chain = { apply: "chainRaw", callKeep: "chainKeep", call: "chain" }[how];
  return val(define(cx, `${chain}(${left.code}, ${callee.code}, ${place(cx, node)})`));
}
