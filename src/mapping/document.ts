import { dropNulls } from "./nulls.ts";
import { MappingFailure, compileExpression } from "./scope.ts";
import type { Scope, SourceText } from "./scope.ts";
import type { Codec, Bindings, Document } from "./types.ts";
import { unfoldsTooFar } from "./unfolded.ts";

/** What is bound when a document of each kind runs; mappings/README.md tells authors the same. */
export const documentVariables: Readonly<Record<string, readonly (keyof Bindings)[]>> = {
  "request.decode": ["http"],
  "request.encode": ["target"],
  "response.decode": ["request", "target", "http"],
  "response.encode": ["request", "stream"],
  "error.decode": ["http"],
  "error.encode": ["request"],
  "count.decode": ["http"],
  "count.encode": ["request"],
  "models.decode": ["http"],
  "models.encode": ["http"],
  answer: ["target", "stream"],
};

/**
 * Compiles a document that writes wire values of canonical ones (or `answer`, canonical of canonical). Mistakes go to
 * the scope's report, and then there is no document.
 */
export function compileDocument<In, Out>(
  kind: string,
  text: SourceText,
  scope: Scope,
): Document<In, Out> | undefined {
  const evaluate = compileExpression(scope, text, documentVariables[kind] ?? []);
  if (!evaluate) return undefined;
  return function document(input, bindings) {
    const result = evaluate(input, bindings as Record<string, unknown>);
    if (unfoldsTooFar(result)) throw new MappingFailure(tooFar, text.place(0, 1), undefined);
    return result as Out;
  };
}

const tooFar = "the result is too long or too deep to be printed: parts of it hold others many times over";

/** Compiles a document that reads wire values: nulls are dropped first, but for what stands under an opaque key. */
export function compileDecoder<Out>(
  kind: string,
  text: SourceText,
  scope: Scope,
  opaque: ReadonlySet<string>,
): Pick<Codec<Out>, "decode" | "reads"> {
  const evaluate = compileExpression(scope, text, documentVariables[kind] ?? []);
  if (!evaluate) return {};
  return {
    decode: function decodeDocument(input, bindings) {
      return evaluate(dropNulls(input, opaque) ?? {}, bindings as Record<string, unknown>) as Out;
    },
    reads: evaluate.uses,
  };
}
