import type { Code } from "./codes.ts";

/**
 * Where a mistake stands. Lines and columns count from 1, and line 0 is the file as a whole; `length` is in characters
 * and at least 1.
 */
export interface Place {
  file: string;
  line: number;
  column: number;
  length: number;
  /** The text of that line, for the caret; absent where there is none (a missing file). */
  text?: string;
}

/** A mistake in something a person wrote: a code, a place, what is wrong, and the cure. */
export interface Diagnostic {
  code: Code;
  severity: "error" | "warning";
  message: string;
  place?: Place;
  /** What to write instead, as a sentence fragment: `did you mean "openai"?` */
  cure?: string;
}

/** The one way to make a diagnostic. */
export function diagnostic(
  code: Code,
  message: string,
  place?: Place,
  cure?: string,
  severity: Diagnostic["severity"] = "error",
): Diagnostic {
  return { code, severity, message, ...(place && { place }), ...(cure && { cure }) };
}
