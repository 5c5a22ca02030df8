/**
 * Sequences. A sequence under construction is a plain array; `collapse` turns it into a value as soon as its node is
 * done: nothing, the one item, or the array.
 */
import { CONS, KEEP, S, SEQUENCE, addAll, flagsOf, mark, tick } from "./state.ts";

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
  return S.flagged === null || !Array.isArray(value) ? value : finFlagged(value);
}

function finFlagged(value: unknown[]): unknown {
  const flags = flagsOf(value);
  return (flags & SEQUENCE) !== 0 && (flags & KEEP) === 0 && value.length < 2 ? value[0] : value;
}

/** A value whose node carries `[]`: only sequences are affected. */
export function finKeep(value: unknown): unknown {
  if (S.flagged === null || !Array.isArray(value) || (flagsOf(value) & SEQUENCE) === 0) return value;
  return value.length === 0 ? undefined : mark(value, KEEP);
}

/** The only result of the last step of a path: an array in the data stays as it is, a sequence is flattened anew. */
export function only(value: unknown): unknown {
  if (S.flagged === null || !Array.isArray(value)) return value;
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
  if (S.flagged === null) return value;
  const flags = flagsOf(value);
  if ((flags & CONS) !== 0) return [value];
  return (flags & SEQUENCE) !== 0 ? kept(value) : value;
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
  return Array.isArray(value) && (S.flagged === null || (flagsOf(value) & CONS) === 0) ? value : null;
}

/** Adds a step's result to a sequence, flattening one level. */
export function add(items: unknown[], value: unknown): void {
  const many = iter(value);
  if (many === null) items.push(value);
  else addAll(items, many);
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
