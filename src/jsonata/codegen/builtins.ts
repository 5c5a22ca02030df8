/**
 * Calls of built-ins without the detour over their signature: a guard in the generated code asks whether the
 * arguments are what the signature wants as they are; if not, the general call does the rest.
 */
import { constant, define, literal, val } from "./context.ts";
import type { Cx, Kind, Val } from "./context.ts";
import { testOf } from "./operators.ts";

/** What a direct call needs to know. `slow`: code of the general call; `isFinished`: it ends unfinished sequences. */
interface Direct {
  readonly cx: Cx;
  readonly at: number;
  readonly slow: string;
  readonly isFinished: boolean;
}

type Generator = (args: readonly Val[], direct: Direct) => Val | undefined;

/** Built-ins whose arguments are all checked by `typeof`; a kind per parameter. */
const TYPED: Readonly<Record<string, readonly [...kinds: Kind[]]>> = {
  lowercase: ["string"],
  uppercase: ["string"],
  length: ["string"],
  trim: ["string"],
  substringBefore: ["string", "string"],
  substringAfter: ["string", "string"],
  substring: ["string", "number", "number"],
  contains: ["string", "string"],
  split: ["string", "string"],
  replace: ["string", "string", "string"],
  floor: ["number"],
  ceil: ["number"],
  abs: ["number"],
  round: ["number"],
  sqrt: ["number"],
  base64encode: ["string"],
  base64decode: ["string"],
};

/** Optional parameters of the above may be left out. */
const LEAST: Readonly<Record<string, number>> = { substring: 2 };

const RESULTS: Readonly<Record<string, Kind>> = {
  contains: "boolean",
  length: "number",
  floor: "number",
  ceil: "number",
  abs: "number",
};

function genTyped(name: string, args: readonly Val[], { cx, at, slow }: Direct): Val | undefined {
  const kinds = TYPED[name] as readonly Kind[];
  if (args.length > kinds.length || args.length < (LEAST[name] ?? kinds.length)) return undefined;
  const guards = args.flatMap((arg, i) =>
    arg.there && arg.kind === kinds[i] ? [] : [`typeof ${arg.code} === "${kinds[i]}"`],
  );
  const codes = args.map(({ code }) => code).join(", ");
  const call = `direct${args.length}(${constant(cx.unit, { implementation: name })}, ${codes}, ${at}, ${literal(name)})`;
  // Nothing in, nothing out.
  const otherwise = args.length === 1 ? `${codes} === undefined ? undefined : ${slow}` : slow;
  const kind = RESULTS[name] ?? (kinds[0] === "number" || name === "split" ? "any" : "string");
  return val(
    define(cx, guards.length === 0 ? call : `${guards.join(" && ")} ? ${call} : ${otherwise}`),
    kind,
    guards.length === 0,
  );
}

const UNTYPED: Readonly<Record<string, Generator>> = {
  exists: ([a], { cx }) => a && val(define(cx, `${a.code} !== undefined`), "boolean", true),
  type: ([a], { cx }) => a && val(define(cx, `typeOf(${a.code})`), "string", a.there),
  count: ([a], { cx }) => a && val(define(cx, `countOf(${a.code})`), "number", true),
  string: ([a, more], { cx, at }) =>
    a && more === undefined ? val(define(cx, `textOf(${a.code}, ${at})`), "string", a.there) : undefined,
  boolean: ([a], { cx }) =>
    a && val(define(cx, `${a.code} === undefined ? undefined : truthy(${a.code})`), "boolean", a.there),
  not: ([a], { cx }) => a && val(define(cx, negation(a)), "boolean", a.there),
  append: ([a, b], { cx, at }) => a && b && val(define(cx, `appendTo(${a.code}, ${b.code}, ${at})`)),
  join: ([a, b], { cx, slow }) => {
    if (a === undefined) return undefined;
    const separator = b === undefined ? '""' : b.code;
    const known = b === undefined || (b.kind === "string" && b.there);
    const fast = `joinOf(${a.code}, ${separator})`;
    const guard = known ? "" : `typeof ${separator} === "string" && `;
    return val(define(cx, `${guard}isJoinable(${a.code}) ? ${fast} : ${slow}`), "string");
  },
  keys: ([a], { cx, slow, isFinished }) =>
    a && isFinished
      ? val(
          define(
            cx,
            `${a.code} === undefined ? undefined : isObject(${a.code}) ? keysOf(${a.code}) : ${slow}`,
          ),
        )
      : undefined,
  merge: ([a], { cx, slow }) => a && val(define(cx, `areObjects(${a.code}) ? merge(${a.code}) : ${slow}`)),
  sum: ([a], direct) => a && genAggregate("sum", a, direct),
  max: ([a], direct) => a && genAggregate("max", a, direct),
  min: ([a], direct) => a && genAggregate("min", a, direct),
  lookup: ([a, b], { cx, slow }) =>
    a && b && b.kind === "string" && b.there
      ? val(define(cx, `Array.isArray(${a.code}) ? ${slow} : own(${a.code}, ${b.code})`))
      : undefined,
};

function genAggregate(name: string, { code }: Val, { cx, at, slow }: Direct): Val {
  const call = `direct1(${constant(cx.unit, { implementation: name })}, ${code}, ${at}, ${literal(name)})`;
  return val(define(cx, `areNumbers(${code}) ? ${call} : ${slow}`), "number");
}

function negation(value: Val): string {
  const code = `!(${testOf({ ...value, there: true })})`;
  return value.there ? code : `${value.code} === undefined ? undefined : ${code}`;
}

const COUNTS: Readonly<Record<string, readonly number[]>> = {
  string: [1, 2],
  append: [2],
  join: [1, 2],
  lookup: [2],
};

/** A direct call, where there is one for these arguments. */
export function genDirect(name: string, args: readonly Val[], direct: Direct): Val | undefined {
  const value = genDirectly(name, args, direct);
  // Some give back what they got.
  const mayPass = direct.cx.unit.unfinished && value?.kind === "any";
  return mayPass ? val(define(direct.cx, `fin(${value.code})`)) : value;
}

function genDirectly(name: string, args: readonly Val[], direct: Direct): Val | undefined {
  if (Object.hasOwn(TYPED, name)) return genTyped(name, args, direct);
  const generator = Object.hasOwn(UNTYPED, name) ? UNTYPED[name] : undefined;
  return (COUNTS[name] ?? [1]).includes(args.length) ? generator?.(args, direct) : undefined;
}
