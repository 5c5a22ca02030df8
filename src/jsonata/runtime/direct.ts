/** Built-ins as generated code calls them where the arguments are what the signature wants. */
import { located } from "./calls.ts";
import type { Callable } from "./calls.ts";
import { append, merge, mergeTwo } from "./collections.ts";
import type { Place } from "./operators.ts";
import { collapse } from "./sequences.ts";
import { S, addAll, charge, checkItems, checkText } from "./state.ts";
import { text } from "./values.ts";

/** `$type` */
export function typeOf(value: unknown): string | undefined {
  switch (typeof value) {
    case "string":
    case "boolean":
    case "number":
    case "function":
    case "undefined":
      return value === undefined ? undefined : typeof value;
    default:
      return value === null ? "null" : Array.isArray(value) ? "array" : "object";
  }
}

/** `$count` */
export function countOf(value: unknown): number {
  return Array.isArray(value) ? value.length : value === undefined ? 0 : 1;
}

/** `$append` */
export function appendTo(a: unknown, b: unknown, place: Place): unknown {
  if (a === undefined) return b;
  if (b === undefined) return a;
  if (S.steps + 1e5 < S.maxSteps && countOf(a) + countOf(b) < 1e5) {
    const out: unknown[] = Array.isArray(a) ? a.slice() : [a];
    S.steps += out.length;
    if (Array.isArray(b)) addAll(out, b);
    else out.push(b);
    checkItems(out.length);
    return out;
  }
  return direct2(append, a, b, place, "append");
}

/** `$string` */
export function textOf(value: unknown, place: Place): string | undefined {
  return typeof value === "string"
    ? value
    : (direct1(text as Callable, value, place, "string") as string | undefined);
}

/** Whether `$join` may take the value as it is: nothing, a string, or strings all. */
export function isJoinable(value: unknown): boolean {
  if (!Array.isArray(value)) return typeof value === "string" || value === undefined;
  for (let i = 0; i < value.length; i++) if (typeof value[i] !== "string") return false;
  return true;
}

export function joinOf(value: unknown, separator: string): unknown {
  return Array.isArray(value) ? checkText(value.join(separator)) : value;
}

/** Whether `$merge` may take the value as it is: objects all. */
export function areObjects(value: unknown): value is object[] {
  if (!Array.isArray(value)) return false;
  for (let i = 0; i < value.length; i++) {
    const item: unknown = value[i];
    if (typeof item !== "object" || item === null || Array.isArray(item)) return false;
  }
  return true;
}

/** Whether `$sum` and its like may take the value as it is: numbers all. */
export function areNumbers(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0) return false;
  for (let i = 0; i < value.length; i++) if (typeof value[i] !== "number") return false;
  return true;
}

export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `$keys` of one object, finished. */
export function keysOf(value: object): unknown {
  return collapse(Object.keys(value));
}

export { merge, mergeTwo };

export function direct1(f: Callable, a: unknown, place: Place, name: string): unknown {
  try {
    charge(a);
    return f(a);
  } catch (thrown) {
    throw located(thrown, place, name);
  }
}

export function direct2(f: Callable, a: unknown, b: unknown, place: Place, name: string): unknown {
  try {
    charge(a);
    return f(a, b);
  } catch (thrown) {
    throw located(thrown, place, name);
  }
}

export function direct3(
  f: Callable,
  a: unknown,
  b: unknown,
  c: unknown,
  place: Place,
  name: string,
): unknown {
  try {
    charge(a);
    return f(a, b, c);
  } catch (thrown) {
    throw located(thrown, place, name);
  }
}
