/** The frame around a run: limits, flags, and what shared functions read of it. */
import { settle } from "../error.ts";
import type { Limits, Variables } from "../types.ts";
import { S, firstMark } from "./state.ts";

/** Generated code of an expression. */
export type Run = (input: unknown, variables: object) => unknown;

const NONE: Variables = Object.freeze({});

/**
 * A function that evaluates an expression within its limits. `generate` gives its code, and is asked when it first runs.
 * Host functions may run other expressions meanwhile; what was there before is put back then.
 */
export function evaluation(
  generate: () => Run,
  limits: Required<Limits>,
  track: boolean,
): (input: unknown, variables?: Variables) => unknown {
  const first = firstMark(limits.steps);
  let run: Run | undefined;
  return (input, variables = NONE) => {
    run ??= generate();
    const outer = S.running ? { ...S } : undefined;
    S.running = true;
    S.track = track;
    S.steps = 0;
    S.mark = first;
    S.endsAt = 0;
    S.depth = 0;
    S.input = input;
    S.vars = variables;
    if (outer !== undefined) reset();
    if (S.limits !== limits) limit(limits);
    try {
      return run(input, variables);
    } catch (thrown) {
      reset();
      throw settle(thrown);
    } finally {
      if (outer === undefined) leave();
      else Object.assign(S, outer);
    }
  };
}

/** What a run leaves as it found it, unless it fails or is met by another one in its midst. */
function reset(): void {
  S.flagged = null;
  S.others = null;
  S.now = 0;
}

function leave(): void {
  S.running = false;
  S.input = undefined;
  S.vars = NONE;
  S.flagged = null;
  S.others = null;
  S.now = 0;
}

function limit(limits: Required<Limits>): void {
  S.limits = limits;
  S.maxSteps = limits.steps;
  S.maxMs = limits.ms;
  S.maxDepth = limits.depth;
  S.maxItems = limits.items;
  S.maxCharacters = limits.characters;
}
