import { onTestFinished } from "vitest";
import { startServer } from "../../src/server/server.ts";
import type { RunningServer } from "../../src/server/server.ts";
import { bridgeOf } from "./bridge.ts";
import type { TestBridge } from "./bridge.ts";
import { call, startUpstream } from "./http.ts";
import type { Answer, Call, Respond, Upstream } from "./http.ts";

export interface Pair {
  upstream: Upstream;
  server: RunningServer;
  /** What was logged so far. */
  log: () => string;
  ask: (path: string, body: unknown, headers?: Record<string, string>, more?: Call) => Promise<Answer>;
}

/** A server and an upstream double, both on real sockets; the caller closes them. */
export async function openPair(
  respond: Respond,
  bridge: (url: string) => TestBridge,
): Promise<Pair & { close(): Promise<void> }> {
  const upstream = await startUpstream(respond);
  let text = "";
  const server = await startServer({
    bridge: bridgeOf(bridge(upstream.url)),
    write: (line) => void (text += line),
  });
  return {
    upstream,
    server,
    log: () => text,
    ask: (path, body, headers = {}, more = {}) => call(server.url + path, { body, headers, ...more }),
    close: () => Promise.all([server.close(), upstream.close()]).then(() => undefined),
  };
}

/** The same for one test, which closes them when it is over. */
export async function startPair(respond: Respond, bridge: (url: string) => TestBridge): Promise<Pair> {
  const pair = await openPair(respond, bridge);
  onTestFinished(() => pair.close());
  return pair;
}

/** Both formats, one model of each: `soft` is clay's, `hard` reed's. */
export function bothFormats(url: string): TestBridge {
  return {
    providers: {
      clay: { mapping: "clay", baseUrl: url, apiKey: "clay-secret" },
      reed: { mapping: "reed", baseUrl: `${url}/reed`, apiKey: "reed-secret" },
    },
    models: { soft: { provider: "clay", model: "m" }, hard: { provider: "reed", model: "a/b" } },
  };
}
