/** Calls of the caller's own functions: they get functions that JavaScript can call, and their errors a place. */
import { exported, located } from "./calls.ts";
import type { Callable } from "./calls.ts";
import type { Place } from "./operators.ts";
import { charge } from "./state.ts";

/** Long results count as work, because memory has a bound, too. */
export function charged(result: unknown): unknown {
  charge(result);
  return result;
}

export function callHost(f: Callable, args: unknown[], place: Place, name: string): unknown {
  try {
    return charged(f(...args.map(exported)));
  } catch (thrown) {
    throw located(thrown, place, name);
  }
}
