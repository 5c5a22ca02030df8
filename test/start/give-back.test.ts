/** What only starting has needed goes back to the system: in a process of its own, because a test runner's heap is not a server's. */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
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
const growing = `
import v8 from "node:v8";
import { settleMemory } from ${JSON.stringify(module)};
const kept = [];
const keep = (count) => { for (let i = 0; i < count; i++) kept.push({ i }); };
const young = () => v8.getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space").space_size;
v8.setFlagsFromString("${flag}");
const atStart = young();
keep(1_000_000);
const held = young();
settleMemory();
let grown = 0;
for (let i = 0; i < 200; i++) {
  keep(20_000);
  await new Promise(setImmediate);
  grown = Math.max(grown, young());
}
console.log(JSON.stringify({ atStart, held, grown }));
`;

test("while a server starts the young generation does not grow, and later it does", () => {
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", growing], {
    encoding: "utf8",
  });
  // A flag that this Node does not know would be told there.
  expect(stderr).toBe("");
  const { atStart, held, grown } = JSON.parse(stdout) as { atStart: number; held: number; grown: number };
  expect(held).toBeLessThan(atStart + 2e6);
  expect(grown).toBeGreaterThan(held * 2);
  expect(readFileSync(join(import.meta.dirname, "../../bin/llmbridge.mjs"), "utf8")).toContain(flag);
});

test("the heap shrinks to what is in use, and no collector is left lying about", () => {
  const out = execFileSync(process.execPath, ["--input-type=module", "--eval", program], {
    encoding: "utf8",
  });
  const { before, after, gc } = JSON.parse(out) as { before: number; after: number; gc: string };
  expect(before).toBeGreaterThan(20e6);
  expect(after).toBeLessThan(10e6);
  expect(gc).toBe("undefined");
});
