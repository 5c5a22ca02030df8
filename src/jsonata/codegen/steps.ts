/** Procedures: tests, loops and results over one input, as one function. */
import type { Node } from "../ast.ts";
import { evaluation } from "../runtime/run.ts";
import type { Run } from "../runtime/run.ts";
import type { CompileOptions, Procedure, Step } from "../types.ts";
import { digest, remember } from "../memory.ts";
import { canShare, lendingOf, surroundings } from "./assemble.ts";
import { branch, constant, define, fresh, literal, nothingKnown } from "./context.ts";
import type { Cx, Val } from "./context.ts";
import { treeOf } from "./facts.ts";
import type { Facts } from "./facts.ts";
import { reach } from "./library.ts";
import type { Library, Member } from "./library.ts";
import { bindMembers, codeOf, lendMembers, prepareMembers } from "./members.ts";
import { gen, genEscaping } from "./node.ts";
import { testOf } from "./operators.ts";
import { mustFinish } from "./unfinished.ts";
import { limitsOf, load, newUnit, openUnit, write } from "./unit.ts";
import type { Code } from "./unit.ts";
import { openFrame } from "./variables.ts";

/** The texts of a procedure, and their trees. */
interface Texts {
  readonly sources: readonly string[];
  readonly trees: readonly Node[];
  /** The steps that hand something on. */
  readonly tells: readonly Tell[];
}

type Tell = Extract<Step, { kind: "tell" }>;

/**
 * Compiles a procedure whose texts are known to be right. Nothing where they would have to be evaluated one by one: what
 * they reach of the library is not the same in every evaluation, or a text compiles others.
 */
export function assembleSteps(
  steps: readonly Step[],
  { sources, facts }: { readonly sources: readonly string[]; readonly facts: readonly Facts[] },
  library: Library | undefined,
  options: CompileOptions,
): Procedure | undefined {
  const names = facts.flatMap((one) => one.names);
  const reached = library === undefined ? [] : reach(library, names);
  const all = [{ names }, ...reached];
  if (!canShare(names, reached, options) || all.some((one) => one.names.includes("distinct")))
    return undefined;
  const text: Text = { steps, sources, library, reached, options };
  options.memory?.later?.(() => prepareMembers(reached, lendingOf(library, prepare(text), options)));
  return evaluation(() => instantiate(text), limitsOf(options), false) as Procedure;
}

/** What code is generated of. */
interface Text {
  readonly steps: readonly Step[];
  readonly sources: readonly string[];
  readonly library: Library | undefined;
  readonly reached: readonly Member[];
  readonly options: CompileOptions;
}

function prepare(text: Text): Code {
  const { steps, sources, library, options } = text;
  return remember(
    options.memory,
    () => {
      const shape = digest(JSON.stringify([steps, sources]));
      return `steps ${JSON.stringify(options.variables)} ${surroundings(library, options)} ${shape}`;
    },
    () => generate(text),
  );
}

function instantiate(text: Text): Run {
  const { library, reached, options, steps } = text;
  const hosts = options.functions ?? {};
  const code = prepare(text);
  const shared = lendMembers(reached, lendingOf(library, code, options));
  return load(code, { hosts, shared, tells: steps.flatMap(tellsOf).map(({ to }) => to) }) as Run;
}

function generate({ steps, sources, library, reached, options }: Text): Code {
  const trees = sources.map(treeOf);
  const unfinished = mustFinish(trees, library, reached);
  const unit = newUnit({ ...options, unfinished, changing: steps.flatMap(changedBy) });
  const base = openUnit(unit, "", false);
  const cx: Cx = { ...base, frame: { ...base.frame, bindings: bindMembers(reached, library, unit) } };
  genSteps(steps, { sources, trees, tells: steps.flatMap(tellsOf) }, cx);
  return write(unit, reached.map(codeOf), ["return (input, vars) => {", ...unit.prologue, ...cx.out, "};"]);
}

function tellsOf(step: Step): Tell[] {
  return step.kind === "tell" ? [step] : step.steps.flatMap(tellsOf);
}

function changedBy(step: Step): string[] {
  if (step.kind === "tell") return [];
  const inner = step.steps.flatMap(changedBy);
  return step.kind === "each" ? [step.index, step.outer, ...inner] : inner;
}

function genSteps(steps: readonly Step[], texts: Texts, cx: Cx): void {
  for (const step of steps) {
    if (step.kind === "each") genEach(step, texts, cx);
    else if (step.kind === "tell") {
      const value = genText(step.value, texts, { ...cx, escapes: "value" });
      cx.out.push(`${constant(cx.unit, { tell: texts.tells.indexOf(step) })}(${value.code}, vars);`);
    } else {
      const test = testOf(genText(step.test, texts, cx));
      const inner = branch(cx);
      genSteps(step.steps, texts, inner);
      cx.out.push(`if (${test}) {`, ...inner.out, "}");
    }
  }
}

/**
 * Each text is as if it were evaluated alone: no flags of another one's arrays are left, and what it reads is read anew,
 * as what is told between two texts may change the variables.
 */
function genText(number: number, { sources, trees }: Texts, cx: Cx): Val {
  const tree = trees[number] as Node;
  cx.out.push("S.flagged = S.others = null;");
  const place: Cx = { ...cx, source: sources[number] as string, text: number, known: nothingKnown() };
  const inner = openFrame(place, [tree]);
  return inner.escapes === false ? gen(tree, inner) : genEscaping(tree, inner);
}

function genEach(step: Step & { kind: "each" }, texts: Texts, cx: Cx): void {
  const { unit } = cx;
  const items = genText(step.items, texts, cx).code;
  const [list, i, item] = [fresh(unit, "a"), fresh(unit, "i"), fresh(unit, "e")];
  const [index, outer] = [literal(step.index), literal(step.outer)];
  const body = branch(cx, { root: item, item, dollar: item, single: true });
  genSteps(step.steps, texts, body);
  const out: Cx = branch(cx);
  const before = [index, outer].map((name) => define(out, `vars[${name}]`));
  out.out.push(
    `if (vars[${outer}] === undefined) vars[${outer}] = ${cx.root};`,
    `const ${list} = Array.isArray(${items}) ? ${items} : [${items}];`,
    `tick(${list}.length);`,
    `for (let ${i} = 0; ${i} < ${list}.length; ${i}++) {`,
    `const ${item} = ${list}[${i}];`,
    `vars[${index}] = ${i};`,
    `S.input = ${item};`,
    ...body.out,
    "}",
    `vars[${index}] = ${before[0]}; vars[${outer}] = ${before[1]}; S.input = ${cx.root};`,
  );
  cx.out.push(`if (${items} !== undefined) {`, ...out.out, "}");
}
