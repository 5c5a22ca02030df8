/** Names over arrays: what the small functions of the generated code leave to the general rule. */
import {
  add,
  collapse,
  fin,
  finKeep,
  iter,
  keep,
  keepOne,
  kept,
  keptOne,
  listMany,
  listOne,
  only,
  rawOne,
} from "./sequences.ts";
import { addAll, tick } from "./state.ts";
import { own } from "./values.ts";

/** `value.key` with JSONata's mapping over arrays, as an unfinished sequence where there is one. */
function gather(items: unknown[], key: string, out: unknown[]): unknown[] {
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    if (Array.isArray(item)) gather(item, key, out);
    else {
      const value = own(item, key);
      if (Array.isArray(value)) addAll(out, value);
      else if (value !== undefined) out.push(value);
    }
  }
  return out;
}

/** `$lookup`; its result for an array is an unfinished sequence. */
export function lookup(input: unknown, key: string): unknown {
  return Array.isArray(input) ? gather(input, key, []) : own(input, key);
}

/** A name as one step evaluates it. */
export function nameOf(item: unknown, key: string): unknown {
  return Array.isArray(item) ? collapse(gather(item, key, [])) : fin(own(item, key));
}

/** The same with `[]` behind the name. */
export function keptNameOf(item: unknown, key: string): unknown {
  return Array.isArray(item) ? keep(gather(item, key, [])) : finKeep(own(item, key));
}

/** One step of a chain of names. */
export interface Name {
  readonly key: string;
  /** Carries `[]`. */
  readonly kept: boolean;
}

/**
 * How the results of a step end. `flow`: the step is not the last one, the value goes to the next. `value`: the path
 * is done. `keep`: the same with `[]`. `kept`: the same where nothing looks at flags any more. `raw`: all results as
 * an array. `list`: all results as a new array of their own.
 */
export type Ending = "flow" | "value" | "keep" | "kept" | "raw" | "list";

function end(count: number, first: unknown, items: unknown[], ending: Ending): unknown {
  switch (ending) {
    case "value":
      return count === 1 ? only(first) : collapse(items);
    case "keep":
      return count === 1 ? keepOne(first) : keep(items);
    case "kept":
      return count === 1 ? keptOne(first) : kept(items);
    case "list":
      return count === 1 ? listOne(first) : listMany(items);
    case "raw":
      return count === 1 ? rawOne(first) : items;
    default:
      return items;
  }
}

/** The steps `names[from…]` begun at many items. */
export function walkItems(start: unknown[], names: readonly Name[], from: number, ending: Ending): unknown {
  let items = start;
  for (let i = from; i < names.length; i++) {
    const out: unknown[] = [];
    let count = 0;
    let first: unknown;
    const { key, kept: isKept } = names[i] as Name;
    tick(items.length);
    for (let j = 0; j < items.length; j++) {
      const value = isKept ? keptNameOf(items[j], key) : nameOf(items[j], key);
      if (value === undefined) continue;
      if (count++ === 0) first = value;
      add(out, value);
    }
    if (i === names.length - 1) return end(count, first, out, ending);
    items = out;
  }
  return items;
}

/** The same begun at what a step left behind. */
export function walk(value: unknown, names: readonly Name[], from: number, ending: Ending): unknown {
  return walkItems(iter(value) ?? [value], names, from, ending);
}

/**
 * What a predicate runs over behind the first name of a path: the members of the items of an array all together,
 * as long as the predicate does not ask for positions. A missing member counts as an item that is nothing.
 */
export function members(context: unknown, key: string): unknown {
  if (!Array.isArray(context))
    return typeof context === "object" && context !== null ? fin(own(context, key)) : undefined;
  const out: unknown[] = [];
  for (const item of context) {
    const value = nameOf(item, key);
    if (Array.isArray(value)) for (const inner of value) out.push(inner);
    else out.push(value);
  }
  return out;
}

/** The same where the context is one item. */
export function member(context: unknown, key: string): unknown {
  return Array.isArray(context) ? nameOf(context, key) : members(context, key);
}
