/** The built-ins over arrays and objects that hand out sequences, written for arrays without flags. */
import { S, SEQUENCE, checkItems, flagsOf, mark, tick } from "./state.ts";
import { lookup } from "./names.ts";
import { equal, put } from "./values.ts";

export function count(items?: unknown): unknown {
  return items === undefined ? 0 : (items as unknown[]).length;
}

export function keys(value?: unknown): unknown {
  if (Array.isArray(value)) {
    const all = {};
    for (const item of value) for (const key of keys(item) as string[]) put(all, key, true);
    return Object.keys(all);
  }
  return typeof value === "object" && value !== null ? Object.keys(value) : [];
}

export function append(a?: unknown, b?: unknown): unknown {
  if (a === undefined) return b;
  if (b === undefined) return a;
  const left: unknown[] = Array.isArray(a) ? a : [a];
  const right: unknown[] = Array.isArray(b) ? b : [b];
  tick(right.length);
  checkItems(left.length + right.length);
  return left.concat(right);
}

export function exists(value?: unknown): boolean {
  return value !== undefined;
}

/** `$spread`. A sequence for an object; an array spread becomes a plain one as soon as something was appended. */
export function spread(value?: unknown): unknown {
  if (Array.isArray(value)) {
    const parts = value.map((item) => spread(item)).filter((part) => part !== undefined);
    return parts.length === 0 ? mark([], SEQUENCE) : parts.flat();
  }
  if (typeof value !== "object" || value === null) return value;
  const out = Object.entries(value).map(([key, inner]) => {
    const entry = {};
    put(entry, key, inner);
    return entry;
  });
  return out.length < 2 || S.track ? mark(out, SEQUENCE) : out;
}

export function merge(objects?: unknown): unknown {
  if (objects === undefined) return undefined;
  let only: object | undefined;
  let out: Record<string, unknown> | undefined;
  for (const object of objects as unknown[]) {
    if (typeof object !== "object" || object === null || !hasMembers(object)) continue;
    // What is the only one with any members need not be copied.
    if (only === undefined && !Array.isArray(object)) only = object;
    else addMembers((out ??= { ...only }), object as Record<string, unknown>);
  }
  return out ?? only ?? {};
}

/** `$merge` of two; nothing counts as no object. What has all the members need not be copied. */
export function mergeTwo(a: object | undefined, b: object | undefined): object | undefined {
  if (b === undefined || (a !== undefined && !hasMembers(b))) return a;
  if (a === undefined || !hasMembers(a)) return b;
  const out: Record<string, unknown> = { ...a };
  addMembers(out, b as Record<string, unknown>);
  return out;
}

function hasMembers(object: object): boolean {
  for (const name in object) if (Object.hasOwn(object, name)) return true;
  return false;
}

function addMembers(out: Record<string, unknown>, object: Record<string, unknown>): void {
  for (const name in object) if (Object.hasOwn(object, name)) put(out, name, object[name]);
}

export function distinct(value?: unknown): unknown {
  if (!Array.isArray(value) || value.length <= 1) return value;
  const out: unknown[] = [];
  tick(value.length);
  for (const item of value) {
    tick(out.length);
    if (!out.some((seen) => equal(item, seen))) out.push(item);
  }
  return (flagsOf(value) & SEQUENCE) !== 0 ? mark(out, SEQUENCE) : out;
}

/** `$lookup`: over an array the result is a sequence, else whatever the property holds. */
export function lookupKey(value?: unknown, key?: unknown): unknown {
  const found = lookup(value, key as string);
  return Array.isArray(value) && (S.track || (found as unknown[]).length < 2)
    ? mark(found as object, SEQUENCE)
    : found;
}
