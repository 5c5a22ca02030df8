/** The tree that jsonata's parser yields, as far as the compiler reads it. */
import type { Signature } from "./reference.ts";

export interface Slot {
  readonly label: string;
}

export interface Stage {
  readonly type: "filter" | "index";
  readonly expr: Node;
  readonly value: string;
}

export interface Group {
  readonly lhs: readonly (readonly [Node, Node])[];
  readonly position: number;
}

export interface Term {
  readonly descending: boolean;
  readonly expression: Node;
}

/** One node. Which members are there depends on `type`; the generators know. */
export interface Node {
  readonly type: string;
  readonly value: unknown;
  readonly position?: number;
  readonly keepArray?: boolean;
  readonly predicate?: readonly Stage[];
  readonly stages?: readonly Stage[];
  readonly group?: Group;
  readonly steps: readonly Node[];
  readonly keepSingletonArray?: boolean;
  readonly consarray?: boolean;
  readonly tuple?: boolean;
  readonly focus?: string;
  readonly index?: string;
  readonly ancestor?: Slot;
  readonly slot: Slot;
  readonly expressions: readonly Node[];
  readonly expression: Node;
  readonly arguments: readonly Node[];
  readonly procedure: Node;
  readonly body: Node;
  readonly thunk?: boolean;
  readonly signature?: Signature;
  readonly condition: Node;
  readonly then: Node;
  readonly else?: Node;
  /** Two operands, or the pairs of an object constructor. */
  readonly lhs: Node;
  readonly rhs: Node;
  readonly terms: readonly Term[];
  readonly pattern: Node;
  readonly update: Node;
  readonly delete?: Node;
}

/** The pairs of an object constructor. */
export function pairsOf(node: Node): Group {
  return { lhs: node.lhs as unknown as Group["lhs"], position: node.position ?? 0 };
}

/** All nodes directly below. */
export function children(node: Node): Node[] {
  const out: Node[] = [];
  const add = (child: Node | undefined): void => {
    if (child !== undefined) out.push(child);
  };
  const addPairs = (pairs: Group["lhs"]): void => pairs.forEach(([key, value]) => out.push(key, value));
  node.steps?.forEach(add);
  node.stages?.forEach((stage) => add(stage.expr));
  node.predicate?.forEach((stage) => add(stage.expr));
  node.expressions?.forEach(add);
  node.arguments?.forEach(add);
  node.terms?.forEach((term) => add(term.expression));
  if (node.group !== undefined) addPairs(node.group.lhs);
  if (node.type === "unary" && node.value === "{") addPairs(pairsOf(node).lhs);
  else [node.lhs, node.rhs].forEach(add);
  [node.expression, node.procedure, node.body, node.condition, node.then, node.else].forEach(add);
  [node.pattern, node.update, node.delete].forEach(add);
  return out;
}
