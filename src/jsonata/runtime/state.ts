import { fault } from "../error.ts";
import type { Fault } from "../error.ts";

/** Bits that JSONata hangs on arrays. They are kept beside the arrays, so that none of them leaves with a result. */
export const SEQUENCE = 1;
export const KEEP = 2;
export const CONS = 4;

export interface State {
  /** The first array with flags, and its flags; null until there is one. Only what something can still observe is recorded. */
  flagged: object | null;
  bits: number;
  /** Further arrays with flags, which most evaluations have none of. */
  others: Map<object, number> | null;
  /** Record the flag of longer sequences too; only `$distinct` can tell them apart. */
  track: boolean;
  steps: number;
  depth: number;
  /** The number of steps at which the limits are looked at next. */
  mark: number;
  /** When the time is up, on the clock of `cpuMs`; 0 until the clock is first looked at. */
  endsAt: number;
  maxSteps: number;
  maxMs: number;
  maxDepth: number;
  maxItems: number;
  maxCharacters: number;
  /** The limits that the maxima were taken from. */
  limits: object | undefined;
  /** An evaluation is under way. */
  running: boolean;
  /** Its input and its variables, for functions that expressions share. */
  input: unknown;
  vars: object;
  /** The clock of `$now` and `$millis`, read once per evaluation. */
  now: number;
}

/** The evaluation that runs now. One at a time: evaluation is synchronous, and entering saves what it finds. */
export const S: State = {
  flagged: null,
  bits: 0,
  others: null,
  track: false,
  steps: 0,
  depth: 0,
  mark: 0,
  endsAt: 0,
  maxSteps: 0,
  maxMs: 0,
  maxDepth: 0,
  maxItems: 0,
  maxCharacters: 0,
  limits: undefined,
  running: false,
  input: undefined,
  vars: {},
  now: 0,
};

/** Adds flags to an array and gives it back. */
export function mark<T extends object>(array: T, bits: number): T {
  if (S.flagged === null || S.flagged === array) {
    S.bits = S.flagged === null ? bits : S.bits | bits;
    S.flagged = array;
  } else {
    S.others ??= new Map();
    S.others.set(array, (S.others.get(array) ?? 0) | bits);
  }
  return array;
}

export function flagsOf(array: object): number {
  if (array === S.flagged) return S.bits;
  return S.others === null ? 0 : (S.others.get(array) ?? 0);
}

/** Steps between two looks at the clock: a fraction of a millisecond, of which a look is a hundredth. */
const stride = 1024;

/**
 * CPU time in ms: what other programs take of the machine must not make an expression fail. That of this thread alone
 * where Node tells it (23.9), otherwise of the process.
 */
function cpuMs(): number {
  const { user, system } = (process.threadCpuUsage ?? process.cpuUsage)();
  return (user + system) / 1000;
}

/** The first mark of an evaluation. Those that end before it, which is nearly all, never look at the clock. */
export function firstMark(maxSteps: number): number {
  return Math.min(stride, maxSteps);
}

/** Counts work; the guard of loops and endless tail calls. */
export function tick(steps: number, place?: number): void {
  if ((S.steps += steps) > S.mark) look(place);
}

/** Ends the evaluation when it has taken too many steps or too long, and sets the next mark. */
export function look(place?: number): void {
  if (S.steps > S.maxSteps)
    throw limitPassed(`The expression took more than ${S.maxSteps} steps`, S.maxSteps, place);
  if (timeLeft() < 0) throw limitPassed(`The expression took more than ${S.maxMs} ms`, S.maxMs, place);
  S.mark = Math.min(S.maxSteps, S.steps + stride);
}

/** Milliseconds that the evaluation may still take; its clock runs from when this is first asked. */
export function timeLeft(): number {
  const now = cpuMs();
  if (S.endsAt === 0) S.endsAt = now + S.maxMs;
  return S.endsAt - now;
}

export function limitPassed(message: string, value: number, place?: number): Fault {
  return fault("U1001", { message, value, place });
}

/** A call of a lambda that is nested too deep, or one too many. Errors end the whole evaluation: nothing is counted back. */
export function overrun(place: number): void {
  if (S.depth > S.maxDepth)
    throw limitPassed(`Calls are nested more than ${S.maxDepth} deep`, S.maxDepth, place);
  tick(0, place);
}

export function checkText(text: string): string {
  checkLength(text.length);
  if (text.length > 4096) tick(text.length >> 6);
  return text;
}

export function checkLength(length: number): void {
  if (length > S.maxCharacters)
    throw limitPassed(`A string grew longer than ${S.maxCharacters} characters`, length);
}

/**
 * Counts work on a long text, which a built-in may copy, and on a long list, which it may go through: many of them
 * together are bounded by the steps.
 */
export function charge(value: unknown, place?: number): void {
  if (typeof value === "string") {
    if (value.length > 4096) tick(value.length >> 6, place);
  } else if (Array.isArray(value) && value.length > 256) tick(value.length >> 4, place);
}

/** Adds all items of a list to another one. Millions of them are work like any other, which the evaluation's time bounds. */
export function addAll(items: unknown[], more: readonly unknown[], place?: number): void {
  for (let i = 0; i < more.length; i++) {
    items.push(more[i]);
    if ((i & 255) === 255) tick(16, place);
  }
}

export function checkItems(count: number): void {
  if (count > S.maxItems) throw fault("D2015", { value: count });
}
