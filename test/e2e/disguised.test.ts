import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call } from "../support/http.ts";
import { startBridge } from "./server.ts";
import type { RunningBridge } from "./server.ts";

/** Upstreams that answer 200 and mean an error: it is one for the client, and for the next target. */
const bodies: Record<string, { body: unknown; type: RegExp; says: RegExp; fatal?: true }> = {
  overloaded: {
    body: { type: "error", error: { type: "overloaded_error", message: "Overloaded (key-123)" } },
    type: /server_overloaded/,
    says: /Overloaded/,
  },
  quota: {
    body: { error: { code: "insufficient_quota", message: "no money left" } },
    type: /insufficient_quota|billing_error/,
    says: /no money left/,
    fatal: true,
  },
  exhausted: {
    body: { error: { code: 429, message: "slow down", status: "RESOURCE_EXHAUSTED" } },
    type: /rate_limit/,
    says: /slow down/,
  },
  foreign: {
    body: { code: 500, msg: "system busy", success: false },
    type: /server_error|api_error/,
    says: /system busy/,
  },
  empty: { body: {}, type: /server_error|api_error/, says: /\w/ },
  nothing: { body: null, type: /server_error|api_error/, says: /\w/ },
};
const formats = {
  anthropic: "overloaded",
  gemini: "exhausted",
  "openai-responses": "quota",
  "openai-chat": "quota",
  codex: "quota",
};
/** Format, and what it says. */
const cases = Object.entries(formats).flatMap(([format, own]) =>
  [own, "exhausted", "foreign", "empty", "nothing"].map((name) => [format, name] as const),
);

let upstream: Server;
let bridge: RunningBridge;

beforeAll(async () => {
  upstream = createServer((req, res) => {
    const [, framing, name] = req.url!.split("/");
    const { body } = bodies[name!]!;
    if (framing === "json") res.setHeader("content-type", "application/json").end(JSON.stringify(body));
    else {
      const event = JSON.stringify({ ...(body as object), type: undefined });
      res.setHeader("content-type", "text/event-stream").end(`data: ${event}\n\n`);
    }
    req.resume();
  });
  await new Promise<void>((ready) => upstream.listen(0, "127.0.0.1", ready));
  const base = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const providers = ["json", "sse"].flatMap((framing) =>
    cases.map(
      ([format, name]) =>
        `  ${framing}-${format}-${name}: { mapping: ${format}, base_url: "${base}/${framing}/${name}", api_key: key-123 }`,
    ),
  );
  const models = cases.map(
    ([format, name]) => `  next-${format}-${name}: [json-${format}-${name}/m, demo/m]`,
  );
  bridge = await startBridge(
    ["providers:", "  demo: { mapping: demo }", ...new Set(providers), "models:", ...new Set(models)].join(
      "\n",
    ),
  );
});
afterAll(async () => {
  await bridge.close();
  upstream.close();
});

function ask(format: string, model: string, stream: boolean): ReturnType<typeof call> {
  const path = format === "openai-chat" ? "/v1/messages" : "/v1/chat/completions";
  const messages = [{ role: "user", content: "Hi" }];
  return call(bridge.url + path, { body: { model, stream, max_tokens: 99, messages } });
}

describe.each(cases)("%s that answers with an error in disguise: %s", (format, name) => {
  const { type, says } = bodies[name]!;

  test.each([false, true])("an error of its kind, streaming: %s", async (stream) => {
    const answer = await ask(format, `json-${format}-${name}/m`, stream);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.text).toMatch(type);
    expect(answer.text).not.toContain("key-123");
    expect(answer.json()).toHaveProperty("error.message", expect.stringMatching(says) as string);
  });
});

const passing = cases.filter(([, name]) => !bodies[name]!.fatal);

test.each(passing)("%s: after an error in disguise, %s, the next target is asked", async (format, name) => {
  for (const stream of [false, true]) {
    const answer = await ask(format, `next-${format}-${name}`, stream);
    expect(answer.status).toBe(200);
    expect(answer.text).toMatch(stream ? /^(event|data): / : /^\{/);
  }
});

test.each(Object.entries(formats))("%s whose stream is an error without a type: %s", async (format, name) => {
  const { type, says } = bodies[name]!;
  const answer = await ask(format, `sse-${format}-${name}/m`, true);
  expect(answer.text).toMatch(type);
  expect(answer.text).not.toContain("key-123");
  expect(answer.json()).toHaveProperty("error.message", expect.stringMatching(says) as string);
});
