/** What is known of a text without its tree, as plain values that can be remembered. */
import type { Node } from "../ast.ts";
import { digest, remember } from "../memory.ts";
import type { Memory } from "../memory.ts";
import { checkSyntax } from "../parse.ts";
import { freeNames, namesIn } from "./free.ts";

export interface Facts {
  /** All variable names that occur. */
  readonly names: readonly string[];
  /** Those that the text refers to and does not bind itself. */
  readonly free: readonly string[];
}

/** The facts of an expression; nothing where its syntax is wrong. */
export function factsOf(source: string, memory: Memory | undefined): Facts | undefined {
  return remember(
    memory,
    () => `text ${digest(source)}`,
    () => {
      const { ast } = checkSyntax(source, "source");
      return ast && readFacts(ast, [ast]);
    },
  );
}

/** The facts of a node, whose free names are those of `nodes`. */
export function readFacts(node: Node, nodes: readonly Node[]): Facts {
  return { names: [...namesIn(node)], free: [...new Set(freeNames(nodes).map(({ name }) => name))] };
}

/** The tree of an expression whose syntax is known to be right. */
export function treeOf(source: string): Node {
  return checkSyntax(source, "source").ast as Node;
}
