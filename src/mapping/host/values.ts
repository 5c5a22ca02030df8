import type { HostFunction } from "../../jsonata/types.ts";
import { setMember } from "../nulls.ts";
import { unfoldsTooFar } from "../unfolded.ts";

/** `else` is what an unknown key gives: any JSON value, `null` for nothing, `=` for the key itself. */
export type LookupTable = Readonly<Record<string, unknown>>;

/** Compact JSON text, numbers exact; nothing for nothing, functions, cycles and what no memory would hold. */
export function jsonText(value: unknown): string | undefined {
  if (unfoldsTooFar(value)) return undefined;
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** The value that JSON text stands for; nothing where it is not JSON. */
export function parseJson(text: unknown): unknown {
  if (typeof text !== "string") return undefined;
  const known = judged[next];
  if (known !== undefined && known.text === text) {
    next++;
    return known.value;
  }
  return read(text);
}

function read(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Texts of one request that were parsed to be judged, in their order. An encoder parses them again right after, to use
 * them: each value is handed out once.
 */
let judged: { text: string; value: unknown }[] = [];
let next = 0;

/** Forgets what was judged: another request begins. */
export function forgetJudged(): void {
  if (judged.length > 0) judged = [];
  next = 0;
}

/** `parseJson` of a text that is about to be parsed again. */
export function judgeJson(text: string): unknown {
  const value = read(text);
  judged.push({ text, value });
  return value;
}

/** The members of an object that are not named: the object itself if that is all of them, nothing if none is left. */
export function rest(object: unknown, names: unknown): Record<string, unknown> | undefined {
  if (typeof object !== "object" || object === null || Array.isArray(object)) return undefined;
  const members = object as Record<string, unknown>;
  const known: readonly unknown[] = Array.isArray(names) ? names : [names];
  let left = 0;
  let isWhole = true;
  // Names are most often listed in the order in which they come: each is looked for behind the one found last.
  let at = 0;
  for (const name in members) {
    at = indexFrom(known, name, at);
    if (at < known.length || members[name] === undefined) isWhole = false;
    else left++;
  }
  if (left === 0) return undefined;
  return isWhole ? members : withoutNames(members, known);
}

/** Where a name stands, looked for from `start` on and around the end; behind the list where it does not. */
function indexFrom(names: readonly unknown[], name: string, start: number): number {
  for (let i = start; i < names.length; i++) if (names[i] === name) return i;
  const end = Math.min(start, names.length);
  for (let i = 0; i < end; i++) if (names[i] === name) return i;
  return names.length;
}

function withoutNames(members: Record<string, unknown>, names: readonly unknown[]): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const name in members)
    if (members[name] !== undefined && !names.includes(name)) setMember(copy, name, members[name]);
  return copy;
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
  return mayRename(value, names) ? rename(value, names) : value;
}

/** Whether a name is spelt otherwise than in camelCase: most clients write none that is. */
function mayRename(value: unknown, whole: ReadonlySet<unknown>): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) if (mayRename(value[i], whole)) return true;
    return false;
  }
  for (const name in value) {
    if (name.includes("_")) return true;
    const member = (value as Record<string, unknown>)[name];
    if (typeof member === "object" && !whole.has(name) && mayRename(member, whole)) return true;
  }
  return false;
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
    // An object is no name, and may not even have a text: `{"toString": false}` is JSON.
    const name = typeof key === "object" && key !== null ? undefined : String(key);
    if (name !== undefined && known.has(name)) return known.get(name) ?? undefined;
    return fallback === "=" ? key : (fallback ?? undefined);
  };
}
