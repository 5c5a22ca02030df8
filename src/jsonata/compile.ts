import { assemble } from "./codegen/assemble.ts";
import { factsOf } from "./codegen/facts.ts";
import type { Facts } from "./codegen/facts.ts";
import { libraryOf } from "./codegen/library.ts";
import { assembleSteps } from "./codegen/steps.ts";
import { checkSyntax } from "./parse.ts";
import type { CompileOptions, CompileResult, HostFunction, Procedure, Step } from "./types.ts";

const NO_FUNCTIONS: Readonly<Record<string, HostFunction>> = {};

/**
 * Compiles a JSONata expression to one synchronous function. All mistakes that can be found without running it are
 * reported at once; nothing is thrown. Code is generated when the function is first called.
 */
export function compile(source: string, options: CompileOptions = {}): CompileResult {
  const { functions = NO_FUNCTIONS, prelude, memory } = options;
  const facts = factsOf(source, memory);
  const library = prelude === undefined ? undefined : libraryOf(prelude, functions, memory);
  const problems = facts === undefined ? checkSyntax(source, "source").problems : [];
  const all = [...problems, ...(library?.problems ?? [])];
  if (facts === undefined || all.length > 0) return { ok: false, problems: all };
  return assemble(source, facts, library, { ...options, functions });
}

/**
 * Compiles many expressions over one input to one function: what is tested, what is gone through, and what is handed on.
 * Each text must be one that `compile` takes with the same options. Gives nothing where they cannot share an evaluation;
 * they must be evaluated one by one then. An error's `source` is the number of its text.
 */
export function compileSteps(
  steps: readonly Step[],
  sources: readonly string[],
  options: CompileOptions = {},
): Procedure | undefined {
  const { functions = NO_FUNCTIONS, prelude, memory } = options;
  const facts = sources.map((source) => factsOf(source, memory));
  const library = prelude === undefined ? undefined : libraryOf(prelude, functions, memory);
  if (facts.includes(undefined) || (library?.problems.length ?? 0) > 0) return undefined;
  return assembleSteps(steps, { sources, facts: facts as Facts[] }, library, { ...options, functions });
}
