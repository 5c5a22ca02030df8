import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";

const module = new URL("../../src/server/ticks.ts", import.meta.url).href;

/** Ticks, and then a collection that finds none of them alive, six times over. */
const program = (before: string): string => `
  import { keepTickShape } from ${JSON.stringify(module)};
  ${before}
  const turn = () => new Promise((done) => setImmediate(done));
  await turn();
  for (let i = 0; i < 6; i++) {
    for (let k = 0; k < 100; k++) process.nextTick(() => undefined);
    await turn();
    gc();
    await turn();
  }
`;

/** The hidden classes of ticks that Node's own code met: V8's log names each the first time. */
async function tickShapes(before: string): Promise<Set<string>> {
  const folder = await mkdtemp(join(tmpdir(), "ticks-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const log = join(folder, "v8.log");
  const flags = ["--expose-gc", "--log-ic", "--no-logfile-per-isolate", `--logfile=${log}`];
  await promisify(execFile)(process.execPath, [...flags, "--input-type=module", "-e", program(before)]);
  const lines = (await readFile(log, "utf8")).split("\n");
  const met = lines.filter((line) => line.startsWith("KeyedLoadIC,") && line.includes('"async_id_symbol"'));
  return new Set(met.map((line) => line.split(",")[7]!));
}

test("the hidden class of ticks outlives collections that find none of them", async () => {
  expect((await tickShapes("keepTickShape();")).size).toBe(1);
});

test("it would not by itself", async () => {
  expect((await tickShapes("")).size).toBeGreaterThan(2);
});
