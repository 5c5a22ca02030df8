/** The built-ins that call functions. */
import { fault } from "../error.ts";
import { arityOf, invoke, offer } from "./calls.ts";
import type { Callable } from "./calls.ts";
import { mergeSort } from "./sort.ts";
import { tick } from "./state.ts";
import { isNumeric, put, truthy } from "./values.ts";

type Items = unknown[];

export function map(items?: unknown, f?: unknown): unknown {
  if (items === undefined) return undefined;
  const list = items as Items;
  const out: Items = [];
  const arity = arityOf(f as Callable);
  tick(list.length);
  for (let i = 0; i < list.length; i++) {
    const value = offer(f as Callable, arity, list[i], i, list);
    if (value !== undefined) out.push(value);
  }
  return out;
}

export function filter(items?: unknown, f?: unknown): unknown {
  if (items === undefined) return undefined;
  const list = items as Items;
  const arity = arityOf(f as Callable);
  tick(list.length);
  return list.filter((item, i) => truthy(offer(f as Callable, arity, item, i, list)));
}

export function single(items?: unknown, f?: unknown): unknown {
  if (items === undefined) return undefined;
  const list = items as Items;
  const found: Items = [];
  tick(list.length);
  list.forEach((item, index) => {
    if (f !== undefined && !truthy(offer(f as Callable, arityOf(f as Callable), item, index, list))) return;
    if (found.length > 0) throw fault("D3138", { index } as object);
    found.push(item);
  });
  if (found.length === 0) throw fault("D3139");
  return found[0];
}

export function reduce(items?: unknown, f?: unknown, init?: unknown): unknown {
  if (items === undefined) return undefined;
  const list = items as Items;
  const arity = arityOf(f as Callable);
  if (arity < 2) throw fault("D3050", { index: 1 } as object);
  const skipFirst = init === undefined && list.length > 0;
  let result = skipFirst ? list[0] : init;
  tick(list.length);
  for (let i = skipFirst ? 1 : 0; i < list.length; i++) {
    if (arity >= 4) result = invoke(f as Callable, result, list[i], i, list);
    else if (arity === 3) result = invoke(f as Callable, result, list[i], i);
    else result = invoke(f as Callable, result, list[i]);
  }
  return result;
}

function entries(value: unknown): [string, unknown][] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

export function each(object?: unknown, f?: unknown): unknown {
  const arity = arityOf(f as Callable);
  const out: Items = [];
  for (const [key, value] of entries(object)) {
    const result = offer(f as Callable, arity, value, key, object);
    if (result !== undefined) out.push(result);
  }
  return out;
}

export function sift(object?: unknown, f?: unknown): unknown {
  const all = entries(object);
  if (all.length === 0) return undefined;
  const arity = arityOf(f as Callable);
  const out = {};
  let some = false;
  for (const [key, value] of all) {
    if (!truthy(offer(f as Callable, arity, value, key, object))) continue;
    put(out, key, value);
    some = true;
  }
  return some ? out : undefined;
}

export function sort(items?: unknown, comparator?: unknown): unknown {
  if (items === undefined) return undefined;
  const list = items as Items;
  if (list.length <= 1) return list;
  if (comparator === undefined && !list.every(isNumeric) && !list.every((item) => typeof item === "string")) {
    throw fault("D3070", { index: 1 } as object);
  }
  const swap =
    comparator === undefined
      ? (a: number, b: number): boolean => (list[a] as number) > (list[b] as number)
      : (a: number, b: number): boolean => Boolean(invoke(comparator as Callable, list[a], list[b]));
  return mergeSort(list.length, swap).map((i) => list[i]);
}
