/** Steps over many items, as loops within loops: no array between two steps, and no closure per predicate. */
import type { Node } from "../ast.ts";
import type { Ending } from "../runtime/names.ts";
import { define, fresh, val } from "./context.ts";
import type { Cx, Val } from "./context.ts";
import { closeLoop, genFilter, genFiltered, isTest, openLoop } from "./filters.ts";
import { genEscaping } from "./node.ts";
import { endMany, endOne, genMember, genNames, kindOf } from "./names.ts";
import type { Stand } from "./names.ts";
import { countNames, end, escapeOfStep, genStages, isFiltered, namesOf, standOf } from "./paths.ts";

/** Where the results of the last step go. */
interface Sink {
  readonly out: string;
  /** The number of results and the first one, where a single result is treated differently. */
  readonly count: string | undefined;
  readonly first: string;
  /** Set as soon as a result may be an array that has to be looked at. */
  isPlain: boolean;
}

/** All remaining steps of a path. */
export function genLoops(steps: readonly Node[], stand: Stand, ending: Ending, cx: Cx): Val {
  const out = define(cx, "[]");
  const counts = ending !== "flow" && !isFiltered(steps.at(-1) as Node);
  const count = counts ? fresh(cx.unit, "n") : undefined;
  const sink: Sink = { out, count, first: fresh(cx.unit), isPlain: true };
  const escapes = ending === "raw" ? false : cx.escapes;
  const loops: Cx = { ...cx, out: [], escapes };
  genLoop(steps, 0, stand, sink, loops);
  if (count === undefined || sink.isPlain) {
    cx.out.push(...loops.out);
    return end(val(out, "sequence", true), ending, cx);
  }
  cx.out.push(`let ${count} = 0, ${sink.first};`, ...loops.out);
  const many = endMany(out, ending as "value");
  const code = define(cx, `${count} === 1 ? ${endOne(sink.first, ending, cx)} : ${many}`);
  return val(code, kindOf(ending));
}

/** The steps from the i-th on, over what `stand` holds. */
function genLoop(steps: readonly Node[], i: number, stand: Stand, sink: Sink, cx: Cx): void {
  const step = steps[i] as Node;
  if (stand.source === "one") {
    genStepOf(steps, i, stand.value, sink, cx);
    return;
  }
  const names = stand.source === "items" ? 0 : countNames(steps, i);
  if (names > 0) {
    const isLast = i + names === steps.length;
    // The results of a chain are counted one by one where it ends the path.
    if (!isLast) {
      genLoop(
        steps,
        i + names,
        standOf(genNames(namesOf(steps.slice(i, i + names)), cx, stand, "flow")),
        sink,
        cx,
      );
      return;
    }
  }
  const [stage] = step.stages ?? [];
  if (
    stand.source === "context" &&
    step.type === "name" &&
    step.stages?.length === 1 &&
    stage !== undefined &&
    isTest(stage.expr)
  ) {
    const all = val(genMember(step.value as string, "members", stand.value.code, cx));
    genFiltered(stage.expr, all, cx, (item, inner) => genNext(steps, i, item, sink, inner));
    return;
  }
  const loop = openLoop(cx, stand.value.code, stand.source, step);
  genStepOf(steps, i, val(loop.item), sink, { ...loop.body, escapes: cx.escapes });
  closeLoop(cx, loop);
}

/** The i-th step for one item. */
function genStepOf(steps: readonly Node[], i: number, item: Val, sink: Sink, cx: Cx): void {
  const step = steps[i] as Node;
  const isLast = i === steps.length - 1;
  const { code } = item;
  const changes = code === cx.item ? {} : { item: code, dollar: code, flat: false };
  const inner: Cx = { ...cx, ...changes, single: false, escapes: isLast ? escapeOfStep(step, cx) : false };
  if (isFiltered(step)) {
    const stages = step.stages ?? [];
    let value = step.type === "name" ? genFilteredName(step, inner) : genEscaping(step, inner);
    value = stages.slice(0, -1).reduce((result, { expr }) => genFilter(expr, result, inner), value);
    genFiltered(
      (stages.at(-1) as { expr: Node }).expr,
      value,
      { ...inner, escapes: cx.escapes },
      (passed, body) => genNext(steps, i, passed, sink, body),
    );
    return;
  }
  const value = genStages(step, genEscaping(step, inner), inner);
  if (isLast) put(step, value, sink, cx);
  else genLoop(steps, i + 1, standOf(value), sink, cx);
}

function genFilteredName(step: Node, cx: Cx): Val {
  return step.keepArray === true
    ? genEscaping(step, cx)
    : val(genMember(step.value as string, "member", cx.item, cx));
}

/** What becomes of an item that passed the predicates of the i-th step. */
function genNext(steps: readonly Node[], i: number, item: Val, sink: Sink, cx: Cx): void {
  if (i === steps.length - 1) cx.out.push(`${sink.out}.push(${item.code});`);
  else genLoop(steps, i + 1, { source: "one", value: item }, sink, cx);
}

const SCALARS: ReadonlySet<string> = new Set(["string", "number", "boolean", "object"]);

/** Adds a result of the last step. */
function put(step: Node, value: Val, sink: Sink, cx: Cx): void {
  if (value.kind === "none") return;
  const defined = value.there ? "" : `if (${value.code} !== undefined) `;
  // A literal index that finds nothing counts as a result, an empty one.
  const guard = value.kind === "at" ? "" : defined;
  if (SCALARS.has(value.kind)) {
    cx.out.push(`${guard}${sink.out}.push(${value.code});`);
    return;
  }
  const isWhole =
    value.kind === "array" &&
    step.consarray === true &&
    step.stages === undefined &&
    step.predicate === undefined;
  const addTo = (code: string): string =>
    isWhole
      ? `${sink.out}.push(${code});`
      : `if (Array.isArray(${code})) add(${sink.out}, ${code}); else ${sink.out}.push(${code});`;
  const { count, first } = sink;
  sink.isPlain = false;
  if (value.kind === "sequence") cx.out.push(`addAll(${sink.out}, ${value.code});`);
  else if (count === undefined) cx.out.push(`${defined}{ ${addTo(value.code)} }`);
  else {
    // The first one is added when there is a second: most results are alone, and a list that grows is a large one.
    const late = `if (${count} === 2 && ${first} !== undefined) { ${addTo(first)} }`;
    const inner = guard === defined ? "" : defined;
    cx.out.push(
      `${guard}{ if (${count}++ === 0) ${first} = ${value.code}; else { ${late} ${inner}{ ${addTo(value.code)} } } }`,
    );
  }
}
