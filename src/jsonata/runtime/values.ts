/** JSONata's reading of single values: numbers, truth, equality, text. */
import { fault } from "../error.ts";
import { referenceFunction } from "../reference.ts";
import { charge, checkText, tick } from "./state.ts";

type Plain = Record<string, unknown>;

export function isNumeric(value: unknown): value is number {
  if (typeof value !== "number" || Number.isNaN(value)) return false;
  if (!Number.isFinite(value)) throw fault("D1001", { value });
  return true;
}

/** Effective boolean value; nothing counts as false. */
export function truthy(value: unknown): boolean {
  switch (typeof value) {
    case "boolean":
      return value;
    case "string":
      return value !== "";
    case "number":
      return isNumeric(value) && value !== 0;
    case "object":
      if (value === null) return false;
      return Array.isArray(value) ? anyTruthy(value) : hasKeys(value);
    default:
      return false;
  }
}

function hasKeys(value: object): boolean {
  for (const key in value) if (Object.hasOwn(value, key)) return true;
  return false;
}

/** Looks at every item even when one is true already: a later one may be a number out of range. */
function anyTruthy(items: unknown[]): boolean {
  let any = false;
  for (const item of items) any = truthy(item) || any;
  return any;
}

export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) && Array.isArray(b)) {
    charge(a);
    return a.length === b.length && a.every((item, i) => equal(item, b[i]));
  }
  if (Array.isArray(a) || Array.isArray(b)) return false;
  tick(1);
  return sizeOf(a) === sizeOf(b) && hasEqualMembers(a as Plain, b as Plain);
}

function sizeOf(object: object): number {
  let size = 0;
  for (const key in object) if (Object.hasOwn(object, key)) size++;
  return size;
}

function hasEqualMembers(a: Plain, b: Plain): boolean {
  for (const key in a)
    if (Object.hasOwn(a, key) && (!Object.hasOwn(b, key) || !equal(a[key], b[key]))) return false;
  return true;
}

const print = referenceFunction("string").implementation;

/** `$string` of one value. */
export function text(value: unknown): string | undefined {
  switch (typeof value) {
    case "string":
      return value;
    case "boolean":
      return value ? "true" : "false";
    case "number":
      if (Number.isInteger(value)) return String(value);
      break;
    case "function":
      return "";
    case "undefined":
      return undefined;
  }
  return checkText(walkJson(value) ? JSON.stringify(value) : (print(value) as string));
}

/**
 * Whether JSON.stringify prints a value as $string does: no fraction, whose digits that cuts, and no function. Counts what
 * it goes through, to the end: a value that holds another one twice, and so on, is long when it is written out.
 */
export function walkJson(value: unknown): boolean {
  switch (typeof value) {
    case "number":
      return Number.isInteger(value);
    case "function":
      return false;
    case "object": {
      if (value === null) return true;
      tick(1);
      let isPlain = true;
      if (Array.isArray(value)) for (const item of value) isPlain = walkJson(item) && isPlain;
      else for (const key in value) isPlain = walkJson((value as Plain)[key]) && isPlain;
      return isPlain;
    }
    default:
      return true;
  }
}

/** Sets a property of an object being built; `__proto__` is a name like any other. */
export function put(target: object, key: string, value: unknown): void {
  if (key === "__proto__") {
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  } else (target as Plain)[key] = value;
}

export function own(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Plain)[key]
    : undefined;
}

export function isFunction(value: unknown): value is (...args: unknown[]) => unknown {
  return typeof value === "function";
}
