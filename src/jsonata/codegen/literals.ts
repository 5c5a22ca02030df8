/** Lists of literals, which need not be put together item by item. */
import type { Node } from "../ast.ts";
import { fresh, literal } from "./context.ts";
import type { Unit } from "./context.ts";

export type Literal = string | number | boolean | null;

/** What stands in an array constructor of nothing but literals. */
export function literalsOf({ type, value, expressions, predicate, group }: Node): Literal[] | undefined {
  if (type !== "unary" || value !== "[" || predicate !== undefined || group !== undefined) return undefined;
  return expressions.every(isLiteral) ? expressions.map((item) => item.value as Literal) : undefined;
}

function isLiteral({ type, predicate, group }: Node): boolean {
  return ["string", "number", "value"].includes(type) && predicate === undefined && group === undefined;
}

/** A list that is made once for all runs, and frozen: for functions that only look at it. */
export function frozenList(unit: Unit, values: readonly Literal[]): string {
  const code = `Object.freeze([${values.map(literal).join(", ")}])`;
  let name = unit.cache.get(code);
  if (name === undefined) {
    name = fresh(unit, "l");
    unit.cache.set(code, name);
    unit.preamble.push(`const ${name} = ${code};`);
  }
  return name;
}
