/** Predicates. */
import { collapse, fin, keep } from "./sequences.ts";
import { tick } from "./state.ts";
import { isNumeric, truthy } from "./values.ts";

/** `value[n]` with a literal number. */
export function at(value: unknown, n: number): unknown {
  if (Array.isArray(value)) return value[n < 0 ? value.length + n : n];
  return n === 0 || n === -1 ? value : undefined;
}

/** The end of `value[n][]`. */
export function keepAt(value: unknown): unknown {
  return value === undefined ? undefined : Array.isArray(value) ? fin(value) : keep([value]);
}

/**
 * Adds the item to the results as often as the predicate's result asks for: an index that is this one, a list of
 * indices, or anything true.
 */
export function admit(out: unknown[], result: unknown, item: unknown, index: number, length: number): void {
  if (result === true) out.push(item);
  else if (isNumeric(result)) {
    if (position(result, length) === index) out.push(item);
  } else if (Array.isArray(result) && result.every(isNumeric)) {
    for (const n of result as number[]) if (position(n, length) === index) out.push(item);
  } else if (truthy(result)) out.push(item);
}

function position(n: number, length: number): number {
  const floor = Math.floor(n);
  return floor < 0 ? length + floor : floor;
}

/** The same for a predicate that gives one result for all items. */
export function pick(items: unknown[], result: unknown): unknown[] {
  if (isNumeric(result)) {
    const at = position(result, items.length);
    return at >= 0 && at < items.length ? [items[at]] : [];
  }
  const out: unknown[] = [];
  tick(items.length);
  for (let i = 0; i < items.length; i++) admit(out, result, items[i], i, items.length);
  return out;
}

/** `pick` as a value. */
export function picked(items: unknown[], result: unknown): unknown {
  const isNear = Number.isInteger(result) && (result as number) >= -items.length;
  return isNear ? items.at(result as number) : collapse(pick(items, result));
}
