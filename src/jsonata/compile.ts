import { assemble } from "./codegen/assemble.ts";
import { checkSyntax } from "./parse.ts";
import type { CompileOptions, CompileResult } from "./types.ts";

/**
 * Compiles a JSONata expression to one synchronous function. All mistakes that can be found without running it are
 * reported at once; nothing is thrown.
 */
export function compile(source: string, options: CompileOptions = {}): CompileResult {
  const main = checkSyntax(source, "source");
  const prelude = options.prelude === undefined ? undefined : checkSyntax(options.prelude, "prelude");
  const problems = [...main.problems, ...(prelude?.problems ?? [])];
  if (main.ast === undefined || problems.length > 0) return { ok: false, problems };
  return assemble(
    { source, ast: main.ast, prelude: options.prelude ?? "", preludeAst: prelude?.ast },
    options,
  );
}
