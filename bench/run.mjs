// Everything that is measured, in one run: `npm run bench`. README.md says what it means and how to read it.
import { writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chart } from "./chart.mjs";
import { measureServers } from "./servers/index.mjs";
import { measureStart } from "./start/index.mjs";
import { measureTranslation } from "./translation/index.mjs";

const here = import.meta.dirname;
const { values: given } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    level: { type: "string" },
    pair: { type: "string", default: "openai-chat:anthropic" },
    rounds: { type: "string" },
  },
});
const options = {
  isQuick: given.quick,
  only: given.only,
  pair: given.pair.split(":"),
  rounds: given.rounds && Number(given.rounds),
};
const levels = { servers: measureServers, start: measureStart, translation: measureTranslation };
if (given.level && !(given.level in levels))
  throw new TypeError(`--level takes ${Object.keys(levels).join(", ")}, not ${given.level}`);

const machine = {
  date: new Date().toISOString().slice(0, 10),
  cpu: cpus()[0]?.model.trim(),
  cores: availableParallelism(),
  node: process.version,
};
console.log(`# llmbridge, ${machine.date}\n\n${machine.cpu}, ${machine.cores} cores, Node ${machine.node}.`);
const startedAt = performance.now();
const results = { machine };
for (const [level, measure] of Object.entries(levels))
  if (!given.level || given.level === level) results[level] = await measure(options);
console.log(`\nTook ${Math.round((performance.now() - startedAt) / 1000)} s.`);

const isWhole = !given.only && !given.level && given.pair === "openai-chat:anthropic";
if (isWhole) {
  writeFileSync(join(here, "results.json"), `${JSON.stringify(results, null, 1)}\n`);
  writeFileSync(join(here, "../docs/bench.svg"), chart(results));
}
