// From the start of the process to the first answered request; the gateways in turn, each several times. The first start
// may have to read from disk what later ones find in memory.
import { join } from "node:path";
import { median, printTable } from "../figures.mjs";
import { nextMessage, startNode } from "../servers/cores.mjs";
import { firstAnswer, freePort, gatewaysFor } from "../servers/gateways.mjs";
import { requestFor } from "../servers/requests.mjs";

export async function measureCold(isQuick) {
  const port = await freePort();
  const upstream = startNode([join(import.meta.dirname, "../servers/upstream.mjs"), String(port)]);
  await nextMessage(upstream);
  const request = await requestFor("openai-chat", { size: "small" });
  const pair = { from: "openai-chat", to: "anthropic", origin: `http://127.0.0.1:${port}` };
  const gateways = await gatewaysFor(pair);
  const times = Object.fromEntries(gateways.map(({ name }) => [name, []]));
  for (let round = 0; round < (isQuick ? 3 : 8); round++)
    for (const gateway of gateways) times[gateway.name].push(await startOnce(gateway, request));
  upstream.kill();
  printTable(
    `cold start to the first answered request, ms (${times.raw.length - 1} starts after the first)`,
    ["", "first start", "later, median", "fastest"],
    Object.entries(times).map(([name, [first, ...later]]) => [
      name,
      first,
      median(later),
      Math.min(...later),
    ]),
  );
  return times;
}

async function startOnce(gateway, request) {
  const startedAt = performance.now();
  const child = gateway.start();
  await firstAnswer(gateway, request, 2);
  const ms = performance.now() - startedAt;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
  return ms;
}
