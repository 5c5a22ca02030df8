import { fault } from "../error.ts";

/** Bits that JSONata hangs on arrays. They are kept beside the arrays, so that none of them leaves with a result. */
export const SEQUENCE = 1;
export const KEEP = 2;
export const CONS = 4;

export interface State {
  /** Arrays with flags; null until the first one. Only flags that something can still observe are recorded. */
  flags: Map<object, number> | null;
  /** Record the flag of longer sequences too; only `$distinct` can tell them apart. */
  track: boolean;
  steps: number;
  depth: number;
  maxSteps: number;
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
  flags: null,
  track: false,
  steps: 0,
  depth: 0,
  maxSteps: 0,
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
  S.flags ??= new Map();
  S.flags.set(array, (S.flags.get(array) ?? 0) | bits);
  return array;
}

export function flagsOf(array: object): number {
  return S.flags === null ? 0 : (S.flags.get(array) ?? 0);
}

/** Counts work; the guard of loops and endless tail calls. */
export function tick(steps: number, place?: number): void {
  if ((S.steps += steps) > S.maxSteps) {
    throw fault("U1001", {
      message: `The expression took more than ${S.maxSteps} steps`,
      value: S.maxSteps,
      place,
    });
  }
}

/** A call of a lambda that is nested too deep, or one too many. Errors end the whole evaluation: nothing is counted back. */
export function overrun(place: number): void {
  if (S.depth > S.maxDepth) {
    throw fault("U1001", {
      message: `Calls are nested more than ${S.maxDepth} deep`,
      value: S.maxDepth,
      place,
    });
  }
  tick(0, place);
}

export function checkText(text: string): string {
  if (text.length > S.maxCharacters) {
    throw fault("U1001", {
      message: `A string grew longer than ${S.maxCharacters} characters`,
      value: text.length,
    });
  }
  if (text.length > 4096) tick(text.length >> 6);
  return text;
}

/** Counts work on a long text, which a built-in may copy: many copies together are bounded by the steps. */
export function charge(value: unknown): void {
  if (typeof value === "string" && value.length > 4096) tick(value.length >> 6);
}

export function checkItems(count: number): void {
  if (count > S.maxItems) throw fault("D2015", { value: count });
}
