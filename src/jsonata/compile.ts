import type { Node } from "./ast.ts";
import { assemble } from "./codegen/assemble.ts";
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
  const { functions = NO_FUNCTIONS, prelude } = options;
  const { ast, problems } = checkSyntax(source, "source");
  const library = prelude === undefined ? undefined : libraryOf(prelude, functions);
  const all = [...problems, ...(library?.problems ?? [])];
  if (ast === undefined || all.length > 0) return { ok: false, problems: all };
  return assemble(source, ast, library, { ...options, functions });
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
  const { functions = NO_FUNCTIONS, prelude } = options;
  const trees = sources.map((source) => checkSyntax(source, "source").ast);
  const library = prelude === undefined ? undefined : libraryOf(prelude, functions);
  if (trees.includes(undefined) || (library?.problems.length ?? 0) > 0) return undefined;
  return assembleSteps(steps, { sources, trees: trees as Node[] }, library, { ...options, functions });
}
