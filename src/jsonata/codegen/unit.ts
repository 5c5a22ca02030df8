/** One function that is generated: what it begins with, and how its code is loaded. */
import { describe } from "../runtime/calls.ts";
import { evaluateText } from "../runtime/evaluate.ts";
import type { CompileText } from "../runtime/evaluate.ts";
import { runtime } from "../runtime/index.ts";
import type { CompileOptions, Limits } from "../types.ts";
import { resolve } from "./constants.ts";
import type { Constant, Sources } from "./constants.ts";
import { nothingKnown } from "./context.ts";
import type { Cx, Unit } from "./context.ts";
import type { Made } from "./library.ts";
import type { Frame } from "./scope.ts";

const DEFAULTS: Required<Limits> = {
  depth: 1000,
  steps: 2_000_000,
  ms: 250,
  items: 10_000_000,
  characters: 100_000_000,
};

export function limitsOf({ limits }: CompileOptions): Required<Limits> {
  return { ...DEFAULTS, ...limits };
}

interface UnitOptions extends CompileOptions {
  readonly unfinished: boolean;
  /** Its functions are lent to others: they see the input and the variables of the run that calls them. */
  readonly isShared?: boolean;
  /** Variables that change while it runs. */
  readonly changing?: readonly string[];
}

export function newUnit({
  functions = {},
  variables,
  unfinished,
  isShared = false,
  changing = [],
}: UnitOptions): Unit {
  return {
    hosts: functions,
    variables: variables === undefined ? undefined : new Set(variables),
    vars: isShared ? "S.vars" : "vars",
    changing: isShared ? undefined : new Set(changing),
    constants: [],
    preamble: [],
    prologue: [],
    cache: new Map(),
    unfinished,
    next: 0,
  };
}

/** Where a unit's code begins: the context is the input. */
export function openUnit(unit: Unit, source: string, prelude: boolean): Cx {
  const stretch = {};
  const frame: Frame = { parent: null, bindings: new Map(), stretch };
  const root = unit.vars === "vars" ? "input" : "S.input";
  const around = { single: true, flat: false, lazy: false, inlined: false, escapes: false } as const;
  return {
    unit,
    source,
    text: 0,
    out: [],
    known: nothingKnown(),
    frame,
    stretch,
    root,
    item: root,
    dollar: root,
    ...around,
    prelude,
  };
}

/** Generated code as it can be kept: the text of a function's body, and what it refers to. */
export interface Code {
  readonly text: string;
  readonly constants: readonly Constant[];
  /** Whether it finishes sequences that the library hands on. */
  readonly unfinished: boolean;
}

/** Puts generated code together. The only text of a source in it is in literals that JSON.stringify wrote. */
export function write(unit: Unit, shared: readonly string[], body: readonly string[]): Code {
  const code = [
    ...unit.constants.map((_, i) => `const k${i} = constants[${i}];`),
    ...unit.preamble,
    ...body,
  ].join("\n");
  const words = new Set(code.match(/[A-Za-z]\w*/g));
  const used = (names: readonly string[]): string => names.filter((name) => words.has(name)).join(", ");
  const head = `"use strict"; const { ${used(runtimeNames)} } = runtime; const { ${used(shared)} } = shared;`;
  return { text: `${head}\n${code}`, constants: unit.constants, unfinished: unit.unfinished };
}

const runtimeNames = Object.keys(runtime);

const noTexts: CompileText = () => {
  throw new Error("a shared function has no $eval");
};

/** What code is given when it is loaded. */
export interface Given extends Sources {
  readonly shared: Made;
  readonly compileText?: CompileText;
}

let loaded = 0;

/**
 * Loads code that `write` made, now or before. Each time under a name of its own: the engine would share what it knows of
 * equal texts, cannot take their constants for constants then, and runs both at half the speed (after a reload, say).
 */
export function load({ text, constants }: Code, given: Given): unknown {
  const { shared, compileText = noTexts } = given;
  const evalFunction = describe(
    (...args: unknown[]) => evaluateText(args, null, {}, compileText, undefined as never),
    { arity: 2, name: "eval" },
  );
  const named = `${text}\n//# sourceURL=jsonata-${loaded++}`;
  const factory = new Function("runtime", "shared", "constants", "compileText", "evalFunction", named);
  const values = constants.map((one) => resolve(one, given));
  return (factory as (...args: unknown[]) => unknown)(runtime, shared, values, compileText, evalFunction);
}
