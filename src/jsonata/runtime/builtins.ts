/** All built-ins as function values, with the reference's signatures. */
import { parseSignature, referenceFunction } from "../reference.ts";
import { describe } from "./calls.ts";
import type { Callable, Meta } from "./calls.ts";
import * as collections from "./collections.ts";
import * as higher from "./higher-order.ts";
import * as regex from "./regex.ts";
import { S, charge, checkLength, checkText } from "./state.ts";
import { clone } from "./transform.ts";
import { text, truthy, walkJson } from "./values.ts";
import { watched } from "./watch.ts";

/** Taken from the reference as they are: synchronous, and blind to the flags of arrays. */
const BORROWED = (
  "sum max min average substring substringBefore substringAfter lowercase uppercase length trim formatNumber " +
  "formatBase formatInteger parseInteger number floor ceil round abs sqrt power random zip reverse error assert " +
  "type shuffle base64encode base64decode encodeUrlComponent encodeUrl decodeUrlComponent decodeUrl toMillis " +
  "fromMillis"
).split(" ");

/** What the reference's implementations see as `this`: the clock of the evaluation, for dates without a year or a day. */
const surroundings = {
  environment: {
    get timestamp(): Date {
      return new Date(now());
    },
  },
};

const borrowed = (name: string): Callable => referenceFunction(name).implementation.bind(surroundings);

const formatDate = borrowed("fromMillis");
const printPretty = borrowed("string");
const padReference = borrowed("pad");
const joinReference = borrowed("join");

function string(value?: unknown, pretty?: unknown): unknown {
  if (pretty !== true || typeof value !== "object") return text(value);
  walkJson(value);
  return checkText(printPretty(value, true) as string);
}

function pad(value?: unknown, width?: unknown, filler?: unknown): unknown {
  // Checked before: the reference builds the padding first.
  checkLength(Math.abs(width as number));
  return value === undefined ? undefined : checkText(padReference(value, width, filler) as string);
}

function join(parts?: unknown, separator?: unknown): unknown {
  const joined = joinReference(parts, separator);
  return typeof joined === "string" ? checkText(joined) : joined;
}

/** Written here: name, implementation, and whether an array that it returns is an unfinished sequence. */
const OWN: Readonly<Record<string, readonly [implementation: Callable, sequence: boolean]>> = {
  count: [collections.count, false],
  string: [string, false],
  pad: [pad, false],
  join: [join, false],
  clone: [clone, false],
  boolean: [(value) => (value === undefined ? undefined : truthy(value)), false],
  not: [(value) => (value === undefined ? undefined : !truthy(value)), false],
  keys: [collections.keys, true],
  lookup: [collections.lookupKey, false],
  append: [collections.append, false],
  exists: [collections.exists, false],
  spread: [collections.spread, false],
  merge: [collections.merge, false],
  distinct: [collections.distinct, false],
  map: [higher.map, true],
  filter: [higher.filter, true],
  single: [higher.single, false],
  reduce: [higher.reduce, false],
  each: [higher.each, true],
  sift: [higher.sift, false],
  sort: [higher.sort, false],
  contains: [regex.contains, false],
  match: [regex.match, true],
  split: [regex.split, false],
  replace: [regex.replace, false],
};

/** What is borrowed counts no steps on its way through a list; of this length it takes some milliseconds. */
function isLong(value: unknown): boolean {
  return Array.isArray(value) && value.length > 50_000;
}

const implementations = new Map<string, Callable>();

/** A built-in without its signature, for calls whose arguments are known to fit. */
export function implementationOf(name: string): Callable {
  return implementations.get(name) as Callable;
}

function define(name: string, implementation: Callable, sequence: boolean): Callable {
  const { implementation: model, signature } = referenceFunction(name);
  implementations.set(name, implementation);
  const native = (...args: unknown[]): unknown => {
    charge(args[0]);
    return isLong(args[0]) && BORROWED.includes(name)
      ? watched(() => implementation(...args))
      : implementation(...args);
  };
  return describe(native, { name, arity: model.length, signature, sequence });
}

function defineClock(name: string, signature: string, arity: number, read: Callable): Callable {
  const meta: Meta = { name, arity, signature: parseSignature(signature) };
  return describe((...args: unknown[]) => read(...args), meta);
}

function now(): number {
  if (S.now === 0) S.now = Date.now();
  return S.now;
}

/** Every built-in by name, `$eval` excepted. */
export const builtins: ReadonlyMap<string, Callable> = new Map([
  ...BORROWED.map((name) => [name, define(name, borrowed(name), false)] as const),
  ...Object.entries(OWN).map(([name, [code, sequence]]) => [name, define(name, code, sequence)] as const),
  ["now", defineClock("now", "<s?s?:s>", 2, (picture, zone) => formatDate(now(), picture, zone))] as const,
  ["millis", defineClock("millis", "<:n>", 0, now)] as const,
]);
