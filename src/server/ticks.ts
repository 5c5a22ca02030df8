import { executionAsyncResource } from "node:async_hooks";

/** What Node made of one call of `process.nextTick`: held for its hidden class. */
let kept: object | undefined;

/**
 * Keeps `process.nextTick` quick: a request calls it eight times. Node makes an object with three computed keys for each call.
 * V8 collects their hidden class when a major collection finds none of them alive, and when that has happened for the third
 * time it gives up on the code that makes them: each call takes 250 ns instead of 25, until the process ends. One that
 * stays alive keeps the class. Pinned by test/start/ticks.test.ts.
 */
export function keepTickShape(): void {
  process.nextTick(() => {
    kept ??= executionAsyncResource();
  });
}
