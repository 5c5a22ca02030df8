/**
 * Tuple streams: what paths with `@`, `#` or `%` carry along. A tuple maps names to values; `@` is the item. Names begin
 * with a dollar there, so that none of them is one that objects have anyway.
 */
import { admit, at } from "./filters.ts";
import { buckets } from "./objects.ts";
import type { Pair } from "./objects.ts";
import type { Place } from "./operators.ts";
import { collapse } from "./sequences.ts";
import { orderBy } from "./sort.ts";
import { tick } from "./state.ts";
import { put } from "./values.ts";

export type Tuple = Record<string, unknown>;
export type TupleCode = (item: unknown, tuple: Tuple) => unknown;

/** The names that a step binds. */
export interface Bindings {
  readonly focus?: string | undefined;
  readonly index?: string | undefined;
  readonly ancestor?: string | undefined;
}

/** Streams that a nested path hands to the step around it. */
const streams = new WeakSet<object>();

export function stream(tuples: Tuple[]): Tuple[] {
  streams.add(tuples);
  return tuples;
}

function newTuple(from?: Tuple): Tuple {
  return { ...from };
}

/** The stream that a path begins with. */
export function startTuples(items: readonly unknown[]): Tuple[] {
  return items.map((item) => newTuple({ "@": item }));
}

function bind(tuple: Tuple, result: unknown, position: number, bindings: Bindings): Tuple {
  const next = newTuple(tuple);
  if (bindings.focus === undefined) next["@"] = result;
  else next[bindings.focus] = result;
  if (bindings.index !== undefined) next[bindings.index] = position;
  if (bindings.ancestor !== undefined) next[bindings.ancestor] = tuple["@"];
  return next;
}

export function tupleStep(tuples: readonly Tuple[], code: TupleCode, bindings: Bindings): Tuple[] {
  const out: Tuple[] = [];
  tick(tuples.length);
  for (const tuple of tuples) {
    const result = code(tuple["@"], tuple);
    if (result === undefined) continue;
    const items: unknown[] = Array.isArray(result) ? result : [result];
    const nested = streams.has(items);
    tick(items.length);
    items.forEach((item, i) => {
      out.push(nested ? Object.assign(newTuple(tuple), item) : bind(tuple, item, i, bindings));
    });
  }
  return out;
}

export function tupleFilter(tuples: readonly Tuple[], code: TupleCode): Tuple[] {
  const out: Tuple[] = [];
  tick(tuples.length);
  tuples.forEach((tuple, i) => admit(out, code(tuple["@"], tuple), tuple, i, tuples.length));
  return out;
}

/** A predicate over what may be a stream of a nested path. A literal index is a predicate like any other here. */
export function streamFilter(value: unknown, code: TupleCode): unknown {
  if (typeof value === "object" && value !== null && streams.has(value)) {
    return stream(tupleFilter(value as Tuple[], code));
  }
  const items: unknown[] = Array.isArray(value) ? value : [value];
  const out: unknown[] = [];
  items.forEach((item, i) => admit(out, code(item, newTuple()), item, i, items.length));
  return collapse(out);
}

export function tupleAt(tuples: readonly Tuple[], n: number): Tuple[] {
  const tuple = at(tuples, n);
  return tuple === undefined ? [] : [tuple as Tuple];
}

/** `#$name` after predicates. */
export function tupleIndex(tuples: Tuple[], name: string): Tuple[] {
  tuples.forEach((tuple, i) => (tuple[name] = i));
  return tuples;
}

export function tupleSort(tuples: readonly Tuple[], terms: readonly TupleTerm[], place: Place): Tuple[] {
  const wrapped = terms.map(({ of, descending }) => ({
    of: (tuple: Tuple) => of(tuple["@"], tuple),
    descending,
  }));
  return orderBy(tuples, wrapped as never, place);
}

export interface TupleTerm {
  readonly of: TupleCode;
  readonly descending: boolean;
}

/** A sort that begins the stream: `#$i` right behind it counts the sorted items. */
export function sortedTuples(sorted: readonly unknown[], index: string | undefined): Tuple[] {
  return sorted.map((item, i) => newTuple(index === undefined ? { "@": item } : { "@": item, [index]: i }));
}

export function tupleItems(tuples: readonly Tuple[]): unknown[] {
  return tuples.map((tuple) => tuple["@"]);
}

/** Several tuples as one: the values of each name appended. */
function mergeTuples(tuples: readonly Tuple[]): Tuple {
  const [first, ...rest] = tuples;
  const out = newTuple(first);
  for (const tuple of rest) for (const name of Object.keys(tuple)) out[name] = append(out[name], tuple[name]);
  return out;
}

function append(a: unknown, b: unknown): unknown {
  if (a === undefined) return b;
  if (b === undefined) return a;
  return [a, b].flat();
}

/** Grouping over a tuple stream. */
export function groupTuples(tuples: readonly Tuple[], pairs: readonly Pair[], place: Place): object {
  const groups = buckets(tuples, pairs, (tuple) => [(tuple as Tuple)["@"], tuple as Tuple], place);
  const out = {};
  for (const [key, bucket] of groups) {
    const tuple = mergeTuples(bucket.items as Tuple[]);
    const context = tuple["@"];
    delete tuple["@"];
    const value = (pairs[bucket.pair] as Pair)[1](context, tuple);
    if (value !== undefined) put(out, key, value);
  }
  return out;
}
