/** What the bridge holds of a request while the model thinks: minutes, for hundreds of agents with long conversations. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, onTestFinished, test } from "vitest";
import { startServer } from "../../src/server/server.ts";
import { bridgeOf } from "../support/bridge.ts";
import { call, until } from "../support/http.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as NodeJS.GCFunction;

/** Bytes in use when nothing is left to be collected. */
function held(): number {
  collect({ type: "major", flavor: "last-resort" });
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const bodyLength = 1 << 20;
const count = 8;

test.each([
  ["that is translated", "hard"],
  ["that passes by", "soft"],
  ["with another target of another format", "either"],
])("of a request %s: its values and what is sent, and no text or bytes besides", async (_, model) => {
  let waiting = 0;
  const upstream = createServer((req) => req.resume().on("end", () => waiting++));
  await new Promise<void>((ready) => upstream.listen(0, "127.0.0.1", ready));
  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const server = await startServer({
    bridge: bridgeOf({
      providers: { clay: { mapping: "clay", baseUrl: url }, reed: { mapping: "reed", baseUrl: url } },
      models: {
        soft: { provider: "clay", model: "m" },
        hard: { provider: "reed", model: "m" },
        either: [
          { provider: "clay", model: "m" },
          { provider: "reed", model: "m" },
        ],
      },
      config: { bodyLimit: 2 * bodyLength },
    }),
    write: () => undefined,
  });
  const gone = new AbortController();
  onTestFinished(async () => {
    gone.abort();
    upstream.closeAllConnections();
    await server.close();
    upstream.close();
    // The next test must not begin with what is left of this one.
    await until(() => held() < before + bodyLength);
  });
  const before = held();
  const body = JSON.stringify({ model, prompt: "x".repeat(bodyLength) });
  for (let i = 0; i < count; i++)
    void call(`${server.url}/clay/ask`, { body, signal: gone.signal }).catch(() => undefined);
  await until(() => waiting === count);
  // The text of the prompt, and the bytes that undici keeps of what it sends; the caller here has the body once.
  expect((held() - before) / bodyLength / count).toBeLessThan(2.5);
});
