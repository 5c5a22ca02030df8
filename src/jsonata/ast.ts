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

/** Hands every node directly below to `visit`, in the order in which they are written. */
export function eachChild(node: Node, visit: (child: Node) => void): void {
  eachOwnChild(node, visit);
  if (node.predicate !== undefined) for (const stage of node.predicate) visit(stage.expr);
  if (node.stages !== undefined)
    for (const stage of node.stages) if (stage.type !== "index") visit(stage.expr);
  if (node.group !== undefined) eachPair(node.group, visit);
}

/** The same without what stands behind the node: predicates and grouping. */
export function eachOwnChild(node: Node, visit: (child: Node) => void): void {
  switch (node.type) {
    case "path":
      return node.steps.forEach((step) => visit(step));
    case "binary":
    case "bind":
    case "apply":
      visit(node.lhs);
      visit(node.rhs);
      return;
    case "unary":
      if (node.value === "[") node.expressions.forEach((item) => visit(item));
      else if (node.value === "{") eachPair(pairsOf(node), visit);
      else visit(node.expression);
      return;
    case "function":
    case "partial":
      visit(node.procedure);
      return node.arguments.forEach((argument) => visit(argument));
    case "lambda":
      node.arguments.forEach((parameter) => visit(parameter));
      return visit(node.body);
    case "condition":
      visit(node.condition);
      visit(node.then);
      return node.else === undefined ? undefined : visit(node.else);
    case "block":
      return node.expressions.forEach((expression) => visit(expression));
    case "sort":
      return node.terms.forEach((term) => visit(term.expression));
    case "transform":
      visit(node.pattern);
      visit(node.update);
      if (node.delete !== undefined) visit(node.delete);
  }
}

function eachPair({ lhs }: Group, visit: (child: Node) => void): void {
  for (const [key, value] of lhs) {
    visit(key);
    visit(value);
  }
}

/** Whether something holds of any node directly below. */
export function someChild(node: Node, test: (child: Node) => boolean): boolean {
  let found = false;
  eachChild(node, (child) => (found ||= test(child)));
  return found;
}
