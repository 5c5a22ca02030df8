/** Work that can be done in one go or bit by bit. */
import { setImmediate } from "node:timers/promises";

/** Yields wherever something else may be done before it goes on; gives its result in the end. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** All of it, now. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** So long requests may wait for a piece of work. */
const sliceMs = 1;

/** All of it, in slices between which requests are answered. */
export async function bitByBit<T>(steps: Steps<T>): Promise<T> {
  let startedAt = performance.now();
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    if (performance.now() - startedAt < sliceMs) continue;
    await setImmediate();
    startedAt = performance.now();
  }
}
