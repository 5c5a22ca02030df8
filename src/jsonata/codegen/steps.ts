/** Procedures: tests, loops and results over one input, as one function. */
import type { Node } from "../ast.ts";
import { evaluation } from "../runtime/run.ts";
import type { Run } from "../runtime/run.ts";
import type { CompileOptions, Procedure, Step } from "../types.ts";
import { canShare } from "./assemble.ts";
import { branch, constant, define, fresh, literal, nothingKnown } from "./context.ts";
import type { Cx, Val } from "./context.ts";
import { namesIn } from "./free.ts";
import { reach } from "./library.ts";
import type { Library } from "./library.ts";
import { bindMembers, generateMembers } from "./members.ts";
import { gen, genEscaping } from "./node.ts";
import { testOf } from "./operators.ts";
import { mustFinish } from "./unfinished.ts";
import { limitsOf, load, newUnit, openUnit } from "./unit.ts";
import { openFrame } from "./variables.ts";

/** The texts of a procedure, parsed and checked. */
interface Texts {
  readonly sources: readonly string[];
  readonly trees: readonly Node[];
}

/**
 * Compiles a procedure whose texts are known to be right. Nothing where they would have to be evaluated one by one: what
 * they reach of the library is not the same in every evaluation, or a text compiles others.
 */
export function assembleSteps(
  steps: readonly Step[],
  texts: Texts,
  library: Library | undefined,
  options: CompileOptions,
): Procedure | undefined {
  const names = new Set(texts.trees.flatMap((tree) => [...namesIn(tree)]));
  const reached = library === undefined ? [] : reach(library, names);
  const all = [names, ...reached.map((member) => member.names)];
  if (!canShare(names, reached, options) || all.some((some) => some.has("distinct"))) return undefined;
  const unfinished = mustFinish(texts.trees, library, reached);
  const changing = steps.flatMap(changedBy);
  function generate(): Run {
    const unit = newUnit({ ...options, unfinished, changing });
    const shared = library === undefined ? {} : generateMembers(library, reached, unit);
    const base = openUnit(unit, "", false);
    const cx: Cx = { ...base, frame: { ...base.frame, bindings: bindMembers(reached, library, unit) } };
    genSteps(steps, texts, cx);
    return load(unit, shared, ["return (input, vars) => {", ...unit.prologue, ...cx.out, "};"]) as Run;
  }
  return evaluation(generate, limitsOf(options), false) as Procedure;
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
      cx.out.push(`${constant(cx.unit, step.to)}(${value.code}, vars);`);
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
  cx.out.push("S.flags = null;");
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
