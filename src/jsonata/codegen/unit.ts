/** One function that is generated: what it begins with, and how its code is loaded. */
import { describe } from "../runtime/calls.ts";
import { evaluateText } from "../runtime/evaluate.ts";
import type { CompileText } from "../runtime/evaluate.ts";
import { runtime } from "../runtime/index.ts";
import type { CompileOptions, Limits } from "../types.ts";
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

const noTexts: CompileText = () => {
  throw new Error("a shared function has no $eval");
};

/** Loads generated code. The only text of a source in it is in literals that JSON.stringify wrote. */
export function load(
  unit: Unit,
  shared: Made,
  body: readonly string[],
  compileText: CompileText = noTexts,
): unknown {
  const code = [
    ...unit.constants.map((_, i) => `const k${i} = constants[${i}];`),
    ...unit.preamble,
    ...body,
  ].join("\n");
  const words = new Set(code.match(/[A-Za-z]\w*/g));
  const used = (names: object): string =>
    Object.keys(names)
      .filter((name) => words.has(name))
      .join(", ");
  const head = `"use strict"; const { ${used(runtime)} } = runtime; const { ${used(shared)} } = shared;`;
  const evalFunction = describe(
    (...args: unknown[]) => evaluateText(args, null, {}, compileText, undefined as never),
    { arity: 2, name: "eval" },
  );
  const factory = new Function(
    "runtime",
    "shared",
    "constants",
    "compileText",
    "evalFunction",
    `${head}\n${code}`,
  );
  return (factory as (...args: unknown[]) => unknown)(
    runtime,
    shared,
    unit.constants,
    compileText,
    evalFunction,
  );
}
