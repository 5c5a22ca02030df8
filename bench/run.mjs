// Whole servers, interleaved in one run: each round asks every gateway in turn, so that a noisy machine is noisy for all.
import { execFile, fork, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { bodies } from "./bodies.mjs";
import { chart } from "./chart.mjs";

const here = import.meta.dirname;
const quick = process.argv.includes("--quick");
const only = process.argv.find((arg) => arg.startsWith("--only="))?.slice(7);
const rounds = quick ? 2 : 3;
const ms = quick ? 1000 : 2000;
/** Long-running servers are measured warm: their code is compiled as it is used. */
const warmMs = quick ? 700 : 2500;
const upstreamPort = 5701;
const upstream = `http://127.0.0.1:${upstreamPort}`;

const folder = mkdtempSync(join(tmpdir(), "bench-"));
const config = join(folder, "llmbridge.yaml");
const specFile = join(folder, "load.json");
writeFileSync(
  config,
  `providers: { up: { mapping: anthropic, base_url: "${upstream}/v1", api_key: none } }\nmodels: { "*": up }\nlog: { level: silent }\n`,
);

const gateways = {
  raw: { port: 5710, start: () => fork(join(here, "proxy.mjs"), ["raw", "5710", upstream]) },
  rawjson: { port: 5711, start: () => fork(join(here, "proxy.mjs"), ["rawjson", "5711", upstream]) },
  llmbridge: {
    port: 5712,
    start: () =>
      spawn(
        process.execPath,
        [join(here, "../bin/llmbridge.mjs"), "serve", "--config", config, "--port", "5712", "--no-watch"],
        { stdio: "ignore" },
      ),
  },
  portkey: {
    port: 5713,
    headers: {
      "x-portkey-provider": "anthropic",
      "x-portkey-custom-host": `${upstream}/v1`,
      authorization: "Bearer none",
    },
    start: () =>
      spawn(
        process.execPath,
        [join(here, "node_modules/@portkey-ai/gateway/build/start-server.js"), "--port=5713", "--headless"],
        { stdio: "ignore", env: { ...process.env, TRUSTED_CUSTOM_HOSTS: "127.0.0.1,localhost" } },
      ),
  },
};

const path = "/v1/chat/completions";
const work = {
  "small, 32 callers": { body: bodies.small, callers: 32 },
  "small, 1 caller": { body: bodies.small, callers: 1 },
  "48 KB, 8 callers": { body: bodies.medium, callers: 8 },
  "140 KB agent, 8 callers": { body: bodies.large, callers: 8 },
  "stream at full speed, 8 callers": {
    body: { ...bodies.small, model: "frames-2000", stream: true },
    callers: 8,
  },
  "128 paced streams": { body: { ...bodies.small, model: "paced-50x20", stream: true }, callers: 128 },
};

const pageSize = 4096;
const ticks = 100;
function usage(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return {
    cpu: ((Number(stat[11]) + Number(stat[12])) / ticks) * 1e6,
    rss: (Number(stat[21]) * pageSize) / 2 ** 20,
  };
}

const run = promisify(execFile);
async function load(gateway, { body, callers }, duration) {
  const before = usage(gateway.child.pid);
  const spec = {
    url: `http://127.0.0.1:${gateway.port}`,
    path,
    headers: gateway.headers,
    body: JSON.stringify(body),
    callers,
    ms: duration,
  };
  writeFileSync(specFile, JSON.stringify(spec));
  const { stdout } = await run(process.execPath, [join(here, "load.mjs"), specFile], { maxBuffer: 1 << 24 });
  const after = usage(gateway.child.pid);
  const result = JSON.parse(stdout);
  return {
    ...result,
    cpu: (after.cpu - before.cpu) / Math.max(1, result.requests),
    frameCpu: (after.cpu - before.cpu) / Math.max(1, result.frames),
    rss: after.rss,
  };
}

async function ready(gateway) {
  for (let tries = 0; tries < 200; tries++) {
    const answer = await fetch(`http://127.0.0.1:${gateway.port}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...gateway.headers },
      body: JSON.stringify(bodies.small),
    }).catch(() => undefined);
    if (answer?.status === 200) return answer.text();
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`the gateway on port ${gateway.port} does not answer`);
}

const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
const up = fork(join(here, "upstream.mjs"), [String(upstreamPort)]);
await new Promise((resolve) => up.once("message", resolve));
const results = {};
try {
  for (const [name, gateway] of Object.entries(gateways)) {
    const startedAt = performance.now();
    gateway.child = gateway.start();
    await ready(gateway);
    gateway.cold = performance.now() - startedAt;
    gateway.idle = usage(gateway.child.pid).rss;
    results[name] = { cold: gateway.cold, idle: gateway.idle, work: {} };
  }
  for (const [title, one] of Object.entries(work)) {
    if (only && !title.includes(only)) continue;
    for (const gateway of Object.values(gateways)) await load(gateway, one, warmMs);
    for (let round = 0; round < rounds; round++) {
      for (const [name, gateway] of Object.entries(gateways))
        (results[name].work[title] ??= []).push(await load(gateway, one, ms));
    }
    print(title);
  }
  await new Promise((resolve) => setTimeout(resolve, 2000));
  for (const [name, gateway] of Object.entries(gateways)) results[name].after = usage(gateway.child.pid).rss;
} finally {
  up.kill();
  for (const { child } of Object.values(gateways)) child?.kill("SIGKILL");
}

function print(title) {
  console.log(`\n${title}`);
  for (const [name, { work: done }] of Object.entries(results)) {
    const rows = done[title];
    const of = (field) => median(rows.map((row) => row[field]));
    const ratio = (other, field) =>
      median(rows.map((row, i) => row[field] / results[other].work[title][i][field]));
    const rate = median(rows.map((row) => row.requests / row.seconds));
    const frames = median(rows.map((row) => row.frames / row.seconds));
    console.log(
      `  ${name.padEnd(10)} ${rate.toFixed(0).padStart(6)} req/s ${frames > rate * 2 ? `${frames.toFixed(0).padStart(7)} frames/s` : ""} cpu ${of("cpu").toFixed(0).padStart(6)} µs/req` +
        ` (${ratio("rawjson", "cpu").toFixed(2)} of rawjson)${frames > rate * 2 ? ` ${of("frameCpu").toFixed(2)} µs/frame` : ""}` +
        ` p50 ${of("p50").toFixed(2)} p99 ${of("p99").toFixed(2)} first ${of("first").toFixed(2)} gap99 ${of("gap99").toFixed(1)} ms rss ${of("rss").toFixed(0)} MB failed ${rows.reduce((sum, row) => sum + row.failed, 0)}`,
    );
  }
}

console.log("\ncold start to the first answer, RSS idle and 2 s after the load");
for (const [name, { cold, idle, after }] of Object.entries(results))
  console.log(`  ${name.padEnd(10)} ${cold.toFixed(0)} ms, ${idle.toFixed(0)} MB, ${after.toFixed(0)} MB`);
console.log(
  `\n${cpus()[0].model}, ${cpus().length} cores, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}. Callers, upstream and gateway share the cores.`,
);
if (!only) {
  writeFileSync(join(here, "results.json"), `${JSON.stringify(results)}\n`);
  writeFileSync(join(here, "../docs/bench.svg"), chart(results));
}
