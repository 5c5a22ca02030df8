/** The order in which exchanges that share a turn of the event loop go on. */
import { expect, test } from "vitest";
import { letLeave, takeUp } from "../../src/pipeline/turn.ts";

/** Has each of `count` exchanges take something up, work on over a few promises, and let its answer leave. */
async function runExchanges(count: number): Promise<string[]> {
  const log: string[] = [];
  const done = Array.from({ length: count }, (_, i) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    takeUp(() => {
      log.push(`take ${i}`);
      void (async () => {
        await undefined;
        await undefined;
        log.push(`work ${i}`);
        letLeave(() => {
          log.push(`leave ${i}`);
          resolve();
        });
      })();
    });
    return promise;
  });
  await Promise.all(done);
  return log;
}

const phase = (name: string, from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => `${name} ${from + i}`);

test("all is taken up, then worked on, then leaves, in the order of arrival and within one turn", async () => {
  let turns = 0;
  let counter = setImmediate(function next(): void {
    turns++;
    counter = setImmediate(next);
  });
  const log = await runExchanges(3);
  clearImmediate(counter);
  expect(log).toEqual([...phase("take", 0, 3), ...phase("work", 0, 3), ...phase("leave", 0, 3)]);
  expect(turns).toBeLessThanOrEqual(1);
});

test("the first of very many do not wait for the last", async () => {
  const log = await runExchanges(30);
  expect(log).toEqual([
    ...phase("take", 0, 16),
    ...phase("work", 0, 16),
    ...phase("leave", 0, 16),
    ...phase("take", 16, 30),
    ...phase("work", 16, 30),
    ...phase("leave", 16, 30),
  ]);
});

test("what is let leave while something leaves is not forgotten", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  letLeave(() => letLeave(() => takeUp(() => resolve("here"))));
  expect(await promise).toBe("here");
});
