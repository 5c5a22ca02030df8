/** Variables, assignments and blocks. */
import type { Node } from "../ast.ts";
import { builtins } from "../runtime/builtins.ts";
import { metaOf } from "../runtime/calls.ts";
import { NOTHING, constant, define, defineOnce, fresh, val } from "./context.ts";
import type { Cx, Unit, Val } from "./context.ts";
import { readOwn } from "./names.ts";
import { gen, genEscaping } from "./node.ts";
import { assignedNames, bindingsOf } from "./scope.ts";
import type { Binding, Frame } from "./scope.ts";
import { traitsOf } from "./traits.ts";
import type { Resolve } from "./traits.ts";

/** What a name means where no frame of the expression binds it. */
export type Global =
  | { readonly kind: "host" | "builtin" | "variable"; readonly code: string }
  | { readonly kind: "eval" | "unknown" };

/** Finds a name outside of the expression: what callers bind, host functions, built-ins, in this order. */
export function resolveGlobal(cx: Cx, name: string): Global {
  const { hosts, variables } = cx.unit;
  if (variables?.has(name) === true) return runtimeVariable(cx, name);
  if (Object.hasOwn(hosts, name)) return { kind: "host", code: constant(cx.unit, { host: name }) };
  if (name === "eval") return { kind: "eval" };
  if (builtins.has(name)) return { kind: "builtin", code: constant(cx.unit, { builtin: name }) };
  return variables === undefined ? runtimeVariable(cx, name) : { kind: "unknown" };
}

/** Whether a name means anything outside of the expression. */
function isGlobal({ unit: { hosts, variables } }: Cx, name: string): boolean {
  if (variables === undefined || variables.has(name) || Object.hasOwn(hosts, name)) return true;
  return name === "eval" || builtins.has(name);
}

/** Read once a run; in functions that many runs share, where it is asked for. */
function runtimeVariable(cx: Cx, name: string): Global {
  const { cache, prologue, vars, changing } = cx.unit;
  const read = readOwn(vars, name);
  // While a function that is lent runs, nothing changes.
  if (changing === undefined)
    return { kind: "variable", code: defineOnce(cx, `variable ${name}`, () => read, "x") };
  if (changing.has(name)) return { kind: "variable", code: define(cx, read, "x") };
  const key = `variable ${name}`;
  let code = cache.get(key);
  if (code === undefined) {
    code = fresh(cx.unit, "x");
    cache.set(key, code);
    prologue.push(`const ${code} = ${read};`);
  }
  return { kind: "variable", code };
}

/** Whether the expression itself binds the name here. */
export function isLocal(cx: Cx, name: string): boolean {
  return bindingsOf(cx.frame, name).length > 0;
}

export function genVariable(node: Node, cx: Cx): Val {
  const name = node.value as string;
  if (name === "") return val(cx.dollar);
  if (name === "$") return val(cx.root);
  return readVariable(name, cx);
}

export function readVariable(name: string, cx: Cx): Val {
  const chain = bindingsOf(cx.frame, name);
  const [first] = chain;
  if (first !== undefined && (first.assigned || first.isReady === true)) {
    return val(first.once ? first.read : define(cx, first.read));
  }
  const end = chain.findIndex((binding) => binding.assigned);
  const maybe = end === -1 ? chain : chain.slice(0, end);
  const outer = end === -1 ? readGlobal(name, cx) : (chain[end] as Binding).read;
  if (maybe.length === 0) return val(outer);
  const code = maybe.reduceRight((rest, { read, test }) => `(${test} ? ${read} : ${rest})`, outer);
  return val(define(cx, code));
}

/** What callers do not bind has been reported when the text was checked. */
function readGlobal(name: string, cx: Cx): string {
  const global = resolveGlobal(cx, name);
  if (global.kind === "eval") return "evalFunction";
  return "code" in global ? global.code : NOTHING.code;
}

/** Opens a frame for the assignments in the given nodes and declares its variables. */
export function openFrame(cx: Cx, nodes: readonly Node[], stretch: object = cx.stretch): Cx {
  const names = assignedNames(nodes);
  if (names.size === 0) return { ...cx, frame: { parent: cx.frame, bindings: new Map(), stretch } };
  const bindings = new Map<string, Binding>();
  for (const [name, { count, lambda }] of names) {
    const read = fresh(cx.unit, "v");
    const shadows = isLocal(cx, name) || isGlobal(cx, name);
    cx.out.push(`let ${read}${shadows ? " = unset" : ""};`);
    const test = shadows ? `${read} !== unset` : "true";
    bindings.set(name, { read, test, assigned: false, once: count === 1, lambda });
  }
  return { ...cx, frame: { parent: cx.frame, bindings, stretch } };
}

export function genBind(node: Node, cx: Cx): Val {
  const name = node.lhs.value as string;
  // Before it is assigned: what it refers to must be there already.
  const traits = node.rhs.type === "lambda" ? traitsOf(node.rhs, resolver(cx)) : undefined;
  const value = gen(node.rhs, cx);
  let frame: Frame | null = cx.frame;
  while (frame !== null && !frame.bindings.has(name)) frame = frame.parent;
  const binding = frame?.bindings.get(name);
  if (binding === undefined) return value;
  cx.out.push(`${binding.read} = ${value.code};`);
  if (traits !== undefined && binding.lambda !== undefined) binding.traits = traits;
  if (frame?.stretch === cx.stretch) binding.assigned = true;
  return value;
}

export function genBlock(node: Node, cx: Cx): Val {
  const inner = openFrame(cx, node.expressions);
  let value = NOTHING;
  node.expressions.forEach((expression, i) => {
    value = i === node.expressions.length - 1 ? genEscaping(expression, inner) : gen(expression, inner);
  });
  return value;
}

export function genParent(node: Node, cx: Cx): Val {
  const [binding] = bindingsOf(cx.frame, node.slot.label);
  return binding === undefined ? NOTHING : val(define(cx, binding.read));
}

/** What names mean at a place, for what is known of the lambdas written there. */
export function resolver(cx: Cx): Resolve {
  return (name) => {
    const [binding] = bindingsOf(cx.frame, name);
    if (binding !== undefined)
      return binding.assigned || binding.isReady === true ? binding.traits : undefined;
    return isPlainGlobal(cx.unit, name) ? "function" : undefined;
  };
}

/** A host function, or a built-in that never takes its context: its calls leave nothing to be done. */
export function isPlainGlobal({ hosts, variables }: Unit, name: string): boolean {
  if (variables?.has(name) === true) return false;
  return Object.hasOwn(hosts, name) || (builtins.has(name) && !mayTakeContext(name, 0));
}

/** Whether a built-in with so many arguments might take its context for another one. */
export function mayTakeContext(name: string, given: number): boolean {
  const definition =
    (metaOf(builtins.get(name))?.signature as { definition?: string } | undefined)?.definition ?? "";
  const context = definition.indexOf("-");
  if (context === -1) return false;
  if (definition.startsWith("<x-")) return given === 0;
  const parameters = definition
    .slice(1)
    .replace(/:.*$/, "")
    .replaceAll(/<[^>]*>|\([^)]*\)/g, "x")
    .replaceAll(/[-?+]/g, "");
  return given < parameters.length;
}
