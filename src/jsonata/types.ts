import type { Memory } from "./memory.ts";

/** A JavaScript function that expressions call as `$name(…)`. Pure and total; a missing argument is `undefined`. */
export type HostFunction = (...args: unknown[]) => unknown;

/** Values that a caller binds for one evaluation, by name without the `$`. May hold functions. */
export type Variables = Readonly<Record<string, unknown>>;

/** Bounds on one evaluation; past them it ends in JSONata's own error (U1001 and its kin). */
export interface Limits {
  /** Nested calls of lambdas that are not tail calls. */
  readonly depth?: number;
  /** Function calls and loop steps in all; the guard against an endless tail call. */
  readonly steps?: number;
  /** Milliseconds of CPU time, looked at every thousand steps and around regular expressions that may backtrack. */
  readonly ms?: number;
  /** Items in one sequence that a range makes. */
  readonly items?: number;
  /** Characters in one string that an expression builds. */
  readonly characters?: number;
}

export interface CompileOptions {
  /** Known at compile time, so calls to them are direct. A name here hides a built-in of the same name. */
  readonly functions?: Readonly<Record<string, HostFunction>>;
  /**
   * Names that callers may bind at run time. When given, a `$name` that is neither here, nor in `functions`, nor a
   * built-in, nor bound by the expression itself is a problem at compile time; when absent, it evaluates to nothing,
   * as in JSONata.
   */
  readonly variables?: readonly string[];
  /**
   * A library: a block of assignments `( $f := function(…){…}; $g := …; )` that is in scope of the expression.
   * Only the assignments that the expression reaches are compiled into it.
   */
  readonly prelude?: string;
  readonly limits?: Limits;
  /** Remembers what texts were compiled to, so that they need not be parsed again. */
  readonly memory?: Memory;
}

/** One expression, ready to run. Synchronous, reentrant, without state between calls. */
export interface Expression {
  (input: unknown, variables?: Variables): unknown;
  readonly source: string;
  /** Run-time variables and host functions that the expression (with its prelude) refers to. */
  readonly uses: ReadonlySet<string>;
}

/** One step of a procedure. The numbers are those of its texts. */
export type Step =
  | { readonly kind: "when"; readonly test: number; readonly steps: readonly Step[] }
  /**
   * The steps run for every item, which is the input meanwhile; the variable `index` holds its number, and `outer` the
   * input around the outermost loop.
   */
  | {
      readonly kind: "each";
      readonly items: number;
      readonly index: string;
      readonly outer: string;
      readonly steps: readonly Step[];
    }
  /** Hands on a value as soon as it is there, before the next step is taken. */
  | {
      readonly kind: "tell";
      readonly value: number;
      readonly to: (value: unknown, variables: Record<string, unknown>) => void;
    };

/** Steps over one input as one function. `variables` is written to while loops run. */
export type Procedure = (input: unknown, variables: Record<string, unknown>) => void;

/** Something wrong with an expression, found before it runs. */
export interface Problem {
  /** JSONata's own code (S0201, T1005 …), or `unknown-function`, `unknown-variable`. */
  readonly code: string;
  readonly message: string;
  /** Offset of the first character concerned, 0-based, in the source (or in the prelude). */
  readonly position: number;
  /** How many characters are concerned; at least 1. */
  readonly length: number;
  readonly in: "source" | "prelude";
  /** What to write instead, where that is known: `did you mean $exists?`. */
  readonly cure?: string;
}

export type CompileResult =
  | { readonly ok: true; readonly expression: Expression }
  | { readonly ok: false; readonly problems: readonly Problem[] };
