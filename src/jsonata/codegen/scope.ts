/** Variables of an expression as variables of the generated code. */
import type { Node } from "../ast.ts";
import { children } from "../ast.ts";

/** One variable of one frame. */
export interface Binding {
  /** How the generated code reads it. */
  readonly read: string;
  /** Code that tells whether it has been assigned. */
  readonly test: string;
  /** Whether a read may come before the assignment, so that an outer variable of the name would be seen. */
  assigned: boolean;
  /** Assigned at one place only, so a read need not be copied. */
  readonly once: boolean;
}

export interface Frame {
  readonly parent: Frame | null;
  readonly bindings: Map<string, Binding>;
  /** The stretch of straight-line code that the frame was opened in. */
  readonly stretch: object;
}

/** Names that an expression assigns in the frame it stands in, and how often. */
export function assignedNames(nodes: readonly Node[]): Map<string, number> {
  const names = new Map<string, number>();
  const visit = (node: Node): void => {
    if (node.type === "block" || (node.type === "lambda" && node.thunk !== true)) {
      visitAround(node);
      return;
    }
    if (node.type === "bind") {
      const name = node.lhs.value as string;
      names.set(name, (names.get(name) ?? 0) + 1);
    }
    children(node).forEach(visit);
  };
  // A block has a frame of its own, but its predicates and its grouping stand outside of it.
  const visitAround = (node: Node): void => {
    node.predicate?.forEach((stage) => visit(stage.expr));
    node.stages?.forEach((stage) => visit(stage.expr));
    node.group?.lhs.forEach(([key, value]) => [key, value].forEach(visit));
  };
  nodes.forEach(visit);
  return names;
}

/** The bindings of a name, from the innermost frame outwards. */
export function bindingsOf(frame: Frame | null, name: string): Binding[] {
  const found: Binding[] = [];
  for (let f = frame; f !== null; f = f.parent) {
    const binding = f.bindings.get(name);
    if (binding !== undefined) found.push(binding);
  }
  return found;
}
