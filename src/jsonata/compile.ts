import { assemble } from "./codegen/assemble.ts";
import { checkSyntax } from "./parse.ts";
import type { Parsed } from "./parse.ts";
import type { CompileOptions, CompileResult } from "./types.ts";

/**
 * Compiles a JSONata expression to one synchronous function. All mistakes that can be found without running it are
 * reported at once; nothing is thrown.
 */
export function compile(source: string, options: CompileOptions = {}): CompileResult {
  const main = checkSyntax(source, "source");
  const prelude = options.prelude === undefined ? undefined : parsePrelude(options.prelude);
  const problems = [...main.problems, ...(prelude?.problems ?? [])];
  if (main.ast === undefined || problems.length > 0) return { ok: false, problems };
  return assemble(
    { source, ast: main.ast, prelude: options.prelude ?? "", preludeAst: prelude?.ast },
    options,
  );
}

/** Preludes are shared by hundreds of expressions, one after another: the last few are parsed once. */
const preludes = new Map<string, Parsed>();
const mostPreludes = 16;

function parsePrelude(text: string): Parsed {
  const known = preludes.get(text);
  if (known) return known;
  if (preludes.size >= mostPreludes) preludes.clear();
  const parsed = checkSyntax(text, "prelude");
  preludes.set(text, parsed);
  return parsed;
}
