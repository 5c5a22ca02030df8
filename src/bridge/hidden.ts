import { diagnostic } from "../diagnostics/diagnostic.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { assignedNames } from "../jsonata/index.ts";
import { decodeVariables } from "../mapping/decode-table.ts";
import { documentVariables } from "../mapping/document.ts";
import { encodeVariables } from "../mapping/encode-table.ts";
import type { Scope } from "../mapping/scope.ts";

const bindings: ReadonlySet<string> = new Set([
  ...Object.values(documentVariables).flat(),
  ...decodeVariables,
  ...encodeVariables,
]);
const assignment = /\$(\w+)\s*:=/g;

/**
 * Every name that the libraries of a folder assign although it is bound already, or a function of llmbridge's: LB306.
 * Within a function such a name is its own, and hides nothing from anybody else.
 */
export function checkHidden({ prelude, functions, memory }: Scope): Diagnostic[] {
  if (!prelude) return [];
  const isTaken = (name: string): boolean => bindings.has(name) || Object.hasOwn(functions, name);
  const written = prelude.source.matchAll(assignment);
  // Parsing takes time, and hardly any library has such a name at all.
  if (![...written].some(([, name]) => isTaken(name!))) return [];
  return assignedNames(prelude.source, memory)
    .filter(({ name }) => isTaken(name))
    .map(({ name, position }) => {
      const what = bindings.has(name) ? "what is bound under that name" : "the function of that name";
      return diagnostic(
        "LB306",
        `$${name} hides ${what} from every expression of this folder`,
        prelude.place(position, name.length + 1),
        "give it another name",
        "warning",
      );
    });
}
