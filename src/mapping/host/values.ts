import type { HostFunction } from "../../jsonata/types.ts";
import { setMember } from "../nulls.ts";

/** `else` is what an unknown key gives: any JSON value, `null` for nothing, `=` for the key itself. */
export type LookupTable = Readonly<Record<string, unknown>>;

/** Compact JSON text, numbers exact; nothing for nothing, functions and cycles. */
export function jsonText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** The value that JSON text stands for; nothing where it is not JSON. */
export function parseJson(text: unknown): unknown {
  if (typeof text !== "string") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The members of an object that are not named: the object itself if that is all of them, nothing if none is left. */
export function rest(object: unknown, names: unknown): Record<string, unknown> | undefined {
  if (typeof object !== "object" || object === null || Array.isArray(object)) return undefined;
  const members = object as Record<string, unknown>;
  const known = Array.isArray(names) ? names : [names];
  const set = setOf(known);
  const isLeft = (name: string): boolean =>
    members[name] !== undefined && !(set ? set.has(name) : known.includes(name));
  let kept = 0;
  let isWhole = true;
  for (const name in members) {
    if (isLeft(name)) kept++;
    else isWhole = false;
  }
  if (kept === 0) return undefined;
  if (isWhole) return members;
  const left: Record<string, unknown> = {};
  for (const name in members) if (isLeft(name)) setMember(left, name, members[name]);
  return left;
}

const sets = new WeakMap<object, ReadonlySet<unknown>>();

/** A long list that stands in a mapping, which is frozen and comes again, as a set. */
function setOf(names: readonly unknown[]): ReadonlySet<unknown> | undefined {
  if (names.length < 8 || !Object.isFrozen(names)) return undefined;
  let set = sets.get(names);
  if (!set) sets.set(names, (set = new Set(names)));
  return set;
}

/** The list, or nothing where it is absent or empty; a single value becomes a list of one. */
export function some(value: unknown): unknown[] | undefined {
  if (value === undefined) return undefined;
  const list = Array.isArray(value) ? value : [value];
  return list.length > 0 ? list : undefined;
}

/**
 * Member names in camelCase where they are snake_case, deep, but for what stands under the named members (compared after
 * renaming), which is carried whole. The same value comes back where nothing changes. A member that is there in both
 * spellings keeps its camelCase value.
 */
export function camel(value: unknown, whole: unknown): unknown {
  const names = new Set((Array.isArray(whole) ? whole : [whole]) as unknown[]);
  return rename(value, names);
}

function rename(value: unknown, whole: ReadonlySet<unknown>): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Array.isArray(value)
    ? renameItems(value, whole)
    : renameMembers(value as Record<string, unknown>, whole);
}

function renameItems(items: readonly unknown[], whole: ReadonlySet<unknown>): unknown {
  let copy: unknown[] | undefined;
  for (let i = 0; i < items.length; i++) {
    const renamed = rename(items[i], whole);
    if (renamed !== items[i]) copy ??= [...items];
    if (copy) copy[i] = renamed;
  }
  return copy ?? items;
}

function renameMembers(object: Record<string, unknown>, whole: ReadonlySet<unknown>): unknown {
  let isSame = true;
  const entries: [string, unknown][] = [];
  for (const name in object) {
    const member = object[name];
    const spelt = name.includes("_") ? camelCase(name) : name;
    const renamed = typeof member !== "object" || whole.has(spelt) ? member : rename(member, whole);
    if (spelt !== name || renamed !== member) isSame = false;
    if (spelt === name || !Object.hasOwn(object, spelt)) entries.push([spelt, renamed]);
  }
  return isSame ? object : Object.fromEntries(entries);
}

function camelCase(name: string): string {
  return name.replace(/(?<=[a-z0-9])_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** A table of mapping.yaml as a function. */
export function lookup(table: LookupTable): HostFunction {
  const { else: fallback, ...entries } = table;
  const known = new Map(Object.entries(entries));
  return function lookUp(key) {
    if (key === undefined) return undefined;
    const found = known.get(String(key));
    if (found !== undefined) return found ?? undefined;
    if (known.has(String(key))) return undefined;
    return fallback === "=" ? key : (fallback ?? undefined);
  };
}
