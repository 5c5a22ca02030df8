/** Paths without tuples: steps one after another, each over what the one before left. */
import type { Node } from "../ast.ts";
import { genPairs } from "./constructors.ts";
import { branch, constant, define, fresh, literal, place, val } from "./context.ts";
import type { Cx, Val } from "./context.ts";
import { closeLoop, genFilter, openLoop } from "./filters.ts";
import type { Source } from "./filters.ts";
import { finish, gen } from "./node.ts";
import { genTuplePath } from "./tuples.ts";
import type { Ending, Name } from "../runtime/sequences.ts";

/** Where a path stands between two steps. `one`: exactly one item, whatever it is. */
export interface Stand {
  readonly source: Source | "one";
  readonly value: Val;
}

export function genPath(node: Node, cx: Cx): Val {
  if (node.steps.some((step) => step.tuple === true)) return genTuplePath(node, cx);
  const keepArray = node.keepSingletonArray === true || node.keepArray === true;
  const ending: Ending = node.group !== undefined ? "raw" : keepArray ? "keep" : "value";
  const value = genSteps(node.steps, begin(node, cx), ending, cx);
  if (node.group === undefined) return value;
  return val(
    define(cx, `group(${value.code}, ${genPairs(node.group, cx)}, ${place(cx, node.group)})`),
    "object",
    true,
  );
}

/** What a path starts from. */
export function begin(node: Node, cx: Cx): Stand {
  const alone = cx.single || cx.flat || node.steps[0]?.type === "variable";
  return { source: alone ? "one" : "context", value: val(cx.item) };
}

const isPlainName = (step: Node | undefined): boolean =>
  step?.type === "name" && step.stages === undefined && step.predicate === undefined;

/** Code of all steps of a path, or of its first ones (ending `flow`: a value, or an unfinished sequence). */
export function genSteps(steps: readonly Node[], start: Stand, ending: Ending, cx: Cx): Val {
  const [head, ...rest] = steps;
  return head?.consarray === true
    ? genConstructed(head, rest, ending, cx)
    : genFurther(steps, start, ending, cx);
}

function genFurther(steps: readonly Node[], start: Stand, ending: Ending, cx: Cx): Val {
  let stand = start;
  for (let i = 0; i < steps.length;) {
    const names = countNames(steps, i);
    const asNames = names > 0 && stand.source !== "items";
    const length = asNames ? names : 1;
    const how = i + length === steps.length ? ending : "flow";
    const run = steps.slice(i, i + length);
    const value = asNames
      ? genNames(
          run.map((step) => ({ key: step.value as string, kept: step.keepArray === true })),
          cx,
          stand,
          how,
        )
      : genStep(run[0] as Node, stand, how, cx);
    stand = { source: value.kind === "sequence" ? "items" : "flow", value };
    i += length;
  }
  return stand.value;
}

function countNames(steps: readonly Node[], from: number): number {
  let to = from;
  while (isPlainName(steps[to])) to++;
  return to - from;
}

/**
 * A path whose first step is an array constructor: that sees the whole context at once. An empty array ends the
 * path there, as it is.
 */
function genConstructed(step: Node, steps: readonly Node[], ending: Ending, cx: Cx): Val {
  const wrap = `Array.isArray(${cx.item}) ? ${cx.item} : [${cx.item}]`;
  const item = define(cx, cx.single || cx.flat ? `[${cx.item}]` : wrap);
  const dollar = cx.single ? define(cx, wrap) : item;
  const head = gen(step, { ...cx, item, dollar, single: false, flat: false });
  if (steps.length === 0)
    return ending === "flow"
      ? val(define(cx, `headItems(${head.code})`), "sequence", true)
      : end(head, ending, cx);
  const result = fresh(cx.unit);
  const rest = branch(cx);
  const items = define(rest, `headItems(${head.code})`);
  const value = genFurther(steps, { source: "items", value: val(items, "sequence", true) }, ending, rest);
  rest.out.push(`${result} = ${value.code};`);
  const ended = end(head, ending, cx);
  const more = `!isEmptyHead(${head.code})`;
  cx.out.push(`let ${result} = ${ended.code};`, `if (${more}) {`, ...rest.out, "}");
  return val(result, value.kind === "sequence" && ending === "raw" ? "array" : "any");
}

/** A chain of names. */
function genNames(names: readonly Name[], cx: Cx, stand: Stand, ending: Ending): Val {
  const { source, value } = stand;
  const key = JSON.stringify([names, source, ending]);
  let name = cx.unit.cache.get(key);
  if (name === undefined) {
    name = fresh(cx.unit, "p");
    cx.unit.cache.set(key, name);
    cx.unit.preamble.push(namesFunction(name, names, source, ending, cx));
  }
  return val(define(cx, `${name}(${value.code})`), ending === "raw" ? "array" : "any");
}

const INHERITED = new Set(Object.getOwnPropertyNames(Object.prototype));

/**
 * Reads a property of an object that is not an array. A name that Object.prototype does not have is read plainly:
 * on an object that came from JSON or from a constructor it can only be an own property.
 */
function read(name: string): string {
  return INHERITED.has(name) ? `own(o, ${literal(name)})` : `o[${literal(name)}]`;
}

const END_ONE: Readonly<Record<Ending, string>> = {
  flow: "fin",
  value: "only",
  keep: "keepOne",
  raw: "rawOne",
};

function namesFunction(
  name: string,
  names: readonly Name[],
  source: Stand["source"],
  ending: Ending,
  cx: Cx,
): string {
  const list = constant(cx.unit, names);
  const lines = [`const ${name} = (o) => {`];
  names.forEach((step, i) => {
    const many =
      i > 0 || source === "flow"
        ? `walk(o, ${list}, ${i}, "${ending}")`
        : `walkItems(${source === "one" ? "[o]" : "o"}, ${list}, 0, "${ending}")`;
    lines.push(`if (typeof o !== "object" || o === null) return ${ending === "raw" ? "[]" : "undefined"};`);
    lines.push(`if (Array.isArray(o)) return ${many};`);
    lines.push(`o = ${read(step.key)};`);
  });
  lines.push(`return ${END_ONE[ending]}(o);`, "};");
  return lines.join("\n");
}

/** One step over all items. */
function genStep(step: Node, stand: Stand, ending: Ending, cx: Cx): Val {
  if (step.type === "sort") return end(genSort(step, stand, cx), ending, cx);
  if (stand.source === "one") {
    const { code } = stand.value;
    const changes = code === cx.item ? {} : { item: code, dollar: code, flat: false };
    const value = genStages(step, gen(step, { ...cx, ...changes, single: false }), cx);
    return end(value, ending, cx);
  }
  const out = define(cx, "[]");
  const loop = openLoop(cx, stand.value.code, stand.source);
  const value = genStages(step, gen(step, loop.body), loop.body);
  if (ending === "flow" || value.kind === "sequence") {
    loop.body.out.push(collect(out, value));
    closeLoop(cx, loop);
    return end(val(out, "sequence", true), ending, cx);
  }
  const [count, first] = [fresh(cx.unit, "n"), fresh(cx.unit)];
  cx.out.push(`let ${count} = 0, ${first};`);
  const guard = value.there ? "" : `if (${value.code} !== undefined) `;
  loop.body.out.push(
    `${guard}{ if (${count}++ === 0) ${first} = ${value.code}; ${collect(out, { ...value, there: true })} }`,
  );
  closeLoop(cx, loop);
  const many = { raw: out, keep: `keep(${out})`, value: `collapse(${out})` }[ending];
  const code = define(cx, `${count} === 1 ? ${END_ONE[ending]}(${first}) : ${many}`);
  return val(code, ending === "raw" ? "array" : "any");
}

function collect(out: string, value: Val): string {
  if (value.kind === "none") return "";
  if (value.there && ["string", "number", "boolean", "object"].includes(value.kind))
    return `${out}.push(${value.code});`;
  if (value.kind === "sequence")
    return `for (let j = 0; j < ${value.code}.length; j++) ${out}.push(${value.code}[j]);`;
  return value.there
    ? `add(${out}, ${value.code});`
    : `if (${value.code} !== undefined) add(${out}, ${value.code});`;
}

function genStages(step: Node, value: Val, cx: Cx): Val {
  return (step.stages ?? []).reduce((result, stage) => genFilter(stage.expr, result, cx), value);
}

/** Ends what came of one item, or a sequence. */
function end(value: Val, ending: Ending, cx: Cx): Val {
  if (ending === "flow") return value;
  if (value.kind === "sequence") return ending === "raw" ? value : finish(value, ending === "keep", cx);
  if (ending === "value" && value.kind !== "any" && value.kind !== "at") return value;
  return val(define(cx, `${END_ONE[ending]}(${value.code})`), ending === "raw" ? "array" : "any");
}

function genSort(step: Node, stand: Stand, cx: Cx): Val {
  const items = genItems(stand, cx);
  const terms = step.terms.map(({ expression, descending }) => {
    const item = fresh(cx.unit, "c");
    const inner = branch(cx, { item, dollar: item, single: false, flat: false });
    const value = gen(expression, inner);
    return `{ of: (${item}) => { ${inner.out.join("\n")} return ${value.code}; }, descending: ${descending} }`;
  });
  const sorted = define(cx, `orderBy(${items}, [${terms.join(", ")}], ${place(cx, step)})`);
  // Sorted items are no sequence any more, unless there are fewer than two; only $distinct could tell.
  return genStages(step, val(sorted, "sequence", true), cx);
}

/** All items that a step runs over, as an array. */
export function genItems(stand: Stand, cx: Cx): string {
  const { code } = stand.value;
  if (stand.source === "items") return code;
  if (stand.source === "one") return define(cx, `[${code}]`);
  return define(
    cx,
    stand.source === "flow" ? `flowItems(${code})` : `Array.isArray(${code}) ? ${code} : [${code}]`,
  );
}
