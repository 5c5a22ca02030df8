import { compile } from "../../src/jsonata/index.ts";
import type { CompileOptions, JsonataError, Problem, Variables } from "../../src/jsonata/index.ts";

export function run(
  source: string,
  input?: unknown,
  options: CompileOptions = {},
  variables?: Variables,
): unknown {
  const compiled = compile(source, options);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return compiled.expression(input, variables);
}

export function problemsOf(source: string, options: CompileOptions = {}): readonly Problem[] {
  const compiled = compile(source, options);
  return compiled.ok ? [] : compiled.problems;
}

/** The error that an expression ends in. */
export function errorOf(source: string, input?: unknown, options: CompileOptions = {}): JsonataError {
  try {
    run(source, input, options);
  } catch (error) {
    return error as JsonataError;
  }
  throw new Error(`no error: ${source}`);
}
