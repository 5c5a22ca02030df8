/** The binary operators. `place` and the operator's own sign go into the error, as in the reference. */
import { fault } from "../error.ts";
import type { Fault } from "../error.ts";
import { S, addAll, charge, checkItems, checkText, tick } from "./state.ts";
import { isNumeric, text } from "./values.ts";

export type Place = number;

function operandFault(code: string, token: string, place: Place, value: unknown, more: object = {}): Fault {
  return fault(code, { token, place, value, ...more });
}

/** Checks the operands of + - * / %; true when both are there. */
function numbers(a: unknown, b: unknown, token: string, place: Place): boolean {
  try {
    if (a !== undefined && !isNumeric(a)) throw fault("T2001", { value: a });
    if (b !== undefined && !isNumeric(b)) throw fault("T2002", { value: b });
  } catch (thrown) {
    throw operandFault((thrown as Fault).code, token, place, (thrown as Fault).value);
  }
  return a !== undefined && b !== undefined;
}

export function arithmetic(a: unknown, b: unknown, token: string, place: Place): number | undefined {
  if (!numbers(a, b, token, place)) return undefined;
  const left = a as number;
  const right = b as number;
  switch (token) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    default:
      return left % right;
  }
}

export function negate(value: unknown, place: Place): number | undefined {
  if (value === undefined) return undefined;
  if (isNumeric(value)) return -value;
  throw operandFault("D1002", "-", place, value);
}

function isComparable(value: unknown): boolean {
  return value === undefined || typeof value === "string" || typeof value === "number";
}

export function compare(a: unknown, b: unknown, token: string, place: Place): boolean | undefined {
  if (!isComparable(a) || !isComparable(b)) {
    const first = typeof a === "string" || typeof a === "number" ? b : a;
    throw operandFault("T2010", token, place, first);
  }
  if (a === undefined || b === undefined) return undefined;
  if (typeof a !== typeof b) throw operandFault("T2009", token, place, a, { value2: b });
  switch (token) {
    case "<":
      return (a as number) < (b as number);
    case "<=":
      return (a as number) <= (b as number);
    case ">":
      return (a as number) > (b as number);
    default:
      return (a as number) >= (b as number);
  }
}

export function includes(item: unknown, list: unknown, place: Place): boolean {
  if (item === undefined || list === undefined) return false;
  if (!Array.isArray(list)) return list === item;
  charge(list, place);
  for (let i = 0; i < list.length; i++) if (list[i] === item) return true;
  return false;
}

/** One side of `&`. */
export function part(value: unknown, place: Place): string {
  if (typeof value === "string") return value;
  try {
    return text(value) ?? "";
  } catch (thrown) {
    throw operandFault((thrown as Fault).code, "&", place, (thrown as Fault).value, thrown as Fault);
  }
}

export function concat(a: string, b: string): string {
  const joined = a + b;
  return joined.length > S.maxCharacters ? checkText(joined) : joined;
}

/** `a..b` as an unfinished sequence. */
export function range(from: unknown, to: unknown, place: Place): number[] {
  if (from !== undefined && !Number.isInteger(from)) throw operandFault("T2003", "..", place, from);
  if (to !== undefined && !Number.isInteger(to)) throw operandFault("T2004", "..", place, to);
  if (from === undefined || to === undefined) return [];
  const first = from as number;
  const size = (to as number) - first + 1;
  if (size < 1) return [];
  if (size > 1e7) throw operandFault("D2014", "..", place, size);
  checkItems(size);
  // Counting up is cheap, but the items take memory, and ten millions of them time.
  tick((size & 1023) >> 3, place);
  const out: number[] = [];
  for (let i = 0; i < size; i++) {
    out.push(first + i);
    if ((i & 1023) === 1023) tick(128, place);
  }
  return out;
}

/** The items of an array constructor. */
export function itemsOf(values: readonly unknown[], place: Place): unknown[] {
  const items: unknown[] = [];
  for (const value of values) appendItem(items, value, place);
  return items;
}

/** Appends an item of an array constructor. */
export function appendItem(items: unknown[], value: unknown, place: Place): void {
  if (Array.isArray(value)) addAll(items, value, place);
  else if (value !== undefined) items.push(value);
}
