/** What an expression looks at, found without running it. */
import { pairsOf } from "./ast.ts";
import type { Node, Stage } from "./ast.ts";
import { surroundings } from "./codegen/assemble.ts";
import { libraryOf, treesOf } from "./codegen/library.ts";
import type { Library } from "./codegen/library.ts";
import { digest, remember } from "./memory.ts";
import { checkSyntax } from "./parse.ts";
import { referenceFunction } from "./reference.ts";
import type { CompileOptions, HostFunction } from "./types.ts";

/** A place in the input (`from` is empty) or in a variable: names below it, whatever lists stand between them. */
export interface Reach {
  readonly from: string;
  readonly path: readonly string[];
}

/** Everything that the result and the effects of an expression can depend on. More than that may be named, never less. */
export interface Reads {
  /** What is used as it is, with all beneath it. */
  readonly values: readonly Reach[];
  /** What is only asked whether it is there, of which type it is, and whether it is empty if it is a text. */
  readonly tests: readonly Reach[];
  /** Functions that are not of the expression itself: built-ins and the host's. */
  readonly calls: ReadonlySet<string>;
  /** The expression is this path and nothing else. */
  readonly only?: readonly string[];
}

type How = "values" | "tests";

interface Reader {
  readonly values: Reach[];
  readonly tests: Reach[];
  readonly calls: Set<string>;
  readonly hosts: Readonly<Record<string, HostFunction>>;
  /** Members of the prelude that have not been looked into yet. */
  readonly members: Map<string, Node>;
}

const root: Reach = { from: "", path: [] };

/** What an expression reads that `compile` takes with the same options. */
export function readsOf(source: string, options: CompileOptions = {}): Reads {
  const { functions = {}, prelude, memory } = options;
  const library = prelude === undefined ? undefined : libraryOf(prelude, functions, memory);
  const { calls, ...rest } = remember(
    memory,
    () => `reads ${surroundings(library, options)} ${digest(source)}`,
    () => findReads(source, functions, library),
  );
  return { ...rest, calls: new Set(calls) };
}

/** As plain values. */
type Found = Omit<Reads, "calls"> & { readonly calls: readonly string[] };

function findReads(source: string, functions: Reader["hosts"], library: Library | undefined): Found {
  const { ast } = checkSyntax(source, "source");
  const reader: Reader = {
    values: [],
    tests: [],
    calls: new Set(),
    hosts: functions,
    members: new Map(library === undefined ? [] : membersOf(library)),
  };
  if (ast === undefined) reader.values.push(root);
  else visit(ast, root, "values", reader);
  const only = ast && plainPath(ast);
  return { values: reader.values, tests: reader.tests, calls: [...reader.calls], ...(only && { only }) };
}

function membersOf(library: Library): (readonly [string, Node])[] {
  const trees = treesOf(library);
  return library.members.map(({ name, index }) => [name, (trees[index] as Node).rhs] as const);
}

function plainPath(node: Node): readonly string[] | undefined {
  if (node.type !== "path" || node.keepSingletonArray === true || !isBare(node)) return undefined;
  const isPlain = node.steps.every((step) => step.type === "name" && isBare(step));
  return isPlain ? node.steps.map((step) => step.value as string) : undefined;
}

function isBare({ keepArray, stages, predicate, focus, index, ancestor, tuple, group }: Node): boolean {
  const hung = [stages, predicate, focus, index, ancestor, tuple, group];
  return keepArray !== true && hung.every((one) => one === undefined);
}

/** Notes what a node reads; `at` is its context, `how` what becomes of its value. */
function visit(node: Node, at: Reach, how: How, reader: Reader): void {
  if (node.group !== undefined || node.predicate !== undefined) return void reader.values.push(root);
  switch (node.type) {
    case "string":
    case "number":
    case "value":
    case "regex":
      return;
    case "variable":
      return void reader[how].push(variable(node, at, reader));
    case "path":
      return visitPath(node, at, how, reader);
    case "condition":
      visit(node.condition, at, "tests", reader);
      visit(node.then, at, how, reader);
      if (node.else) visit(node.else, at, how, reader);
      return;
    case "block":
      return node.expressions.forEach((one, i, { length }) =>
        visit(one, at, i === length - 1 ? how : "values", reader),
      );
    case "binary":
      return visitBinary(node, at, reader);
    case "unary":
      return visitUnary(node, at, reader);
    case "bind":
      return visit(node.rhs, at, "values", reader);
    case "apply":
      visit(node.lhs, at, "values", reader);
      return visit(node.rhs, at, "values", reader);
    case "lambda":
      return visit(node.body, at, "values", reader);
    case "function":
      return visitCall(node, at, reader);
    default:
      reader.values.push(root);
  }
}

function variable({ value }: Node, at: Reach, reader: Reader): Reach {
  const name = value as string;
  if (name === "") return at;
  if (name === "$") return root;
  const member = reader.members.get(name);
  if (member !== undefined) {
    reader.members.delete(name);
    // A function of the prelude sees the whole input as its context.
    visit(member, root, "values", reader);
  }
  return { from: name, path: [] };
}

function visitPath({ steps }: Node, context: Reach, how: How, reader: Reader): void {
  let at: Reach | undefined = context;
  for (const [i, step] of steps.entries()) {
    if (at === undefined) {
      // What stands behind a computed step is taken from values that count as read already.
      if (step.type !== "name" || !isBare(step)) reader.values.push(root);
      continue;
    }
    if (step.type === "name") at = { from: at.from, path: [...at.path, step.value as string] };
    else if (i === 0 && step.type === "variable") at = variable(step, at, reader);
    else {
      reader.tests.push(at);
      visit(step, at, "values", reader);
      at = undefined;
    }
    if (!isSimple(step)) reader.values.push(root);
    for (const stage of step.stages ?? []) if (at) visitStage(stage, at, reader);
  }
  if (at) reader[how].push(at);
}

/** Nothing hangs on the step but predicates, and that it stays an array. */
function isSimple(step: Node): boolean {
  return isBare({ ...step, stages: undefined, keepArray: undefined });
}

function visitStage(stage: Stage, at: Reach, reader: Reader): void {
  if (stage.type !== "filter") return void reader.values.push(root);
  reader.tests.push(at);
  visit(stage.expr, at, "values", reader);
}

function visitBinary({ value, lhs, rhs }: Node, at: Reach, reader: Reader): void {
  const isLogic = value === "and" || value === "or";
  const isEquality = value === "=" || value === "!=";
  const isEmptyText = (node: Node): boolean => node.type === "string" && node.value === "";
  const asks = isLogic || (isEquality && (isEmptyText(lhs) || isEmptyText(rhs)));
  for (const side of [lhs, rhs]) visit(side, at, asks ? "tests" : "values", reader);
}

function visitUnary(node: Node, at: Reach, reader: Reader): void {
  if (node.value === "[") return node.expressions.forEach((one) => visit(one, at, "values", reader));
  if (node.value !== "{") return visit(node.expression, at, "values", reader);
  for (const pair of pairsOf(node).lhs) for (const one of pair) visit(one, at, "values", reader);
}

const asking: ReadonlySet<string> = new Set(["exists", "not", "boolean", "type"]);

function visitCall({ procedure, arguments: given }: Node, at: Reach, reader: Reader): void {
  const name = procedure.type === "variable" ? (procedure.value as string) : undefined;
  if (name === undefined || name === "" || name === "$") visit(procedure, at, "values", reader);
  const isOwn = name !== undefined && (reader.members.has(name) || !isOutside(name, reader));
  if (name !== undefined && isOwn) variable(procedure, at, reader);
  else if (name !== undefined) reader.calls.add(name);
  const asks = name !== undefined && !isOwn && given.length === 1 && asking.has(name);
  for (const one of given) visit(one, at, asks ? "tests" : "values", reader);
  // A built-in with an argument too few takes the context in its place.
  if (name !== undefined && !isOwn && !asks && given.length < arityOf(name, reader)) reader.values.push(at);
}

function isOutside(name: string, { hosts }: Reader): boolean {
  return Object.hasOwn(hosts, name) || name === "eval" || referenceFunction(name) !== undefined;
}

function arityOf(name: string, { hosts }: Reader): number {
  return Object.hasOwn(hosts, name) ? 0 : (referenceFunction(name)?.implementation?.length ?? 1);
}
