/**
 * Sequences. A sequence under construction is a plain array; `collapse` turns it into a value as soon as its node is
 * done: nothing, the one item, or the array.
 */
import { CONS, KEEP, S, SEQUENCE, flagsOf, mark, tick } from "./state.ts";
import { own } from "./values.ts";

/** Ends a sequence as a value. */
export function collapse(items: unknown[]): unknown {
  if (items.length < 2) return items[0];
  return S.track ? mark(items, SEQUENCE) : items;
}

/** Ends a sequence that must stay an array (`[]`). */
export function keep(items: unknown[]): unknown {
  if (items.length === 0) return undefined;
  return items.length === 1 || S.track ? mark(items, SEQUENCE | KEEP) : items;
}

/** An unfinished sequence as a value. */
export function unfinished(items: unknown[]): unknown[] {
  return items.length < 2 || S.track ? mark(items, SEQUENCE) : items;
}

/** A value where a built-in wants an array. */
export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

/** A value as a node leaves it: a sequence that a function handed on unfinished is finished now. */
export function fin(value: unknown): unknown {
  return S.flags === null || !Array.isArray(value) ? value : finFlagged(value);
}

function finFlagged(value: unknown[]): unknown {
  const flags = flagsOf(value);
  return (flags & SEQUENCE) !== 0 && (flags & KEEP) === 0 && value.length < 2 ? value[0] : value;
}

/** A value whose node carries `[]`: only sequences are affected. */
export function finKeep(value: unknown): unknown {
  if (S.flags === null || !Array.isArray(value) || (flagsOf(value) & SEQUENCE) === 0) return value;
  return value.length === 0 ? undefined : mark(value, KEEP);
}

/** The only result of the last step of a path: an array in the data stays as it is, a sequence is flattened anew. */
export function only(value: unknown): unknown {
  if (S.flags === null || !Array.isArray(value)) return value;
  return (flagsOf(value) & SEQUENCE) !== 0 && value.length < 2 ? value[0] : value;
}

/** The same for a path that carries `[]`. */
export function keepOne(value: unknown): unknown {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) return mark([value], SEQUENCE | KEEP);
  const flags = flagsOf(value);
  if ((flags & CONS) !== 0) return mark([value], SEQUENCE | KEEP);
  return (flags & SEQUENCE) !== 0 ? keep(value.slice()) : value;
}

/** `keep` and `keepOne` for values that go straight into the result, where nothing looks at flags any more. */
export function kept(items: unknown[]): unknown {
  return items.length === 0 ? undefined : items;
}

export function keptOne(value: unknown): unknown {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) return [value];
  if (S.flags === null) return value;
  const flags = flagsOf(value);
  if ((flags & CONS) !== 0) return [value];
  return (flags & SEQUENCE) !== 0 ? kept(value) : value;
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

/** The only result as the whole of an array constructor: a new array. */
export function listOne(value: unknown): unknown[] {
  return Array.isArray(value) ? value.slice() : value === undefined ? [] : [value];
}

/** All results as the whole of an array constructor. The sequence itself, as nothing else holds it. */
export function listMany(items: unknown[]): unknown[] {
  return items.length === 1 ? listOne(items[0]) : items;
}

/** The same where all results are wanted as an array, for grouping. */
export function rawOne(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

/** The items that a value is to the next step, or null where the value itself is the one item. */
export function iter(value: unknown): unknown[] | null {
  return Array.isArray(value) && (S.flags === null || (flagsOf(value) & CONS) === 0) ? value : null;
}

/** Adds a step's result to a sequence, flattening one level. */
export function add(items: unknown[], value: unknown): void {
  const many = iter(value);
  if (many === null) items.push(value);
  else for (let i = 0; i < many.length; i++) items.push(many[i]);
}

/** `value.key` with JSONata's mapping over arrays, as an unfinished sequence where there is one. */
function gather(items: unknown[], key: string, out: unknown[]): unknown[] {
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    if (Array.isArray(item)) gather(item, key, out);
    else {
      const value = own(item, key);
      if (Array.isArray(value)) for (let j = 0; j < value.length; j++) out.push(value[j]);
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
    const { key, kept } = names[i] as Name;
    tick(items.length);
    for (let j = 0; j < items.length; j++) {
      const value = kept ? keptNameOf(items[j], key) : nameOf(items[j], key);
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

/** What a step left behind, as items. */
export function flowItems(value: unknown): unknown[] {
  return iter(value) ?? (value === undefined ? [] : [value]);
}

/** Whether a path ends at its head because that is empty. */
export function isEmptyHead(value: unknown): boolean {
  return value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}

/** The items behind an array constructor at the head of a path. Its predicates may have left something else. */
export function headItems(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return typeof value === "string" ? value.split("") : [];
}

/** `*`. Members that are arrays make the result a plain array, which is not collapsed. */
export function wildcard(input: unknown, keepArray: boolean): unknown {
  const out: unknown[] = [];
  if (wildcardInto(out, input)) return out;
  return keepArray ? keep(out) : collapse(out);
}

/** `*` for the predicates behind it. */
export function wildcardRaw(input: unknown): unknown[] {
  const out: unknown[] = [];
  wildcardInto(out, input);
  return out;
}

function wildcardInto(out: unknown[], input: unknown): boolean {
  let plain = false;
  if (typeof input !== "object" || input === null) return plain;
  for (const value of Object.values(input)) {
    if (Array.isArray(value)) {
      plain = true;
      for (const item of value.flat(Infinity)) out.push(item);
    } else out.push(value);
  }
  return plain;
}

/** `**`, as an unfinished sequence. */
export function descendants(input: unknown, out: unknown[] = []): unknown[] {
  if (input === undefined && out.length === 0) return out;
  if (!Array.isArray(input)) out.push(input);
  if (typeof input === "object" && input !== null) {
    tick(1);
    for (const value of Object.values(input)) descendants(value, out);
  }
  return out;
}
