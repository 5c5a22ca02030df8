/** An expression: what is checked at once, and the code that is generated when it first runs. */
import type { Node } from "../ast.ts";
import { digest, remember } from "../memory.ts";
import { parseSource } from "../reference.ts";
import { evaluation } from "../runtime/run.ts";
import type { Run } from "../runtime/run.ts";
import type { CompileOptions, CompileResult } from "../types.ts";
import { isKnown, unknownNames } from "./check.ts";
import type { Reach } from "./check.ts";
import type { Cx } from "./context.ts";
import { treeOf } from "./facts.ts";
import type { Facts } from "./facts.ts";
import { reach, treesOf } from "./library.ts";
import type { Library, Member } from "./library.ts";
import { bindMembers, codeOf, lendMembers, prepareMembers } from "./members.ts";
import type { Lending } from "./members.ts";
import { gen, genEscaping } from "./node.ts";
import { mustFinish } from "./unfinished.ts";
import { limitsOf, load, newUnit, openUnit, write } from "./unit.ts";
import type { Code } from "./unit.ts";
import { openFrame } from "./variables.ts";

/** What code is generated of. */
interface Text extends Pick<Reach, "source" | "library" | "reached"> {
  readonly options: CompileOptions;
  /** Whether it calls functions that other expressions use too. */
  readonly isShared: boolean;
}

/** Checks an expression against what it may refer to. Its code is generated when it first runs. */
export function assemble(
  source: string,
  facts: Facts,
  library: Library | undefined,
  options: CompileOptions,
): CompileResult {
  const reached = library === undefined ? [] : reach(library, facts.names);
  const problems = unknownNames({ source, facts, library, reached }, options);
  if (problems.length > 0) return { ok: false, problems };
  const all = [facts, ...reached];
  // Only $distinct, and what a text for $eval may do, can tell longer sequences from arrays.
  const track = all.some(({ names }) => names.includes("distinct") || names.includes("eval"));
  const isShared = canShare(facts.names, reached, options);
  const text: Text = { source, library, reached, options, isShared };
  options.memory?.later?.(() => {
    const code = prepare(text);
    if (isShared) prepareMembers(reached, lendingOf(library, code, options));
  });
  const run = evaluation(() => instantiate(text), limitsOf(options), track);
  return { ok: true, expression: Object.assign(run, { source, uses: usesOf(all, reached, options) }) };
}

/** Run-time variables and host functions that are referred to; all of them where a text for $eval may refer to any. */
function usesOf(
  all: readonly Facts[],
  reached: readonly Member[],
  options: CompileOptions,
): ReadonlySet<string> {
  const { functions = {}, variables = [] } = options;
  const uses = new Set<string>();
  if (all.some(({ names }) => names.includes("eval")))
    for (const name of [...variables, ...Object.keys(functions)]) uses.add(name);
  for (const { free } of all) {
    for (const name of free) {
      const isBound = Object.hasOwn(functions, name) || variables.includes(name);
      if (isBound || !isKnown(name, options)) uses.add(name);
    }
  }
  for (const { name } of reached) uses.delete(name);
  return uses;
}

/**
 * Whether the functions of the library can be those that other expressions use too: they are the same in every
 * evaluation, and no variable of this expression hides what they call.
 */
export function canShare(
  names: readonly string[],
  reached: readonly Member[],
  { variables = [] }: CompileOptions,
): boolean {
  if (names.includes("eval")) return false;
  return reached.every(
    ({ kind, free }) =>
      kind !== "other" && !free.includes("eval") && !free.some((name) => variables.includes(name)),
  );
}

/** What generated code depends on beside its own text: a part of a key. */
export function surroundings(library: Library | undefined, { functions = {} }: CompileOptions): string {
  const owner = library ?? functions;
  const text = around.get(owner) ?? digest(JSON.stringify([library?.source, Object.keys(functions).sort()]));
  around.set(owner, text);
  return text;
}

/** By library, which is one for its host functions, or by host functions. */
const around = new WeakMap<object, string>();

/** What a library lends to some code. */
export function lendingOf(
  library: Library | undefined,
  { unfinished }: Code,
  options: CompileOptions,
): Lending {
  const key = (): string => surroundings(library, options);
  return { library, hosts: options.functions ?? {}, unfinished, key, memory: options.memory };
}

/** The code of an expression as it is remembered, or else generated. */
function prepare(text: Text): Code {
  const { source, library, options } = text;
  return remember(
    options.memory,
    () =>
      `code ${JSON.stringify(options.variables ?? null)} ${surroundings(library, options)} ${digest(source)}`,
    () => generate(text),
  );
}

function instantiate(text: Text): Run {
  const { library, reached, options, isShared } = text;
  const hosts = options.functions ?? {};
  const code = prepare(text);
  const shared = isShared ? lendMembers(reached, lendingOf(library, code, options)) : {};
  return load(code, { hosts, shared, compileText: textCompiler(options) }) as Run;
}

/** Generates the code of an expression. */
function generate(text: Text): Code {
  const ast = treeOf(text.source);
  return generateOf(ast, text, mustFinish([ast], text.library, text.reached));
}

/** The same for its tree. `unfinished`: whether it must finish the values that it passes on. */
function generateOf(
  ast: Node,
  { source, library, reached, options, isShared }: Text,
  unfinished: boolean,
): Code {
  const unit = newUnit({ ...options, unfinished });
  const base = openUnit(unit, library?.source ?? "", true);
  const around = isShared
    ? { ...base, frame: { ...base.frame, bindings: bindMembers(reached, library, unit) } }
    : inline(library, reached, base);
  const main = openFrame({ ...around, source, prelude: false }, [ast]);
  const value = genEscaping(ast, { ...main, escapes: "value" });
  const body = ["return (input, vars) => {", ...unit.prologue, ...base.out, `return ${value.code};`, "};"];
  return write(unit, isShared ? reached.map(codeOf) : [], body);
}

/** The assignments of the prelude, evaluated anew in every run. */
function inline(library: Library | undefined, reached: readonly Member[], cx: Cx): Cx {
  if (library === undefined || reached.length === 0) return cx;
  const trees = treesOf(library);
  const assignments = reached.map(({ index }) => trees[index] as Node);
  const around = openFrame(cx, assignments);
  for (const assignment of assignments) gen(assignment, around);
  return around;
}

const MOST_TEXTS = 64;

/** Compiles texts for `$eval`, keeping the last ones. */
function textCompiler({ functions = {} }: CompileOptions): (text: string) => Run {
  const known = new Map<string, Run>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const plain = { source: text, library: undefined, reached: [], options: { functions }, isShared: false };
    // It sees variables of another text, of which nothing is known here.
    const code = generateOf(parseSource(text), plain, true);
    const run = load(code, { hosts: functions, shared: {}, compileText: textCompiler({ functions }) }) as Run;
    if (known.size >= MOST_TEXTS) known.clear();
    known.set(text, run);
    return run;
  };
}
