/** Work that cannot count its own steps, ended from outside when the evaluation's time is up. */
import { Script, createContext } from "node:vm";
import type { Context } from "node:vm";
import { S, limitPassed, look, timeLeft } from "./state.ts";
import type { Place } from "./operators.ts";

const script = new Script("work()");
/** Made when it is first needed, which is hardly ever. */
let room: Context | undefined;

/**
 * Does some work and gives its result; ends it when the evaluation's time is up. A thread watches the clock meanwhile,
 * which costs about a tenth of a millisecond: only for what may take long.
 */
export function watched<T>(work: () => T, place?: Place): T {
  look(place);
  room ??= createContext({ work: undefined });
  room["work"] = work;
  try {
    return script.runInContext(room, { timeout: Math.max(1, Math.ceil(timeLeft())) }) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
    throw limitPassed(`The expression took more than ${S.maxMs} ms`, S.maxMs, place);
  } finally {
    room["work"] = undefined;
  }
}
