// From the start of the process to the first answered request; the gateways in turn, each several times. The first start finds
// nothing prepared, and lives long enough to leave behind what it keeps for later ones.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
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
    for (const gateway of gateways) {
      times[gateway.name].push(await startOnce(gateway, request, round === 0 ? settleMs : 0));
    }
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

/** How long a first start goes on: what it compiled is kept a few seconds later. */
export const settleMs = 6000;

export async function startOnce(gateway, request, lifeMs) {
  const startedAt = performance.now();
  const child = gateway.start();
  await firstAnswer(gateway, request, 2);
  const ms = performance.now() - startedAt;
  await sleep(lifeMs);
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await gone;
  return ms;
}
