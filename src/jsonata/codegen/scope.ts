/** Variables of an expression as variables of the generated code. */
import type { Node } from "../ast.ts";
import { eachChild } from "../ast.ts";
import type { Traits } from "./traits.ts";

/** One variable of one frame. */
export interface Binding {
  /** How the generated code reads it. */
  readonly read: string;
  /** Code that tells whether it has been assigned. */
  readonly test: string;
  /** Whether a read may come before the assignment, so that an outer variable of the name would be seen. */
  assigned: boolean;
  /** Assigned before anything runs, whatever `assigned` says of what may call it. */
  readonly isReady?: boolean;
  /** Assigned at one place only, so a read need not be copied. */
  readonly once: boolean;
  /** All it can ever hold is one lambda written here, without a signature, of so many parameters: it may be called as it is. */
  readonly lambda?: number | undefined;
  /** What is known of that lambda. */
  traits?: Traits;
}

export interface Frame {
  readonly parent: Frame | null;
  readonly bindings: Map<string, Binding>;
  /** The stretch of straight-line code that the frame was opened in. */
  readonly stretch: object;
}

/** How a name is assigned in a frame. */
export interface Assignment {
  readonly count: number;
  readonly lambda: number | undefined;
}

/** The number of parameters of a lambda that may be called as the JavaScript function that it becomes. */
export function plainArity({
  type,
  signature,
  predicate,
  group,
  arguments: parameters,
}: Node): number | undefined {
  const isPlain =
    type === "lambda" && signature === undefined && predicate === undefined && group === undefined;
  return isPlain ? parameters.length : undefined;
}

/** Names that an expression assigns in the frame it stands in. */
export function assignedNames(nodes: readonly Node[]): Map<string, Assignment> {
  const names = new Map<string, Assignment>();
  const visit = (node: Node): void => {
    if (node.type === "block" || (node.type === "lambda" && node.thunk !== true)) {
      visitAround(node);
      return;
    }
    if (node.type === "bind") {
      const name = node.lhs.value as string;
      const count = (names.get(name)?.count ?? 0) + 1;
      names.set(name, { count, lambda: count === 1 ? plainArity(node.rhs) : undefined });
    }
    eachChild(node, visit);
  };
  // A block has a frame of its own, but its predicates and its grouping stand outside of it.
  const visitAround = (node: Node): void => {
    node.predicate?.forEach((stage) => visit(stage.expr));
    node.stages?.forEach((stage) => stage.type !== "index" && visit(stage.expr));
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

/** Adds what a step of a path binds, and what the path that it ends in does: `@$x`, `#$i`, parents. */
export function collectNames(step: Node, names: Set<string>): void {
  for (const name of [step.focus, step.index, step.ancestor?.label]) if (name !== undefined) names.add(name);
  for (const stage of step.stages ?? []) if (stage.type === "index") names.add(stage.value);
  const nested = step.type === "block" ? step.expressions.at(-1) : step;
  if (nested !== step && nested !== undefined) collectNames(nested, names);
  if (nested?.type === "path") for (const inner of nested.steps) collectNames(inner, names);
}
