/** The whole function: prelude, expression, and the frame around a run. */
import type { Node } from "../ast.ts";
import { children } from "../ast.ts";
import { settle } from "../error.ts";
import { parseSource } from "../reference.ts";
import { describe } from "../runtime/calls.ts";
import { evaluateText } from "../runtime/evaluate.ts";
import { runtime } from "../runtime/index.ts";
import { S } from "../runtime/state.ts";
import type { CompileOptions, CompileResult, Expression, Limits, Problem, Variables } from "../types.ts";
import type { Cx, Unit } from "./context.ts";
import { startOf } from "./context.ts";
import { gen, genEscaping } from "./node.ts";
import { openFrame } from "./variables.ts";

interface Sources {
  readonly source: string;
  readonly ast: Node;
  readonly prelude: string;
  readonly preludeAst: Node | undefined;
}

type Run = (input: unknown, vars: object) => unknown;

const DEFAULTS: Required<Limits> = {
  depth: 1000,
  steps: 2_000_000,
  items: 10_000_000,
  characters: 100_000_000,
};

export function assemble(sources: Sources, options: CompileOptions): CompileResult {
  const unit = newUnit(options, [
    sources.ast,
    ...(sources.preludeAst === undefined ? [] : [sources.preludeAst]),
  ]);
  const run = generate(sources, unit, options);
  if (run === undefined) return { ok: false, problems: unit.problems };
  return { ok: true, expression: wrap(run, sources, unit, { ...DEFAULTS, ...options.limits }) };
}

function newUnit(options: CompileOptions, trees: readonly Node[]): Unit {
  return {
    hosts: options.functions ?? {},
    variables: options.variables === undefined ? undefined : new Set(options.variables),
    constants: [],
    preamble: [],
    prologue: [],
    cache: new Map(),
    uses: new Set(),
    problems: [],
    unfinished: trees.some(mayLeaveUnfinished),
    next: 0,
  };
}

/** Generates and loads the code; nothing where there are problems. */
function generate(sources: Sources, unit: Unit, options: CompileOptions): Run | undefined {
  const assignments = reached(sources, unit);
  const stretch = {};
  const frame = { parent: null, bindings: new Map(), stretch };
  const place = {
    item: "input",
    dollar: "input",
    single: true,
    flat: false,
    lazy: false,
    inlined: false,
    escapes: false,
  } as const;
  const base: Cx = { unit, source: sources.prelude, out: [], frame, stretch, ...place, prelude: true };
  const around = openFrame(base, assignments);
  for (const assignment of assignments) gen(assignment, around);
  const main = openFrame({ ...around, source: sources.source, prelude: false }, [sources.ast]);
  const value = genEscaping(sources.ast, { ...main, escapes: "value" });
  if (unit.problems.length > 0) return undefined;
  const code = [
    `"use strict";`,
    `const { ${Object.keys(runtime).join(", ")} } = runtime;`,
    ...unit.constants.map((_, i) => `const k${i} = constants[${i}];`),
    ...unit.preamble,
    "return (input, vars) => {",
    ...unit.prologue,
    ...base.out,
    `return ${value.code};`,
    "};",
  ].join("\n");
  const compileText = textCompiler(options);
  const evalFunction = describe(
    (...args: unknown[]) => evaluateText(args, null, {}, compileText, undefined as never),
    { arity: 2, name: "eval" },
  );
  // The only text of the source in `code` is in literals that JSON.stringify wrote.
  const factory = new Function("runtime", "constants", "compileText", "evalFunction", code) as (
    ...args: unknown[]
  ) => Run;
  return factory(runtime, unit.constants, compileText, evalFunction);
}

/** Assignments of the prelude that the expression reaches, in their order. */
function reached(sources: Sources, unit: Unit): Node[] {
  const { preludeAst } = sources;
  if (preludeAst === undefined) return [];
  const all = preludeAst.type === "block" ? preludeAst.expressions : [preludeAst];
  for (const node of all)
    if (node.type !== "bind") unit.problems.push(notAnAssignment(node, sources.prelude));
  const wanted = new Set(namesIn(sources.ast));
  const taken = new Set<Node>();
  for (let grown = true; grown;) {
    grown = false;
    for (const node of all) {
      if (node.type !== "bind" || taken.has(node) || !wanted.has(node.lhs.value as string)) continue;
      taken.add(node);
      for (const name of namesIn(node.rhs)) wanted.add(name);
      grown = true;
    }
  }
  return all.filter((node) => taken.has(node));
}

function notAnAssignment(node: Node, source: string): Problem {
  const position = startOf(source, node);
  return {
    code: "not-an-assignment",
    message: "a prelude holds assignments only",
    position,
    length: 1,
    in: "prelude",
  };
}

/**
 * Whether a built-in that gives a sequence is called in tail position or handed on as a value: then its result
 * reaches the built-in that called it unfinished, as in the reference.
 */
function mayLeaveUnfinished(node: Node): boolean {
  let known = unfinishedOf.get(node);
  if (known === undefined) unfinishedOf.set(node, (known = leavesUnfinished(node)));
  return known;
}

function leavesUnfinished(node: Node): boolean {
  const { type, procedure } = node;
  if (type === "variable" && (givesSequence(node) || node.value === "eval")) return true;
  if (type === "lambda" && node.thunk === true && givesSequence(node.body.procedure)) return true;
  const called = type === "function" && procedure.type === "variable" && procedure.predicate === undefined;
  return children(node).some((child) => !(called && child === procedure) && mayLeaveUnfinished(child));
}

function givesSequence(node: Node): boolean {
  if (node.type !== "variable") return false;
  return SEQUENCES.has(node.value as string);
}

const SEQUENCES = new Set(["keys", "lookup", "spread", "distinct", "map", "filter", "each", "match"]);

/** All variable names that occur in an expression; a text for `$eval` may name any. */
function namesIn(ast: Node): ReadonlySet<string> {
  const known = namesOf.get(ast);
  if (known) return known;
  const names = new Set<string>();
  const visit = (node: Node): void => {
    if (node.type === "variable") names.add(node.value as string);
    children(node).forEach(visit);
  };
  visit(ast);
  namesOf.set(ast, names);
  return names;
}

/** Trees of a prelude are asked again for every expression that it is shared by. */
const namesOf = new WeakMap<Node, ReadonlySet<string>>();
const unfinishedOf = new WeakMap<Node, boolean>();

const MOST_TEXTS = 64;

/** Compiles texts for `$eval`, keeping the last ones. */
function textCompiler(options: CompileOptions): (text: string) => Run {
  const known = new Map<string, Run>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const ast = parseSource(text);
    const { functions } = options;
    const unit = newUnit({ functions }, [ast]);
    const sources = { source: text, ast, prelude: "", preludeAst: undefined };
    const run = generate(sources, unit, { functions }) as Run;
    if (known.size >= MOST_TEXTS) known.clear();
    known.set(text, run);
    return run;
  };
}

/** Sets the limits for a run and puts back what was there: host functions may run other expressions. */
function wrap(run: Run, sources: Sources, unit: Unit, limits: Required<Limits>): Expression {
  // Only $distinct, and what a text for $eval may do, can tell longer sequences from arrays.
  const names = [sources.ast, sources.preludeAst].flatMap((ast) =>
    ast === undefined ? [] : [...namesIn(ast)],
  );
  const track = names.includes("distinct") || names.includes("eval");
  const none: Variables = Object.freeze({});
  const evaluate = (input: unknown, variables: Variables = none): unknown => {
    const { flags, steps, depth, maxSteps, maxDepth, maxItems, maxCharacters, now } = S;
    const outerTrack = S.track;
    S.flags = null;
    S.track = track;
    S.steps = 0;
    S.depth = 0;
    S.now = 0;
    S.maxSteps = limits.steps;
    S.maxDepth = limits.depth;
    S.maxItems = limits.items;
    S.maxCharacters = limits.characters;
    try {
      return run(input, variables);
    } catch (thrown) {
      throw settle(thrown);
    } finally {
      S.flags = flags;
      S.steps = steps;
      S.depth = depth;
      S.maxSteps = maxSteps;
      S.maxDepth = maxDepth;
      S.maxItems = maxItems;
      S.maxCharacters = maxCharacters;
      S.now = now;
      S.track = outerTrack;
    }
  };
  return Object.assign(evaluate, { source: sources.source, uses: unit.uses as ReadonlySet<string> });
}
