// Whole servers, interleaved in one run: each round asks every gateway in turn, in an order that moves on, so that what
// disturbs the machine disturbs all of them.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { printTable } from "../figures.mjs";
import { isPinned, nextMessage, pinning, startNode, usageOf } from "./cores.mjs";
import { firstAnswer, freePort, gatewaysFor } from "./gateways.mjs";
import { settleMs, startOnce } from "../start/cold.mjs";
import { requestFor } from "./requests.mjs";
import { printWork, summarise } from "./tables.mjs";
import { work } from "./work.mjs";

const here = import.meta.dirname;
const resident = 100;
/** How long a server is left alone after its start, and after the load, before its memory is read. */
const idleMs = 3000;
const restMs = 75_000;

export async function measureServers({ isQuick, only, pair, rounds: asked }) {
  const [from, to] = pair;
  const times = {
    roundMs: isQuick ? 500 : 1000,
    warmMs: isQuick ? 500 : 3000,
    firstWarmMs: isQuick ? 1000 : 8000,
  };
  const port = await freePort();
  const upstream = startNode([join(here, "upstream.mjs"), String(port)], { place: "rest" });
  const load = startNode([join(here, "load.mjs")], { place: "rest" });
  await Promise.all([nextMessage(upstream), nextMessage(load)]);
  const gateways = await gatewaysFor({ from, to, origin: `http://127.0.0.1:${port}` });
  const bench = { from, load, results: { pair: `${from} → ${to}`, isPinned, work: {}, memory: {} } };
  console.log(`\n## Whole servers: ${from} clients, an upstream that speaks ${to}\n\n${pinning}`);
  try {
    await startAll(bench, gateways);
    await tellCeiling(bench, port);
    let isFirst = true;
    for (const job of work.filter(({ title }) => title.includes(only))) {
      const rounds =
        asked ?? (job.rounds ? (isQuick ? job.rounds.quick : job.rounds.whole) : isQuick ? 2 : 9);
      await runJob(bench, gateways, job, { ...times, rounds, isFirst });
      isFirst = false;
    }
    await tellMemory(bench, gateways, isQuick ? 2000 : restMs);
  } finally {
    for (const child of [upstream, load, ...gateways.map((one) => one.child)]) child?.kill("SIGKILL");
  }
  return bench.results;
}

async function startAll({ from, results }, gateways) {
  const request = await requestFor(from, { size: "small" });
  for (const gateway of gateways) {
    // Not the first start: what a gateway prepares for later ones is there.
    await startOnce(gateway, request, settleMs);
    gateway.child = gateway.start({ place: "gateway" });
    await firstAnswer(gateway, request);
    await sleep(idleMs);
    results.memory[gateway.name] = { idle: usageOf(gateway.child.pid).rss, loaded: 0 };
  }
}

/** What the load and the upstream manage between them with nothing in the middle: the most that can be measured. */
async function tellCeiling(bench, port) {
  const { requests, seconds } = await ask(bench, { name: "", port }, work[0], 1000);
  bench.results.ceiling = requests / seconds;
  console.log(`Without a gateway the load reaches ${Math.round(requests / seconds)} small requests/s.`);
}

async function runJob(bench, gateways, job, { rounds, roundMs, warmMs, firstWarmMs, isFirst }) {
  const rows = Object.fromEntries(gateways.map(({ name }) => [name, []]));
  if (!job.isPaced)
    for (const gateway of gateways) await ask(bench, gateway, job, isFirst ? firstWarmMs : warmMs);
  for (let round = 0; round < rounds; round++) {
    const first = round % gateways.length;
    for (const gateway of [...gateways.slice(first), ...gateways.slice(0, first)])
      rows[gateway.name].push(await ask(bench, gateway, job, roundMs));
  }
  const summary = summarise(rows, job.tells);
  bench.results.work[job.title] = { rounds: rows, summary };
  printWork(job.title, summary);
}

/** One round of one gateway: what the callers saw, and the gateway's CPU time and largest memory meanwhile. */
async function ask({ from, load, results }, { name, port, headers, child }, job, ms) {
  const { callers, isPaced = false, isStream, spreadMs = 0 } = job;
  const { path, body, headers: own } = await requestFor(from, job);
  const memory = results.memory[name];
  let rss = 0;
  const look = () => {
    if (child) rss = Math.max(rss, usageOf(child.pid).rss);
  };
  const timer = setInterval(look, resident);
  const before = child && usageOf(child.pid).cpu;
  load.send({ port, path, headers: { ...own, ...headers }, body, callers, ms, isPaced, isStream, spreadMs });
  const seen = await nextMessage(load);
  clearInterval(timer);
  look();
  if (memory) memory.loaded = Math.max(memory.loaded, rss);
  return { ...seen, cpu: child && usageOf(child.pid).cpu - before, rss };
}

async function tellMemory({ results }, gateways, ms) {
  await sleep(ms);
  for (const { name, child } of gateways) results.memory[name].after = usageOf(child.pid).rss;
  printTable(
    `memory (RSS, MB): idle after the first answer, largest under load, ${ms / 1000} s after it`,
    ["", "idle", "loaded", "of rawjson's", "after"],
    Object.entries(results.memory).map(([name, { idle, loaded, after }]) => [
      name,
      idle,
      loaded,
      loaded / results.memory.rawjson.loaded,
      after,
    ]),
  );
}
