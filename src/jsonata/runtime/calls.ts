/** Functions as values. All are JavaScript functions; what the evaluator must know beyond that is kept beside them. */
import { fault } from "../error.ts";
import type { Fault } from "../error.ts";
import type { Signature } from "../reference.ts";
import { fin, finKeep } from "./sequences.ts";
import { S, SEQUENCE, mark, tick } from "./state.ts";
import { isFunction } from "./values.ts";
import type { Place } from "./operators.ts";

export type Callable = (...args: unknown[]) => unknown;

export interface Meta {
  /** How many arguments a higher-order function offers it. */
  readonly arity: number;
  readonly signature?: Signature | undefined;
  readonly name?: string;
  /** The result, where it is an array, is an unfinished sequence. */
  readonly sequence?: boolean;
  /** A call in tail position that is still to be made; the trampoline makes it. */
  readonly tail?: Tail;
}

interface Tail {
  readonly callee: unknown;
  readonly args: unknown[];
  readonly context: unknown;
  readonly place: Place;
  readonly name: string | undefined;
}

const metas = new WeakMap<object, Meta>();

export function describe<F extends object>(f: F, meta: Meta): F {
  metas.set(f, meta);
  return f;
}

export function metaOf(f: unknown): Meta | undefined {
  return isFunction(f) ? metas.get(f) : undefined;
}

export function arityOf(f: Callable): number {
  return metas.get(f)?.arity ?? f.length;
}

/** Adds what is not yet known of the place where an error arose. */
export function located(thrown: unknown, place: Place, name: string | undefined): unknown {
  if (typeof thrown !== "object" || thrown === null || thrown instanceof Error) return thrown;
  const error = thrown as Fault;
  if (error.place === undefined) error.place = place;
  if (error.token === undefined && name !== undefined) error.token = name;
  return error;
}

/** A tail call as a value: a function, as nothing but the trampoline may look into it. */
export function tailCall(
  callee: unknown,
  args: unknown[],
  context: unknown,
  place: Place,
  name?: string,
): Callable {
  const tail: Tail = { callee, args, context, place, name };
  return describe(() => undefined, { arity: 0, tail });
}

function applyOnce(
  f: unknown,
  args: unknown[],
  context: unknown,
  place: Place,
  name: string | undefined,
): unknown {
  if (!isFunction(f)) throw fault("T1006", { place, token: name });
  const meta = metas.get(f);
  try {
    if (meta === undefined) return f(...args);
    const valid = meta.signature === undefined ? args : meta.signature.validate(args, context);
    const result = f(...valid);
    if (meta.sequence !== true || !Array.isArray(result)) return result;
    return result.length < 2 || S.track ? mark(result, SEQUENCE) : result;
  } catch (thrown) {
    throw located(thrown, place, name);
  }
}

/** Makes the tail calls that a function left behind. The result may be an unfinished sequence, marked as one. */
export function settle(left: unknown, context: unknown): unknown {
  if (typeof left !== "function") return left;
  let result = left as unknown;
  for (let tail = metaOf(result)?.tail; tail !== undefined; tail = metaOf(result)?.tail) {
    tick(1, tail.place);
    result = applyOnce(tail.callee, tail.args, context, tail.place, tail.name);
  }
  return result;
}

/** Calls a function and all its tail calls. */
export function apply(f: unknown, args: unknown[], context: unknown, place: Place, name?: string): unknown {
  return settle(applyOnce(f, args, context, place, name), context);
}

/** A call written in an expression. */
export function call(f: unknown, args: unknown[], context: unknown, place: Place, name?: string): unknown {
  return fin(apply(f, args, context, place, name));
}

/** The same with `[]` behind it. */
export function callKeep(
  f: unknown,
  args: unknown[],
  context: unknown,
  place: Place,
  name?: string,
): unknown {
  return fin(finKeep(apply(f, args, context, place, name)));
}

/** A call by a built-in. There is no context then, and the result is not finished. */
export function invoke(f: Callable, ...args: unknown[]): unknown {
  return apply(f, args, null, undefined as never);
}

/** Calls with as many of the arguments as the function takes, the first always. */
export function offer(f: Callable, arity: number, a: unknown, b: unknown, c: unknown): unknown {
  if (arity >= 3) return invoke(f, a, b, c);
  return arity === 2 ? invoke(f, a, b) : invoke(f, a);
}

/** Marks an open place in a partial application. */
export const OPEN: unique symbol = Symbol("?");

/** `f(a, ?)`. `count`: how many parameters f has. */
export function partial(f: unknown, args: readonly unknown[], place: Place, name?: string): Callable {
  if (!isFunction(f)) throw fault("T1008", { place, token: name });
  const arity = arityOf(f);
  const slots = Array.from({ length: arity }, (_, i) => args[i]);
  const open = slots.flatMap((arg, i) => (arg === OPEN ? [i] : []));
  const applied = (...rest: unknown[]): unknown => {
    const all = slots.slice();
    open.forEach((slot, i) => (all[slot] = rest[i]));
    return apply(f, all, null, place, name);
  };
  return describe(applied, { arity: open.length });
}

/** A function value as JavaScript may call it: tail calls are made, sequences finished. */
export function exported(value: unknown): unknown {
  if (!isFunction(value)) return value;
  const f = (...args: unknown[]): unknown => fin(apply(value, args, null, undefined as never));
  return describe(f, { arity: arityOf(value) });
}

/** `value ~> f`, or the composition of two functions. */
export function chain(value: unknown, f: unknown, place: Place): unknown {
  return fin(chainRaw(value, f, place));
}

/** The same with `[]` behind either side. */
export function chainKeep(value: unknown, f: unknown, place: Place): unknown {
  return fin(finKeep(chainRaw(value, f, place)));
}

export function chainRaw(value: unknown, f: unknown, place: Place): unknown {
  if (!isFunction(f)) throw fault("T2006", { place, value: f });
  if (!isFunction(value)) return apply(f, [value], null, place);
  const composed = (x: unknown): unknown => apply(f, [fin(invoke(value, fin(x)))], null, place);
  return describe(composed, { arity: 1 });
}
