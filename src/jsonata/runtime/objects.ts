/** Object constructors and grouping. */
import { fault } from "../error.ts";
import { put } from "./values.ts";
import { tick } from "./state.ts";
import type { Place } from "./operators.ts";
import type { Tuple } from "./tuples.ts";

export type KeyOf = (item: unknown, tuple: Tuple | undefined) => unknown;
export type Pair = readonly [key: KeyOf, value: KeyOf];

interface Bucket {
  readonly pair: number;
  items: unknown[];
}

/** The context of a constant key's value: all items of an array together. */
export function groupContext(value: unknown): unknown {
  return Array.isArray(value) ? joinItems(value) : value;
}

/** What appending items one after another gives. */
export function joinItems(items: readonly unknown[]): unknown {
  if (items.length < 2) return items[0];
  const some = items.filter((item) => item !== undefined);
  if (some.length < 2) return some[0];
  const out: unknown[] = [];
  for (const item of some) {
    if (Array.isArray(item)) for (const inner of item) out.push(inner);
    else out.push(item);
  }
  return out;
}

function checkKey(key: unknown, place: Place): string | undefined {
  if (key === undefined) return undefined;
  if (typeof key !== "string") throw fault("T1003", { place, value: key });
  if (key === "_jsonata_lambda" || key === "_jsonata_function") throw fault("D1013", { place, value: key });
  return key;
}

export function duplicateKey(key: string, place: Place): never {
  throw fault("D1009", { place, value: key });
}

/** Sorts items into buckets by key; one key must come from one pair only. */
export function buckets(
  items: readonly unknown[],
  pairs: readonly Pair[],
  contextOf: (item: unknown) => [item: unknown, tuple: Tuple | undefined],
  place: Place,
): Map<string, Bucket> {
  const groups = new Map<string, Bucket>();
  tick(items.length);
  for (const item of items) {
    const [context, tuple] = contextOf(item);
    for (let i = 0; i < pairs.length; i++) {
      const key = checkKey((pairs[i] as Pair)[0](context, tuple), place);
      if (key === undefined) continue;
      const bucket = groups.get(key);
      if (bucket === undefined) groups.set(key, { pair: i, items: [item] });
      else if (bucket.pair === i) bucket.items.push(item);
      else duplicateKey(key, place);
    }
  }
  return groups;
}

/** `items{ key: value }`. No items count as one that is nothing, so that a literal object comes out. */
export function group(items: readonly unknown[], pairs: readonly Pair[], place: Place): object {
  const some = items.length === 0 ? [undefined] : items;
  const groups = buckets(some, pairs, (item) => [item, undefined], place);
  const out = {};
  for (const [key, bucket] of groups) {
    const value = (pairs[bucket.pair] as Pair)[1](joinItems(bucket.items), undefined);
    if (value !== undefined) put(out, key, value);
  }
  return out;
}

/** The same for the context of an object constructor. */
export function groupOf(context: unknown, pairs: readonly Pair[], place: Place): object {
  return group(Array.isArray(context) ? context : [context], pairs, place);
}
