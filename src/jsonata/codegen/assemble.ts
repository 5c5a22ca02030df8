/** An expression: what is checked at once, and the code that is generated when it first runs. */
import type { Node } from "../ast.ts";
import { checkSyntax, held } from "../parse.ts";
import { parseSource } from "../reference.ts";
import { evaluation } from "../runtime/run.ts";
import type { Run } from "../runtime/run.ts";
import type { CompileOptions, CompileResult, HostFunction, Problem } from "../types.ts";
import { globalsOf, unknownName } from "./check.ts";
import type { Globals } from "./check.ts";
import type { Cx } from "./context.ts";
import { freeNames, namesIn } from "./free.ts";
import { reach } from "./library.ts";
import type { Library, Member } from "./library.ts";
import { bindMembers, generateMembers } from "./members.ts";
import { gen, genEscaping } from "./node.ts";
import { mustFinish } from "./unfinished.ts";
import { limitsOf, load, newUnit, openUnit } from "./unit.ts";
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
  const all = [names, ...reached.map((member) => member.names)];
  const track = all.some((some) => some.has("distinct") || some.has("eval"));
  const isShared = canShare(names, reached, options);
  const run = evaluation(() => generate(text, isShared), limitsOf(options), track);
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
export function canShare(
  names: ReadonlySet<string>,
  reached: readonly Member[],
  { variables = [] }: CompileOptions,
): boolean {
  if (names.has("eval")) return false;
  return reached.every(
    ({ kind, known }) =>
      kind !== "other" && !known.includes("eval") && !known.some((name) => variables.includes(name)),
  );
}

/** Generates and loads the code of an expression. `isText`: one for `$eval`, which sees variables of another. */
function generate({ source, tree, library, reached, options }: Text, isShared: boolean, isText = false): Run {
  const ast = tree();
  const unfinished = isText || mustFinish([ast], library, reached);
  const unit = newUnit({ ...options, unfinished });
  const base = openUnit(unit, library?.source ?? "", true);
  const shared = isShared && library !== undefined ? generateMembers(library, reached, unit) : {};
  const around = isShared
    ? { ...base, frame: { ...base.frame, bindings: bindMembers(reached, library, unit) } }
    : inline(library, reached, base);
  const main = openFrame({ ...around, source, prelude: false }, [ast]);
  const value = genEscaping(ast, { ...main, escapes: "value" });
  const body = ["return (input, vars) => {", ...unit.prologue, ...base.out, `return ${value.code};`, "};"];
  return load(unit, shared, body, textCompiler(options)) as Run;
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
      true,
    );
    if (known.size >= MOST_TEXTS) known.clear();
    known.set(text, run);
    return run;
  };
}
