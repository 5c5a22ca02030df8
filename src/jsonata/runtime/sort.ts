/** A stable merge sort whose comparisons come in the reference's order, so that the same one fails first. */
import { fault } from "../error.ts";
import { tick } from "./state.ts";
import type { Place } from "./operators.ts";

/** True when the second item must come before the first. */
export type Swap = (a: number, b: number) => boolean;

/** Sorts positions 0…length-1. */
export function mergeSort(length: number, swap: Swap): number[] {
  const sort = (from: number, to: number): number[] => {
    if (to - from < 2) return from < to ? [from] : [];
    const middle = from + Math.floor((to - from) / 2);
    return merge(sort(from, middle), sort(middle, to), swap);
  };
  return sort(0, length);
}

function merge(left: number[], right: number[], swap: Swap): number[] {
  const out: number[] = [];
  let l = 0;
  let r = 0;
  tick(left.length + right.length);
  while (l < left.length && r < right.length) {
    if (swap(left[l] as number, right[r] as number)) out.push(right[r++] as number);
    else out.push(left[l++] as number);
  }
  while (l < left.length) out.push(left[l++] as number);
  while (r < right.length) out.push(right[r++] as number);
  return out;
}

/** One term of `^( … )`; gets an item as it lies in the sorted array. */
export interface SortTerm {
  readonly of: (item: never) => unknown;
  readonly descending: boolean;
}

function fits(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number";
}

function compareKeys(a: unknown, b: unknown, place: Place): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 2 : -2;
  if (!fits(a) || !fits(b)) throw fault("T2008", { place, value: fits(a) ? b : a });
  if (typeof a !== typeof b) throw fault("T2007", { place, value: a, value2: b } as object);
  return a === b ? 0 : (a as number) < (b as number) ? -1 : 1;
}

/** Order-by. Each term is evaluated at most once per item, and only when a comparison needs it. */
export function orderBy<T>(items: readonly T[], terms: readonly SortTerm[], place: Place): T[] {
  const keys = terms.map(() => Array.from<unknown>({ length: items.length }));
  const known = terms.map(() => new Uint8Array(items.length));
  const keyOf = (term: number, item: number): unknown => {
    const column = keys[term] as unknown[];
    const seen = known[term] as Uint8Array;
    if (seen[item] === 0) {
      column[item] = (terms[term] as SortTerm).of(items[item] as never);
      seen[item] = 1;
    }
    return column[item];
  };
  const swap: Swap = (a, b) => {
    for (let term = 0; term < terms.length; term++) {
      const order = compareKeys(keyOf(term, a), keyOf(term, b), place);
      if (order === 0) continue;
      // Nothing sorts last in both directions (±2).
      if (order === 2 || order === -2) return order > 0;
      return (terms[term] as SortTerm).descending ? order < 0 : order > 0;
    }
    return false;
  };
  return mergeSort(items.length, swap).map((i) => items[i] as T);
}
