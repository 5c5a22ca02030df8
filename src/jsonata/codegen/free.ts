/** Names that a text refers to and does not bind itself, found without generating any code. */
import { eachChild, eachOwnChild } from "../ast.ts";
import type { Group, Node, Stage } from "../ast.ts";
import { assignedNames, collectNames } from "./scope.ts";

export interface Reference {
  readonly name: string;
  /** As the function of a call. */
  readonly called: boolean;
  readonly node: Node;
  readonly scope: Scope;
}

/** Names that are bound around a node, from the innermost frame outwards. */
export interface Scope {
  readonly names: { has(name: string): boolean; keys(): Iterable<string> };
  readonly parent: Scope | undefined;
}

/** The free names of nodes that stand in one frame, one after another. */
export function freeNames(nodes: readonly Node[]): Reference[] {
  const found: Reference[] = [];
  const scope: Scope = { names: assignedNames(nodes), parent: undefined };
  for (const node of nodes) visit(node, scope, found);
  return found;
}

function isBound(name: string, scope: Scope): boolean {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent)
    if (at.names.has(name)) return true;
  return false;
}

function refer(node: Node, called: boolean, scope: Scope, found: Reference[]): void {
  const name = node.value as string;
  if (name === "" || name === "$" || isBound(name, scope)) return;
  // The parser makes copies of the left sides of `??` and `?:`, with the same position or without one.
  if (node.position === undefined || found.some((one) => one.node.position === node.position)) return;
  found.push({ name, called, node, scope });
}

function visit(node: Node, scope: Scope, found: Reference[]): void {
  visitOwn(node, scope, found);
  const behind = node.type === "block" && node.tuple === true ? tupleScope(node, scope) : scope;
  visitStages(node.predicate, behind, found);
  visitStages(node.stages, scope, found);
  if (node.type !== "path") visitGroup(node.group, scope, found);
}

function visitOwn(node: Node, scope: Scope, found: Reference[]): void {
  switch (node.type) {
    case "variable":
      return refer(node, false, scope, found);
    case "bind":
      return visit(node.rhs, scope, found);
    case "path":
      return visitPath(node, scope, found);
    case "function":
    case "partial":
      return visitCall(node, scope, found);
    case "lambda":
      return visitLambda(node, scope, found);
    case "block": {
      const inner: Scope = { names: assignedNames(node.expressions), parent: scope };
      return node.expressions.forEach((expression) => visit(expression, inner, found));
    }
    default:
      eachOwnChild(node, (child) => visit(child, scope, found));
  }
}

function visitStages(stages: readonly Stage[] | undefined, scope: Scope, found: Reference[]): void {
  if (stages === undefined) return;
  for (const stage of stages) if (stage.type !== "index") visit(stage.expr, scope, found);
}

function visitGroup(group: Group | undefined, scope: Scope, found: Reference[]): void {
  if (group === undefined) return;
  for (const [key, value] of group.lhs) {
    visit(key, scope, found);
    visit(value, scope, found);
  }
}

function tupleScope(node: Node, parent: Scope): Scope {
  const names = new Set<string>();
  collectNames(node, names);
  return { names, parent };
}

/** A step sees what it and the steps before it bind. */
function visitPath(node: Node, scope: Scope, found: Reference[]): void {
  const names = new Set<string>();
  const inner: Scope = { names, parent: scope };
  for (const step of node.steps) {
    collectNames(step, names);
    visit(step, inner, found);
  }
  visitGroup(node.group, inner, found);
}

function visitCall(node: Node, scope: Scope, found: Reference[]): void {
  const { procedure } = node;
  const isName =
    procedure.type === "variable" && (node.type === "partial" || procedure.predicate === undefined);
  if (isName) refer(procedure, true, scope, found);
  else visit(procedure, scope, found);
  for (const argument of node.arguments) visit(argument, scope, found);
}

function visitLambda(node: Node, scope: Scope, found: Reference[]): void {
  if (node.thunk === true) return visit(node.body, scope, found);
  const parameters = new Set(node.arguments.map(({ value }) => value as string));
  const inner: Scope = { names: parameters, parent: scope };
  visit(node.body, { names: assignedNames([node.body]), parent: inner }, found);
}

/** All variable names that occur; a text for `$eval` may name any. */
export function namesIn(ast: Node): Set<string> {
  const names = new Set<string>();
  const add = (node: Node): void => {
    if (node.type === "variable") names.add(node.value as string);
    eachChild(node, add);
  };
  add(ast);
  return names;
}
