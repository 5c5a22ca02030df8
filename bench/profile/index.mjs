// CPU profiles of llmbridge at work, side by side: this checkout, and another one where `--root` names it.
//   node bench/profile/index.mjs [--root=DIR] [--seconds=N]
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { printTable } from "../figures.mjs";
import { nextMessage, startNode } from "../servers/cores.mjs";
import { baseOf, firstAnswer, freePort, writeConfig } from "../servers/gateways.mjs";
import { requestFor } from "../servers/requests.mjs";
import { work } from "../servers/work.mjs";
import { sharesOf } from "./shares.mjs";

const here = import.meta.dirname;
const { values: given } = parseArgs({ options: { root: { type: "string" }, seconds: { type: "string" } } });
const measuredMs = Number(given.seconds ?? 6) * 1000;
const warmMs = 6000;
const [from, to] = ["openai-chat", "anthropic"];
const roots = { ...(given.root && { before: resolve(given.root) }), now: join(here, "../..") };
const profiled = ["140 KB agent requests", "streams of 2,000 frames", "small requests, 32"];
process.env["LLMBRIDGE_CACHE"] = mkdtempSync(join(tmpdir(), "bench-cache-"));

const upstreamPort = await freePort();
const upstream = startNode([join(here, "../servers/upstream.mjs"), String(upstreamPort)], { place: "rest" });
const load = startNode([join(here, "../servers/load.mjs")], { place: "rest" });
await Promise.all([nextMessage(upstream), nextMessage(load)]);

async function startBridge(root) {
  const port = await freePort();
  const base = baseOf(to, `http://127.0.0.1:${upstreamPort}`);
  const config = writeConfig(mkdtempSync(join(tmpdir(), "bench-")), { mapping: to, base });
  const program = [join(root, "bin/llmbridge.mjs"), "serve", "--config", config, "--port", String(port)];
  const child = startNode(["--import", join(here, "hook.mjs"), ...program, "--no-watch"], {
    place: "gateway",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  await firstAnswer({ name: root, port }, await requestFor(from, { size: "small" }));
  // What a start leaves to be done is done before anything is measured.
  await sleep(3000);
  return { port, child };
}

async function ask(port, job, ms) {
  const { callers, isStream } = job;
  const { path, body, headers } = await requestFor(from, job);
  load.send({ port, path, headers, body, callers, ms, isPaced: false, isStream, spreadMs: 0 });
  const { requests, seconds } = await nextMessage(load);
  return requests / seconds;
}

async function profile(root, job) {
  const { port, child } = await startBridge(root);
  try {
    await ask(port, job, warmMs);
    child.send("start");
    await nextMessage(child);
    const rate = await ask(port, job, measuredMs);
    child.send("stop");
    return { rate, shares: sharesOf(await nextMessage(child)) };
  } finally {
    child.kill("SIGKILL");
  }
}

for (const job of work.filter(({ title }) => profiled.some((start) => title.startsWith(start)))) {
  const columns = {};
  for (const [name, root] of Object.entries(roots)) columns[name] = await profile(root, job);
  const all = Object.values(columns);
  printTable(
    `${job.title}: shares of the time that was not idle, %`,
    ["", ...Object.entries(columns).map(([name, { rate }]) => `${name}: ${Math.round(rate)}/s`)],
    Object.keys(all[0].shares)
      .filter((kind) => all.some(({ shares }) => shares[kind] >= 0.5))
      .map((kind) => [kind, ...all.map(({ shares }) => shares[kind])]),
  );
}
for (const child of [upstream, load]) child.kill();
