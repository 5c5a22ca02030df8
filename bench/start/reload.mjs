// Sixteen callers ask without pause while the mapping that serves them is saved again and again; quiet times of the same
// length lie between, because on a busy machine some request is slow without any reload.
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { median, printTable } from "../figures.mjs";
import { nextMessage, startNode } from "../servers/cores.mjs";
import { firstAnswer, freePort, writeConfig } from "../servers/gateways.mjs";
import { requestFor } from "../servers/requests.mjs";

const here = import.meta.dirname;
const callers = 16;
const savesAPhase = 5;
/** A reload takes about half of that on a machine that does other work too. */
const betweenMs = 500;

function writeMapping() {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const mapping = join(folder, "mappings/saved");
  mkdirSync(mapping, { recursive: true });
  writeFileSync(join(mapping, "mapping.yaml"), "about: Saved again and again\nextends: anthropic\n");
  const file = join(mapping, "error.decode.jsonata");
  const save = (version) =>
    writeFileSync(file, `/* ${version} */ { "type": "server", "message": error.message }\n`);
  save(0);
  return { folder, save };
}

export async function measureReload(isQuick) {
  const [upstreamPort, port] = [await freePort(), await freePort()];
  const { folder, save } = writeMapping();
  const config = writeConfig(folder, {
    mapping: "saved",
    base: `http://127.0.0.1:${upstreamPort}/v1`,
    more: "mappings: ./mappings\n",
  });
  const upstream = startNode([join(here, "../servers/upstream.mjs"), String(upstreamPort)], {
    place: "rest",
  });
  const load = startNode([join(here, "../servers/load.mjs")], { place: "rest" });
  await Promise.all([nextMessage(upstream), nextMessage(load)]);
  const serve = ["serve", "--config", config, "--port", String(port)];
  const server = startNode([join(here, "../../bin/llmbridge.mjs"), ...serve], {
    place: "gateway",
    stdio: ["ignore", "ignore", "pipe"],
  });
  const told = [];
  server.stderr.on("data", (text) => {
    for (const [, ms] of String(text).matchAll(/reloaded\D* in (\d+) ms/g)) told.push(Number(ms));
  });
  const request = await requestFor("openai-chat", { size: "small" });
  const ask = (ms) => {
    load.send({ port, ...request, callers, ms });
    return nextMessage(load);
  };
  const phaseMs = savesAPhase * betweenMs + 500;
  const phases = { quiet: [], reloading: [] };
  try {
    await firstAnswer({ name: "llmbridge", port }, request);
    await ask(3000);
    let version = 0;
    for (let phase = 0; phase < (isQuick ? 2 : 4); phase++) {
      phases.quiet.push(await ask(phaseMs));
      const answers = ask(phaseMs);
      for (let i = 0; i < savesAPhase; i++) {
        await sleep(betweenMs);
        save(++version);
      }
      phases.reloading.push(await answers);
      await sleep(1000);
    }
    tell(phases, told, version);
  } finally {
    for (const child of [upstream, load, server]) child.kill("SIGKILL");
  }
  return { phases, reloads: told };
}

function tell(phases, reloads, saves) {
  printTable(
    `${callers} callers while their mapping is saved ${saves} times: ${reloads.length} reloads, ${median(reloads)} ms each as the server says`,
    ["", "requests/s", "p50 ms", "p99 ms", "slowest ms, median of phases", "slowest ms of all", "failed"],
    Object.entries(phases).map(([name, rounds]) => [
      name,
      median(rounds.map(({ requests, seconds }) => requests / seconds)),
      median(rounds.map(({ p50 }) => p50)),
      median(rounds.map(({ p99 }) => p99)),
      median(rounds.map(({ slowest }) => slowest)),
      Math.max(...rounds.map(({ slowest }) => slowest)),
      String(rounds.reduce((sum, { failed }) => sum + failed, 0)),
    ]),
  );
}
