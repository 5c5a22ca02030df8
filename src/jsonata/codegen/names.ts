/** Chains of names: a small function for each, with plain reads where objects are met. */
import type { Ending, Name } from "../runtime/names.ts";
import { constant, define, defineOnce, fresh, literal, val } from "./context.ts";
import type { Cx, Kind, Val } from "./context.ts";
import type { Source } from "./filters.ts";

/** Where a path stands between two steps. `one`: exactly one item, whatever it is. */
export interface Stand {
  readonly source: Source | "one";
  readonly value: Val;
}

/** A chain of names. */
export function genNames(names: readonly Name[], cx: Cx, stand: Stand, ending: Ending): Val {
  const { source, value } = stand;
  if (!cx.unit.unfinished && (ending === "flow" || ending === "value"))
    return genReads(names, cx, stand, ending);
  return val(define(cx, `${chainOf(names, source, ending, cx)}(${value.code})`), kindOf(ending));
}

/** Where no flag can change what a name gives, each is read in place, and once only. */
function genReads(names: readonly Name[], cx: Cx, { source, value }: Stand, ending: Ending): Val {
  let { code } = value;
  names.forEach((name, i) => {
    const from = i === 0 ? source : "flow";
    const to = i === names.length - 1 ? ending : "flow";
    const slow = (): string => chainOf([name], from, to, cx);
    code = genRead(name.key, code, `${from} ${to}`, slow, cx);
  });
  return val(code, kindOf(ending));
}

/**
 * What the variable is known by that says whether a value is an object. One that says no of an object costs time and nothing
 * else: the general rule covers objects, too.
 */
export function objectKey(code: string): string {
  return `object ${code}`;
}

/** A member of what is most often an object; `slow`: the function for everything else. */
function genRead(key: string, code: string, how: string, slow: () => string, cx: Cx): string {
  return defineOnce(cx, JSON.stringify([code, key, how]), () => {
    const test = `typeof ${code} === "object" && ${code} !== null && !Array.isArray(${code})`;
    const isObject = defineOnce(cx, objectKey(code), () => test, "o");
    const otherwise = `${code} === undefined ? undefined : ${slow()}(${code})`;
    return `${isObject} ? ${readOwn(code, key)} : ${otherwise}`;
  });
}

/** The function for a chain of names. */
function chainOf(names: readonly Name[], source: Stand["source"], ending: Ending, cx: Cx): string {
  const key = JSON.stringify([names, source, ending]);
  let name = cx.unit.cache.get(key);
  if (name === undefined) {
    name = fresh(cx.unit, "p");
    cx.unit.cache.set(key, name);
    cx.unit.preamble.push(namesFunction(name, names, source, ending, cx));
  }
  return name;
}

const INHERITED = new Set(Object.getOwnPropertyNames(Object.prototype));

/**
 * Reads a property of an object that is not an array. A name that Object.prototype does not have is read plainly:
 * on an object that came from JSON or from a constructor it can only be an own property.
 */
export function readOwn(code: string, name: string): string {
  return INHERITED.has(name) ? `own(${code}, ${literal(name)})` : `${code}[${literal(name)}]`;
}

/** Code that reads one member; `slow` is the function for arrays. */
export function genMember(key: string, slow: General, code: string, cx: Cx): string {
  if (cx.unit.unfinished) return define(cx, `${memberOf(key, slow, cx)}(${code})`);
  return genRead(key, code, slow, () => memberOf(key, slow, cx), cx);
}

type General = "nameOf" | "keptNameOf" | "member" | "members";

/** The function for one member. */
function memberOf(key: string, slow: General, cx: Cx): string {
  const known = JSON.stringify([key, slow]);
  let name = cx.unit.cache.get(known);
  if (name === undefined) {
    name = fresh(cx.unit, "m");
    cx.unit.cache.set(known, name);
    const lines = [
      `const ${name} = (o) => {`,
      `if (typeof o !== "object" || o === null) return undefined;`,
      `if (Array.isArray(o)) return ${slow}(o, ${literal(key)});`,
      `return ${cx.unit.unfinished ? `fin(${readOwn("o", key)})` : readOwn("o", key)};`,
      "};",
    ];
    cx.unit.preamble.push(lines.join("\n"));
  }
  return name;
}

/** What is known of a path's value. */
export function kindOf(ending: Ending): Kind {
  return ending === "raw" || ending === "list" ? "array" : "any";
}

/** The function that ends a path with one result, by its ending. */
const END_ONE: Readonly<Record<Ending, string>> = {
  flow: "fin",
  value: "only",
  keep: "keepOne",
  kept: "keptOne",
  raw: "rawOne",
  list: "listOne",
};

/** How many results end. */
const END_MANY: Readonly<Record<Exclude<Ending, "flow" | "raw" | "value">, string>> = {
  keep: "keep",
  kept: "kept",
  list: "listMany",
};

/** Code that ends a path with one result. */
export function endOne(code: string, ending: Ending, { unit }: Cx): string {
  const isPlain = !unit.unfinished && (ending === "flow" || ending === "value");
  return isPlain ? code : `${END_ONE[ending]}(${code})`;
}

/** Code that ends a path with all its results. */
export function endMany(code: string, ending: Exclude<Ending, "flow">): string {
  if (ending === "raw") return code;
  return ending === "value" ? collapsed(code) : `${END_MANY[ending]}(${code})`;
}

/** Code that ends a sequence: most hold one item or none. */
export function collapsed(code: string): string {
  return `(${code}.length === 0 ? undefined : ${code}.length === 1 ? ${code}[0] : collapse(${code}))`;
}

function namesFunction(
  name: string,
  names: readonly Name[],
  source: Stand["source"],
  ending: Ending,
  cx: Cx,
): string {
  const list = constant(cx.unit, { names });
  const lines = [`const ${name} = (o) => {`];
  names.forEach((step, i) => {
    const many =
      i > 0 || source === "flow"
        ? `walk(o, ${list}, ${i}, "${ending}")`
        : `walkItems(${source === "one" ? "[o]" : "o"}, ${list}, 0, "${ending}")`;
    lines.push(
      `if (typeof o !== "object" || o === null) return ${ending === "raw" || ending === "list" ? "[]" : "undefined"};`,
    );
    lines.push(`if (Array.isArray(o)) return ${many};`);
    lines.push(`o = ${readOwn("o", step.key)};`);
  });
  lines.push(`return ${endOne("o", ending, cx)};`, "};");
  return lines.join("\n");
}
