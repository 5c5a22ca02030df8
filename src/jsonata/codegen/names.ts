/** Chains of names: a small function for each, with plain reads where objects are met. */
import type { Ending, Name } from "../runtime/names.ts";
import { constant, define, fresh, literal, val } from "./context.ts";
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
  const key = JSON.stringify([names, source, ending]);
  let name = cx.unit.cache.get(key);
  if (name === undefined) {
    name = fresh(cx.unit, "p");
    cx.unit.cache.set(key, name);
    cx.unit.preamble.push(namesFunction(name, names, source, ending, cx));
  }
  return val(define(cx, `${name}(${value.code})`), kindOf(ending));
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
export function genMember(
  key: string,
  slow: "nameOf" | "keptNameOf" | "member" | "members",
  code: string,
  cx: Cx,
): string {
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
  return define(cx, `${name}(${code})`);
}

/** What is known of a path's value. */
export function kindOf(ending: Ending): Kind {
  return ending === "raw" || ending === "list" ? "array" : "any";
}

/** The function that ends a path with one result, by its ending. */
export const END_ONE: Readonly<Record<Ending, string>> = {
  flow: "fin",
  value: "only",
  keep: "keepOne",
  kept: "keptOne",
  raw: "rawOne",
  list: "listOne",
};

/** How many results end. */
export const END_MANY: Readonly<Record<Exclude<Ending, "flow" | "raw">, string>> = {
  value: "collapse",
  keep: "keep",
  kept: "kept",
  list: "listMany",
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
    lines.push(
      `if (typeof o !== "object" || o === null) return ${ending === "raw" || ending === "list" ? "[]" : "undefined"};`,
    );
    lines.push(`if (Array.isArray(o)) return ${many};`);
    lines.push(`o = ${readOwn("o", step.key)};`);
  });
  const isPlain = !cx.unit.unfinished && (ending === "flow" || ending === "value");
  lines.push(`return ${isPlain ? "o" : `${END_ONE[ending]}(o)`};`, "};");
  return lines.join("\n");
}
