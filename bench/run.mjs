// Everything that is measured, in one run: `npm run bench`. README.md says what it means and how to read it.
import { mkdtempSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chart } from "./chart.mjs";
import { measureExpressions } from "./expressions/index.mjs";
import { measureServers } from "./servers/index.mjs";
import { measureStart } from "./start/index.mjs";
import { measureTranslation } from "./translation/index.mjs";

const here = import.meta.dirname;
const headline = "openai-chat:anthropic";
const levels = {
  start: measureStart,
  servers: measureServers,
  translation: measureTranslation,
  expressions: measureExpressions,
};

const { values: given } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    level: { type: "string" },
    pair: { type: "string", default: headline },
    rounds: { type: "string" },
  },
});
if (given.level && !(given.level in levels))
  throw new TypeError(`--level takes ${Object.keys(levels).join(", ")}, not ${given.level}`);
const options = {
  isQuick: given.quick,
  only: given.only,
  pair: given.pair.split(":"),
  rounds: given.rounds && Number(given.rounds),
};

const machine = {
  date: new Date().toISOString().slice(0, 10),
  cpu: cpus()[0]?.model.trim(),
  cores: availableParallelism(),
  node: process.version,
};
console.log(`# llmbridge, ${machine.date}\n\n${machine.cpu}, ${machine.cores} cores, Node ${machine.node}.`);
// A cache of its own, empty: the first start is a first start.
process.env["LLMBRIDGE_CACHE"] = mkdtempSync(join(tmpdir(), "bench-cache-"));
const startedAt = performance.now();
const results = { machine };
for (const [level, measure] of Object.entries(levels))
  if (!given.level || given.level === level) results[level] = await measure(options);

console.log(`
Left out: TLS, real networks and upstreams that take their time, logging, several workers, images and long documents, and
any gateway but Portkey's. Absolute figures are this machine's; the ratios are what can be compared.

Took ${Math.round((performance.now() - startedAt) / 1000)} s.`);

const isWhole = !given.quick && !given.only && !given.level && given.pair === headline;
if (isWhole) {
  writeFileSync(join(here, "results.json"), `${JSON.stringify(results)}\n`);
  writeFileSync(join(here, "../docs/bench.svg"), chart(results));
}
