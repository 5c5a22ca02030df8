import { assemble } from "./codegen/assemble.ts";
import { libraryOf } from "./codegen/library.ts";
import { checkSyntax } from "./parse.ts";
import type { CompileOptions, CompileResult, HostFunction } from "./types.ts";

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
