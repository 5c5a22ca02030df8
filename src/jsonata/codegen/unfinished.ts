/** Where unfinished sequences may turn up as values, found without generating any code. */
import { eachChild } from "../ast.ts";
import type { Node } from "../ast.ts";
import { treesOf } from "./library.ts";
import type { Library, Member } from "./library.ts";

/** Built-ins whose results are unfinished sequences. */
const SEQUENCES: ReadonlySet<string> = new Set([
  "keys",
  "lookup",
  "spread",
  "distinct",
  "map",
  "filter",
  "each",
  "match",
]);

const NO_NAMES: ReadonlySet<string> = new Set();

/**
 * The variables that may hold a lambda whose result is an unfinished sequence: it ends in a call of such a built-in, or
 * of another such lambda. `others`: those of what is around.
 */
export function leavingNames(
  nodes: readonly Node[],
  others: ReadonlySet<string> = NO_NAMES,
): ReadonlySet<string> {
  const binds: Node[] = [];
  const collect = (node: Node): void => {
    if (node.type === "bind") binds.push(node);
    eachChild(node, collect);
  };
  nodes.forEach(collect);
  const names = new Set(others);
  for (let grown = true; grown;) {
    grown = false;
    for (const { lhs, rhs } of binds) {
      const name = lhs.value as string;
      if (names.has(name) || !isLambda(rhs) || !leaves(rhs.body, names)) continue;
      names.add(name);
      grown = true;
    }
  }
  return names;
}

/**
 * Whether a node may meet an array whose flags change how it is read: a `[]` is kept, or what leaves unfinished sequences
 * is handed on as a function. Where it is only called, the call finishes what it gave. `leaving`: see `leavingNames`.
 */
export function mayLeaveUnfinished(node: Node, leaving: ReadonlySet<string>): boolean {
  if (node.keepArray === true || node.keepSingletonArray === true) return true;
  const visit = (child: Node): boolean => mayLeaveUnfinished(child, leaving);
  switch (node.type) {
    case "variable":
      return isLeaving(node.value as string, leaving) || node.value === "eval" || someOf(node, visit);
    case "lambda":
      return (node.thunk !== true && leaves(node.body, leaving)) || mayInBody(node, leaving);
    case "bind":
      // What a variable holds is looked at where it is read.
      return isLambda(node.rhs) ? mayInBody(node.rhs, leaving) : visit(node.rhs);
    case "block":
      return isLambdaBind(node.expressions.at(-1), leaving) || mayInBlock(node, leaving);
    case "function":
      // What stands behind a call sees what it gave before that is finished.
      return (
        (isSuffixed(node) &&
          node.procedure.type === "variable" &&
          leaving.has(node.procedure.value as string)) ||
        isLambdaBind(node.procedure, leaving) ||
        someOf(node, (child) => mayCalled(child, node, leaving))
      );
    case "apply": {
      const called = node.rhs.type === "function" ? node.rhs.procedure.value : undefined;
      return (isSuffixed(node) && leaving.has(called as string)) || someOf(node, visit);
    }
    default:
      return someOf(node, (child) => isLambdaBind(child, leaving) || visit(child));
  }
}

function mayInBody(lambda: Node, leaving: ReadonlySet<string>): boolean {
  const parameters = new Set(lambda.arguments.map(({ value }) => value as string));
  const inside = lambda.thunk === true ? leaving : withoutNames(leaving, parameters);
  if (mayLeaveUnfinished(lambda.body, inside)) return true;
  const isBehind = (child: Node): boolean => child !== lambda.body && !lambda.arguments.includes(child);
  return someOf(lambda, (child) => isBehind(child) && mayLeaveUnfinished(child, leaving));
}

/** What a block assigns hides outer variables of the name from there on. */
function mayInBlock(block: Node, leaving: ReadonlySet<string>): boolean {
  let inside = leaving;
  for (const expression of block.expressions) {
    if (mayLeaveUnfinished(expression, inside)) return true;
    if (expression.type !== "bind" || isLambdaBind(expression, inside)) continue;
    inside = withoutNames(inside, new Set([expression.lhs.value as string]));
  }
  const isBehind = (child: Node): boolean => !block.expressions.includes(child);
  return someOf(block, (child) => isBehind(child) && mayLeaveUnfinished(child, leaving));
}

function withoutNames(names: ReadonlySet<string>, others: ReadonlySet<string>): ReadonlySet<string> {
  const left = [...names].filter((name) => !others.has(name));
  return left.length === names.size ? names : new Set(left);
}

function isSuffixed({ predicate, group }: Node): boolean {
  return predicate !== undefined || group !== undefined;
}

/** The function of a call, and the test of `$filter`, whose results are only looked at, need not finish anything. */
function mayCalled(
  child: Node,
  { procedure, arguments: given }: Node,
  leaving: ReadonlySet<string>,
): boolean {
  if (child === procedure && child.type === "variable" && child.predicate === undefined) {
    return child.value === "eval";
  }
  const isTest = procedure.value === "filter" && child === given[1] && isLambda(child);
  return isTest ? mayInBody(child, leaving) : mayLeaveUnfinished(child, leaving);
}

function isLambda({ type, thunk, signature, predicate, group }: Node): boolean {
  const isBare = signature === undefined && predicate === undefined && group === undefined;
  return type === "lambda" && thunk !== true && isBare;
}

/** An assignment whose value is used, of a lambda that leaves unfinished sequences. */
function isLambdaBind(node: Node | undefined, leaving: ReadonlySet<string>): boolean {
  return node?.type === "bind" && isLambda(node.rhs) && leaves(node.rhs.body, leaving);
}

/** Whether what a lambda's body gives may be an unfinished sequence: calls in tail position are not finished. */
function leaves(body: Node, leaving: ReadonlySet<string>): boolean {
  if (body.thunk === true) {
    const { procedure } = body.body;
    if (procedure.type === "variable") return isLeaving(procedure.value as string, leaving);
    return procedure.type === "lambda" && leaves(procedure.body, leaving);
  }
  if (body.type === "condition")
    return leaves(body.then, leaving) || (body.else !== undefined && leaves(body.else, leaving));
  const last = body.type === "block" ? body.expressions.at(-1) : undefined;
  return last !== undefined && leaves(last, leaving);
}

function isLeaving(name: string, leaving: ReadonlySet<string>): boolean {
  return SEQUENCES.has(name) || leaving.has(name);
}

function someOf(node: Node, test: (child: Node) => boolean): boolean {
  let found = false;
  eachChild(node, (child) => (found ||= test(child)));
  return found;
}

/** What is known of a library: the names that leave unfinished sequences, and the members that must finish values. */
interface Leaks {
  readonly leaving: ReadonlySet<string>;
  readonly members: Map<number, boolean>;
}

const known = new WeakMap<Library, Leaks>();

/** Whether the code of expressions must finish the values that it passes on. Asked when it is generated. */
export function mustFinish(
  trees: readonly Node[],
  library: Library | undefined,
  reached: readonly Member[],
): boolean {
  const leaks = library && leaksOf(library, reached);
  if (reached.some(({ index }) => leaks?.members.get(index))) return true;
  const leaving = leavingNames(trees, leaks?.leaving);
  return trees.some((tree) => mayLeaveUnfinished(tree, leaving));
}

function leaksOf(library: Library, reached: readonly Member[]): Leaks {
  const trees = treesOf(library);
  let leaks = known.get(library);
  if (leaks === undefined) known.set(library, (leaks = { leaving: leavingNames(trees), members: new Map() }));
  for (const { index } of reached) {
    if (!leaks.members.has(index))
      leaks.members.set(index, mayLeaveUnfinished(trees[index] as Node, leaks.leaving));
  }
  return leaks;
}
