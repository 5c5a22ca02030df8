import { digest, remember } from "./memory.ts";
import type { Memory } from "./memory.ts";
import { checkSyntax } from "./parse.ts";

/** A name that a library assigns, without the `$`, and where: the offset of its `$`. */
export interface Assigned {
  readonly name: string;
  readonly position: number;
}

/**
 * The names that a library `( $f := …; $g := …; )` puts in scope, in the order of their assignments; those that its
 * functions assign for themselves are not among them. Nothing where its syntax is wrong.
 */
export function assignedNames(library: string, memory?: Memory): readonly Assigned[] {
  return remember(
    memory,
    () => `assigned ${digest(library)}`,
    () => readNames(library),
  );
}

function readNames(library: string): readonly Assigned[] {
  const block = checkSyntax(library, "prelude").ast;
  if (block?.type !== "block") return [];
  return block.expressions.flatMap((expression) => {
    if (expression.type !== "bind") return [];
    const name = String(expression.lhs.value);
    return [{ name, position: library.lastIndexOf(`$${name}`, expression.position ?? library.length) }];
  });
}
