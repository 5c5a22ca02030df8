// Translations alone, without a server: requests, answers and streams of every pair of formats, against reading and
// writing the same JSON once, which no translator can do without.
import { loadMappings } from "../../src/index.ts";
import { printTable } from "../figures.mjs";
import { measureAnswer, measureRequest, measureStream } from "./pairs.mjs";

const clients = ["openai-chat", "openai-responses", "anthropic", "gemini"];
const sizes = ["small", "medium", "large"];
const pairsOf = (upstreams) =>
  clients.flatMap((from) => upstreams.filter((to) => to !== from).map((to) => [from, to]));

export async function measureTranslation({ isQuick, only }) {
  console.log("\n## Translations alone, CPU time");
  const { mappings } = loadMappings();
  const timing = isQuick ? { rounds: 5, sliceMs: 4, warmMs: 120 } : { rounds: 11, sliceMs: 5, warmMs: 300 };
  const parts = { requests: tellRequests, answers: tellAnswers, streams: tellStreams };
  const results = {};
  for (const [name, tell] of Object.entries(parts))
    if (name.includes(only)) results[name] = await tell(mappings, timing);
  return results;
}

async function tellRequests(mappings, timing) {
  const results = {};
  for (const [from, to] of pairsOf([...clients, "codex"])) {
    const row = {};
    for (const size of sizes)
      row[size] = await measureRequest(mappings.get(from), mappings.get(to), size, timing);
    results[`${from} → ${to}`] = row;
  }
  printTable(
    "requests: decode + encode in µs, that against JSON.parse + JSON.stringify of the request, and the same with check and fit",
    ["", ...sizes.flatMap((size) => [`${size} µs`, "× JSON", "all × JSON"])],
    Object.entries(results).map(([pair, row]) => [
      pair,
      ...sizes.flatMap((size) => [row[size].micros, row[size].mappings, row[size].all]),
    ]),
  );
  return results;
}

function tellAnswers(mappings, timing) {
  return tellPairs(mappings, timing, measureAnswer, [
    "answers of one sentence: decode + encode in µs, and against JSON.parse + JSON.stringify of the answer",
    "µs",
    "× JSON",
  ]);
}

function tellStreams(mappings, timing) {
  return tellPairs(mappings, timing, measureStream, [
    "streams: µs from an upstream's bytes to a client's for each text token, and against parsing and printing its frame",
    "µs/token",
    "× JSON",
  ]);
}

/** Here the upstream's format is what is read: it stands on the left. */
function tellPairs(mappings, timing, measure, [title, ...head]) {
  const results = Object.fromEntries(
    pairsOf(clients).map(([from, to]) => [
      `${from} → ${to}`,
      measure(mappings.get(from), mappings.get(to), timing),
    ]),
  );
  printTable(
    title,
    ["", ...head],
    Object.entries(results).map(([pair, { micros, ratio }]) => [pair, micros, ratio]),
  );
  return results;
}
