/** What only starting has needed goes back to the system: in a process of its own, because a test runner's heap is not a server's. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { constants } from "node:perf_hooks";
import { expect, test } from "vitest";

const module = join(import.meta.dirname, "../../src/server/give-back.ts");

const program = `
import { giveBack } from ${JSON.stringify(module)};
let kept;
for (let i = 0; i < 300; i++) kept = Array.from({ length: 20_000 }, (_, n) => ({ n }));
kept = undefined;
const before = process.memoryUsage();
giveBack();
const after = process.memoryUsage();
console.log(JSON.stringify({ before: before.heapTotal, after: after.heapTotal, gc: typeof gc }));
`;

const flag = "--semi-space-growth-factor=1";
/** The halves of the young generation: at the start, after much that stays, and under work where little does. */
const growing = `
import v8 from "node:v8";
import { settleMemory } from ${JSON.stringify(module)};
const half = () => {
  const young = v8.getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space");
  return young.space_used_size + young.space_available_size;
};
v8.setFlagsFromString("${flag}");
const atStart = half();
const kept = [];
for (let i = 0; i < 1_000_000; i++) kept.push({ i });
const held = half();
kept.length = 0;
settleMemory();
let grown = 0;
for (let i = 0; i < 2_000; i++) {
  kept[i % 50] = Array.from({ length: 2_000 }, (_, k) => ({ k }));
  await new Promise(setImmediate);
  grown = Math.max(grown, half());
}
console.log(JSON.stringify({ atStart, held, grown }));
`;

/** Time as it is told: what follows on quiet is looked at, not waited for. */
const resting = `
import { PerformanceObserver } from "node:perf_hooks";
import { mock } from "node:test";
import { settleMemory } from ${JSON.stringify(module)};
mock.timers.enable({ apis: ["setTimeout"] });
const turn = () => new Promise(setImmediate);
const kinds = [];
settleMemory();
const work = async () => {
  for (let i = 0; i < 60; i++) {
    const kept = Array.from({ length: 20_000 }, (_, k) => ({ k }));
    await turn();
  }
  // What V8 began by itself, it ends.
  for (const until = performance.now() + 500; performance.now() < until;) await turn();
};
await work();
mock.timers.tick(29_000);
await work();
new PerformanceObserver((list) => kinds.push(...list.getEntries().map(({ detail }) => detail.kind))).observe({ entryTypes: ["gc"] });
const told = [];
for (const ms of [29_000, 1_000, 14_000, 1_000, 15_000]) {
  mock.timers.tick(ms);
  for (let i = 0; i < 5; i++) await turn();
  told.push(kinds.splice(0));
}
console.log(JSON.stringify(told));
`;

function run(program: string): unknown {
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
    encoding: "utf8",
  });
  // A flag that this Node does not know would be told there.
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

test("while a server starts the young generation does not grow, and later it does, to its bound", () => {
  const { atStart, held, grown } = run(growing) as { atStart: number; held: number; grown: number };
  expect(held).toBe(atStart);
  expect(grown).toBeGreaterThan(8 << 20);
  expect(grown).toBeLessThanOrEqual(24 << 20);
  expect(readFileSync(join(import.meta.dirname, "../../bin/llmbridge.mjs"), "utf8")).toContain(flag);
});

test("what load has needed is given back once there is quiet, in three collections, and no sooner", () => {
  const { NODE_PERFORMANCE_GC_MAJOR: major, NODE_PERFORMANCE_GC_MINOR: minor } = constants;
  expect(run(resting)).toEqual([[], [major], [], [major], [minor]]);
});

test("the heap shrinks to what is in use, and no collector is left lying about", () => {
  const { before, after, gc } = run(program) as { before: number; after: number; gc: string };
  expect(before).toBeGreaterThan(20e6);
  expect(after).toBeLessThan(10e6);
  expect(gc).toBe("undefined");
});
