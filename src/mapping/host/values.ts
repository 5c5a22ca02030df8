import type { HostFunction } from "../../jsonata/types.ts";

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

/** The members of an object that are not named; nothing if none is left. */
export function rest(object: unknown, names: unknown): Record<string, unknown> | undefined {
  if (typeof object !== "object" || object === null || Array.isArray(object)) return undefined;
  const known = Array.isArray(names) ? names : [names];
  const left = Object.entries(object).filter(([name, value]) => value !== undefined && !known.includes(name));
  return left.length > 0 ? Object.fromEntries(left) : undefined;
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
  if (Array.isArray(value)) {
    const items = value.map((item) => rename(item, whole));
    return items.some((item, i) => item !== value[i]) ? items : value;
  }
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value);
  const renamed = members.map(([name, member]): [string, unknown] => {
    const spelt = name.includes("_")
      ? name.replace(/(?<=[a-z0-9])_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
      : name;
    return [spelt, whole.has(spelt) ? member : rename(member, whole)];
  });
  if (renamed.every(([name, member], i) => name === members[i]![0] && member === members[i]![1]))
    return value;
  return Object.fromEntries(
    renamed.filter(([name], i) => name === members[i]![0] || !Object.hasOwn(value, name)),
  );
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
