/** What only starting has needed goes back to the system: in a process of its own, because a test runner's heap is not a server's. */
import { execFileSync } from "node:child_process";
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

test("the heap shrinks to what is in use, and no collector is left lying about", () => {
  const out = execFileSync(process.execPath, ["--input-type=module", "--eval", program], {
    encoding: "utf8",
  });
  const { before, after, gc } = JSON.parse(out) as { before: number; after: number; gc: string };
  expect(before).toBeGreaterThan(20e6);
  expect(after).toBeLessThan(10e6);
  expect(gc).toBe("undefined");
});
