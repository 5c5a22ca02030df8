/** `$eval` at run time. */
import { fault } from "../error.ts";
import { JsonataError } from "../error.ts";
import type { Fault } from "../error.ts";
import { parseSignature } from "../reference.ts";
import { located } from "./calls.ts";
import type { Place } from "./operators.ts";
import { put } from "./values.ts";

type Run = (input: unknown, variables: object) => unknown;
/** Compiles a text, or throws the reference's error for its first mistake. */
export type CompileText = (text: string) => Run;

const signature = parseSignature("<sx?:x>");

/** A variable that is in scope but not assigned yet. */
export const unset: unique symbol = Symbol("unset");

export function evaluateText(
  args: unknown[],
  context: unknown,
  variables: object,
  compileText: CompileText,
  place: Place,
): unknown {
  try {
    const [text, focus] = signature.validate(args, context);
    if (text === undefined) return undefined;
    const run = attempt("D3120", () => compileText(text as string));
    return attempt("D3121", () => run(focus === undefined ? context : focus, variables));
  } catch (thrown) {
    throw located(thrown, place, "eval");
  }
}

function attempt<T>(code: string, action: () => T): T {
  try {
    return action();
  } catch (thrown) {
    // A passed limit stays what it is: an expression must not go on behind it under another name.
    if (thrown instanceof Error || (thrown as Fault).code === "U1001") throw thrown;
    throw fault(code, { value: new JsonataError(thrown as Fault).message });
  }
}

/** The caller's variables with those in scope over them. */
export function visible(variables: object, scope: readonly (readonly [string, unknown])[]): object {
  const all = { ...variables };
  for (const [name, value] of scope) if (value !== unset) put(all, name, value);
  return all;
}
