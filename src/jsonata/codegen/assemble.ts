/** The whole function: what is checked at once, and the code that is generated when it first runs. */
import type { Node } from "../ast.ts";
import { checkSyntax, held } from "../parse.ts";
import { parseSource } from "../reference.ts";
import { describe } from "../runtime/calls.ts";
import { evaluateText } from "../runtime/evaluate.ts";
import { runtime } from "../runtime/index.ts";
import { evaluation } from "../runtime/run.ts";
import type { Run } from "../runtime/run.ts";
import type { CompileOptions, CompileResult, HostFunction, Limits, Problem } from "../types.ts";
import { globalsOf, unknownName } from "./check.ts";
import type { Globals } from "./check.ts";
import type { Cx, Unit } from "./context.ts";
import { freeNames, namesIn } from "./free.ts";
import { reach } from "./library.ts";
import type { Library, Made, Member } from "./library.ts";
import { gen, genEscaping } from "./node.ts";
import { plainArity } from "./scope.ts";
import type { Binding, Frame } from "./scope.ts";
import { mayLeaveUnfinished } from "./unfinished.ts";
import { openFrame } from "./variables.ts";

/** What is known of a text once it is checked. */
interface Text {
  readonly source: string;
  readonly tree: () => Node;
  readonly library: Library | undefined;
  /** The members of the library that it reaches. */
  readonly reached: readonly Member[];
  readonly options: CompileOptions;
}

const DEFAULTS: Required<Limits> = {
  depth: 1000,
  steps: 2_000_000,
  items: 10_000_000,
  characters: 100_000_000,
};

/** Checks an expression against what it may refer to. Its code is generated when it first runs. */
export function assemble(
  source: string,
  ast: Node,
  library: Library | undefined,
  options: CompileOptions,
): CompileResult {
  const names = namesIn(ast);
  const reached = library === undefined ? [] : reach(library, names);
  const lent = new Set(reached.map(({ name }) => name));
  const references = freeNames([ast]).filter(({ name }) => !lent.has(name));
  const own = globalsOf(references, options.functions ?? {}, source);
  const problems = unknownNames(own, reached, options);
  if (problems.length > 0) return { ok: false, problems };
  const tree = held(ast, () => checkSyntax(source, "source").ast as Node);
  const text: Text = { source, tree, library, reached, options };
  // Only $distinct, and what a text for $eval may do, can tell longer sequences from arrays.
  const all = [names, ...(library?.members ?? []).map((member) => member.names)];
  const track = all.some((some) => some.has("distinct") || some.has("eval"));
  const isShared = canShare(names, reached, options);
  const run = evaluation(() => generate(text, isShared), { ...DEFAULTS, ...options.limits }, track);
  return { ok: true, expression: Object.assign(run, { source, uses: usesOf(own, reached, options) }) };
}

function unknownNames(own: Globals, reached: readonly Member[], options: CompileOptions): Problem[] {
  if (options.variables === undefined) return [];
  const variables = new Set(options.variables);
  const others = [...Object.keys(options.functions ?? {}), ...variables];
  const found = (where: Problem["in"], { needs }: Globals, lent: readonly string[]): Problem[] =>
    needs
      .filter(({ name }) => !variables.has(name))
      .map((need) => unknownName(need, [...others, ...lent], where));
  const names = reached.map(({ name }) => name);
  return [...reached.flatMap((member) => found("prelude", member, names)), ...found("source", own, names)];
}

/** Run-time variables and host functions that are referred to. */
function usesOf(
  own: Globals,
  reached: readonly Member[],
  { functions = {}, variables = [] }: CompileOptions,
): ReadonlySet<string> {
  const uses = new Set<string>();
  for (const { known, needs } of [own, ...reached]) {
    for (const { name } of needs) uses.add(name);
    for (const name of known) if (Object.hasOwn(functions, name) || variables.includes(name)) uses.add(name);
  }
  return uses;
}

/**
 * Whether the functions of the library can be those that other expressions use too: they are the same in every
 * evaluation, and no variable of this expression hides what they call.
 */
function canShare(
  names: ReadonlySet<string>,
  reached: readonly Member[],
  { variables = [] }: CompileOptions,
): boolean {
  if (names.has("eval")) return false;
  return reached.every(
    ({ isLambda, known }) =>
      isLambda && !known.includes("eval") && !known.some((name) => variables.includes(name)),
  );
}

function newUnit(options: CompileOptions, unfinished: boolean, changes: Partial<Unit> = {}): Unit {
  return {
    hosts: options.functions ?? {},
    variables: options.variables === undefined ? undefined : new Set(options.variables),
    input: "input",
    vars: "vars",
    constants: [],
    preamble: [],
    prologue: [],
    cache: new Map(),
    unfinished,
    next: 0,
    ...changes,
  };
}

const AROUND = { single: true, flat: false, lazy: false, inlined: false, escapes: false } as const;

function openUnit(unit: Unit, source: string, prelude: boolean): Cx {
  const stretch = {};
  const frame: Frame = { parent: null, bindings: new Map(), stretch };
  return { unit, source, out: [], frame, stretch, item: unit.input, dollar: unit.input, ...AROUND, prelude };
}

/** Generates and loads the code of an expression. */
function generate({ source, tree, library, reached, options }: Text, isShared: boolean): Run {
  const ast = tree();
  const unfinished = library?.unfinished === true || mayLeaveUnfinished(ast);
  const unit = newUnit(options, unfinished);
  const base = openUnit(unit, library?.source ?? "", true);
  const shared = isShared && library !== undefined ? generateMembers(library, reached, unit) : {};
  const around = isShared
    ? { ...base, frame: { ...base.frame, bindings: bindMembers(reached, library, true) } }
    : inline(library, reached, base);
  const main = openFrame({ ...around, source, prelude: false }, [ast]);
  const value = genEscaping(ast, { ...main, escapes: "value" });
  const body = ["return (input, vars) => {", ...unit.prologue, ...base.out, `return ${value.code};`, "};"];
  return load(unit, shared, body, options) as Run;
}

/** The assignments of the prelude, evaluated anew in every run. */
function inline(library: Library | undefined, reached: readonly Member[], cx: Cx): Cx {
  if (library === undefined || reached.length === 0) return cx;
  const trees = library.trees();
  const assignments = reached.map(({ index }) => trees[index] as Node);
  const around = openFrame(cx, assignments);
  for (const assignment of assignments) gen(assignment, around);
  return around;
}

/** The name of a member in generated code. */
const codeOf = ({ index }: Member): string => `L${index}`;

function bindMembers(
  reached: readonly Member[],
  library: Library | undefined,
  assigned: boolean,
): Map<string, Binding> {
  const trees = library?.trees() ?? [];
  return new Map(
    reached.map((member) => {
      const lambda = plainArity((trees[member.index] as Node).rhs);
      return [
        member.name,
        { read: codeOf(member), test: "true", assigned, isReady: true, once: true, lambda },
      ];
    }),
  );
}

/** Generates what is not there yet of some members of a library, all together; they may call each other. */
function generateMembers(library: Library, reached: readonly Member[], { hosts, unfinished }: Unit): Made {
  const made = unfinished ? library.made.finishing : library.made.plain;
  const counted = reached.filter((member) => library.byName.get(member.name) === member);
  const missing = counted.filter((member) => !Object.hasOwn(made, codeOf(member)));
  if (missing.length === 0) return made;
  const options: CompileOptions = { functions: hosts };
  const unit = newUnit(options, unfinished, { input: "S.input", vars: "S.vars" });
  const bindings = bindMembers(counted, library, true);
  for (const { name } of missing) (bindings.get(name) as Binding).assigned = false;
  const base = openUnit(unit, library.source, true);
  const cx: Cx = { ...base, frame: { ...base.frame, bindings } };
  const trees = library.trees();
  for (const member of missing) {
    const value = gen((trees[member.index] as Node).rhs, cx);
    cx.out.push(`${codeOf(member)} = ${value.code};`);
    (bindings.get(member.name) as Binding).assigned = true;
  }
  const names = missing.map(codeOf).join(", ");
  Object.assign(made, load(unit, made, [`let ${names};`, ...cx.out, `return { ${names} };`], options));
  return made;
}

/** Loads generated code. The only text of a source in it is in literals that JSON.stringify wrote. */
function load(unit: Unit, shared: Made, body: readonly string[], options: CompileOptions): unknown {
  const code = [
    `"use strict";`,
    `const { ${Object.keys(runtime).join(", ")} } = runtime;`,
    `const { ${Object.keys(shared).join(", ")} } = shared;`,
    ...unit.constants.map((_, i) => `const k${i} = constants[${i}];`),
    ...unit.preamble,
    ...body,
  ].join("\n");
  const compileText = textCompiler(options);
  const evalFunction = describe(
    (...args: unknown[]) => evaluateText(args, null, {}, compileText, undefined as never),
    { arity: 2, name: "eval" },
  );
  const factory = new Function("runtime", "shared", "constants", "compileText", "evalFunction", code) as (
    ...args: unknown[]
  ) => unknown;
  return factory(runtime, shared, unit.constants, compileText, evalFunction);
}

const MOST_TEXTS = 64;

/** Compiles texts for `$eval`, keeping the last ones. */
function textCompiler({
  functions,
}: {
  functions?: Readonly<Record<string, HostFunction>>;
}): (text: string) => Run {
  const known = new Map<string, Run>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const ast = parseSource(text);
    const run = generate(
      { source: text, tree: () => ast, library: undefined, reached: [], options: { functions } },
      false,
    );
    if (known.size >= MOST_TEXTS) known.clear();
    known.set(text, run);
    return run;
  };
}
