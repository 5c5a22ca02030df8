import { connect } from "node:net";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { call } from "../support/http.ts";
import type { Respond } from "../support/http.ts";
import { bothFormats, startPair } from "../support/pair.ts";
import type { TestBridge } from "../support/bridge.ts";

const hello: Respond = (res) => {
  res.writeHead(200, { "content-type": "application/json" }).end('{"said":"Hello"}');
};

const withConfig =
  (config: TestBridge["config"]) =>
  (url: string): TestBridge => ({ ...bothFormats(url), config });

describe("a request that cannot be right", () => {
  test.each([
    ["", "the body is empty; a JSON object is expected"],
    ["[1]", "the body is not a JSON object"],
    [
      '{"model": "soft",\n "prompt" "Hi"}',
      "the body is not valid JSON: line 2, column 11: a colon is expected here",
    ],
    ['{"prompt": "Hi"}', "model: the name of a model is expected"],
    ['{"model": 7, "prompt": "Hi"}', "model: the name of a model is expected"],
    [Buffer.from('{"model": "caf\xe9"}', "latin1"), "the body is not valid UTF-8"],
  ])("%j", async (body, message) => {
    const { ask, upstream } = await startPair(hello, bothFormats);
    const answer = await ask("/clay/ask", body);
    expect(answer.status).toBe(400);
    expect(answer.json()["oops"]).toMatchObject({
      type: "invalid_request",
      message,
      id: answer.headers["x-request-id"],
    });
    expect(upstream.received).toHaveLength(0);
  });

  test("a value of the wrong type is named with its place", async () => {
    const { ask } = await startPair(hello, bothFormats);
    const answer = await ask("/clay/ask", { model: "hard", prompt: "Hi", heat: "much" });
    expect(answer.status).toBe(400);
    expect(answer.json()["oops"]).toMatchObject({ message: expect.stringContaining("heat") });
  });

  test.each(["announced", "real"])("a body over the limit, %s: refused without being read", async (how) => {
    const { ask, upstream, log } = await startPair(hello, withConfig({ bodyLimit: 1000 }));
    const body = JSON.stringify({ model: "soft", prompt: "x".repeat(100_000) });
    const headers = how === "real" ? { "transfer-encoding": "chunked" } : undefined;
    const answer = await ask("/clay/ask", body, headers as Record<string, string>);
    expect(answer.status).toBe(413);
    expect(answer.json()["oops"]).toMatchObject({
      type: "too_large",
      message: "the body is larger than the limit of 1000 bytes",
    });
    expect(upstream.received).toHaveLength(0);
    await expect.poll(log).toContain("413");
  });

  test("a body that never ends is cut off", async () => {
    const { server } = await startPair(hello, withConfig({ bodyLimit: 1000 }));
    const socket = connect(server.port, "127.0.0.1");
    socket.write("POST /clay/ask HTTP/1.1\r\nhost: x\r\ncontent-length: 999999999\r\n\r\n");
    const more = setInterval(() => socket.write("x".repeat(10_000)), 20);
    let text = "";
    socket.on("data", (chunk) => (text += String(chunk)));
    socket.on("error", () => undefined);
    await new Promise((closed) => socket.on("close", closed));
    clearInterval(more);
    expect(text).toContain("413 Payload Too Large");
  });

  test("a compressed body is read, and its real size counts", async () => {
    const { ask, upstream } = await startPair(hello, withConfig({ bodyLimit: 1000 }));
    const body = JSON.stringify({ model: "soft", prompt: "Hi" });
    expect((await ask("/clay/ask", gzipSync(body), { "content-encoding": "gzip" })).status).toBe(200);
    expect((await ask("/clay/ask", zstdCompressSync(body), { "content-encoding": "zstd" })).status).toBe(200);
    expect(JSON.parse(upstream.received[1]!.body)).toEqual({ model: "m", prompt: "Hi" });
    expect((await ask("/clay/ask", gzipSync("x".repeat(9999)), { "content-encoding": "gzip" })).status).toBe(
      413,
    );
    expect((await ask("/clay/ask", body, { "content-encoding": "gzip" })).status).toBe(400);
    expect((await ask("/clay/ask", body, { "content-encoding": "lzma" })).status).toBe(415);
  });

  test("an unknown path and a wrong method, each in the closest format", async () => {
    const { server } = await startPair(hello, bothFormats);
    const unknown = await call(`${server.url}/clay/nothing`, { body: {} });
    expect(unknown.status).toBe(404);
    expect(unknown.json()["oops"]).toMatchObject({
      type: "not_found",
      message: "nothing is served at POST /clay/nothing",
    });
    const wrong = await call(`${server.url}/clay/ask`, { method: "GET" });
    expect(wrong.status).toBe(405);
    expect(wrong.headers["allow"]).toBe("POST");
    expect(wrong.json()["oops"]).toMatchObject({ message: "/clay/ask takes POST, not GET" });
    const nowhere = await call(`${server.url}/x/y`, { body: {} });
    expect(nowhere).toMatchObject({
      status: 404,
      text: '{"error":{"type":"not_found","code":"unknown_url","message":"nothing is served at POST /x/y"}}',
    });
    const malformed = await call(`${server.url}/%zz`, { method: "GET" });
    expect(malformed.status).toBe(404);
  });

  test("slashes too many do no harm", async () => {
    const { ask } = await startPair(hello, bothFormats);
    expect((await ask("//clay/ask/", { model: "soft", prompt: "Hi" })).status).toBe(200);
  });

  test("a mapping that fails fails one request, and the log says where", async () => {
    const { ask, log } = await startPair(hello, bothFormats);
    const answer = await ask("/clay/ask", { model: "hard", prompt: "fail" });
    expect(answer.status).toBe(500);
    expect(answer.text).toContain("the log of the bridge says where");
    await expect.poll(log).toMatch(/LB901 .*\n {2}at .*reed\/request\.encode\.jsonata:2:\d+/);
    expect((await ask("/clay/ask", { model: "soft", prompt: "Hi" })).status).toBe(200);
  });
});

describe("keys", () => {
  const body = { model: "soft", prompt: "Hi" };

  test.each([
    ["a bearer token", "", { authorization: "Bearer right-key" }],
    ["x-api-key", "", { "x-api-key": "right-key" }],
    ["the header of a format", "", { "x-clay-key": "right-key" }],
    ["the query parameter of a format", "?reed_key=right-key", {}],
    ["?key=", "?key=right-key", {}],
    ["any of the places", "", { authorization: "Bearer placeholder", "x-api-key": "other-key" }],
  ])("are taken from %s", async (_, query, headers) => {
    const { ask, log, upstream } = await startPair(hello, withConfig({ keys: ["right-key", "other-key"] }));
    expect((await ask(`/clay/ask${query}`, body, headers as Record<string, string>)).status).toBe(200);
    expect(JSON.stringify(upstream.received)).not.toMatch(/right-key|other-key/);
    await expect.poll(log).toContain("200");
    expect(log()).not.toMatch(/right-key|other-key|clay-secret/);
  });

  test.each([{}, { authorization: "Bearer wrong" }, { authorization: "Bearer" }, { "x-api-key": "" }])(
    "%j: 401 in the caller's format",
    async (headers) => {
      const { ask, server, upstream } = await startPair(hello, withConfig({ keys: ["right-key"] }));
      const answer = await ask("/clay/ask", body, headers as Record<string, string>);
      expect(answer.status).toBe(401);
      expect(answer.json()["oops"]).toMatchObject({ type: "authentication" });
      expect((await call(`${server.url}/v1/llm/models`, { method: "GET", headers })).status).toBe(401);
      expect((await call(`${server.url}/health`, { method: "GET" })).status).toBe(200);
      expect(upstream.received).toHaveLength(0);
    },
  );
});

describe("browsers", () => {
  const origin = "http://localhost:3000";
  const preflight = {
    origin,
    "access-control-request-method": "POST",
    "access-control-request-headers": "x-api-key,x-stainless-os",
  };

  test("may call from a configured origin", async () => {
    const { server, ask } = await startPair(hello, withConfig({ cors: { origins: [origin] } }));
    const asked = await call(`${server.url}/clay/ask`, { method: "OPTIONS", headers: preflight });
    expect(asked).toMatchObject({ status: 204, text: "" });
    expect(asked.headers).toMatchObject({
      "access-control-allow-origin": origin,
      "access-control-allow-headers": "x-api-key,x-stainless-os",
    });
    const answer = await ask("/clay/ask", { model: "soft", prompt: "Hi" }, { origin });
    expect(answer.headers["access-control-allow-origin"]).toBe(origin);
    expect(answer.headers["access-control-expose-headers"]).toContain("x-llmbridge-provider");
    const refused = await ask("/clay/ask", "{", { origin });
    expect(refused.headers["access-control-allow-origin"]).toBe(origin);
  });

  test("may not from another one", async () => {
    const { server, ask } = await startPair(hello, withConfig({ cors: { origins: ["http://other"] } }));
    const asked = await call(`${server.url}/clay/ask`, { method: "OPTIONS", headers: preflight });
    expect(asked.headers).not.toHaveProperty("access-control-allow-origin");
    expect((await ask("/clay/ask", { model: "soft", prompt: "Hi" }, { origin })).headers).not.toHaveProperty(
      "access-control-allow-origin",
    );
  });
});

describe("beside the formats", () => {
  test("a WebSocket upgrade gets 426", async () => {
    const { server } = await startPair(hello, bothFormats);
    const upgrade = {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
      "sec-websocket-version": "13",
    };
    const answer = await call(`${server.url}/clay/ask`, { method: "GET", headers: upgrade });
    expect(answer.status).toBe(426);
  });

  test("an offer to upgrade to HTTP/2 is passed over, as Java's client makes it with each request", async () => {
    const { ask, server } = await startPair(hello, bothFormats);
    const offer = {
      connection: "Upgrade, HTTP2-Settings",
      upgrade: "h2c",
      "http2-settings": "AAEAAEAAAAIAAAAA",
    };
    expect((await ask("/clay/ask", { model: "soft", prompt: "Hi" }, offer)).status).toBe(200);
    expect((await call(`${server.url}/health`, { method: "GET", headers: offer })).status).toBe(200);
  });

  test("a greeting, health and readiness", async () => {
    const { server } = await startPair(hello, bothFormats);
    const get = (path: string, method = "GET") => call(server.url + path, { method });
    expect(await get("/", "HEAD")).toMatchObject({ status: 200, text: "" });
    expect((await get("/")).json()).toMatchObject({ name: "llmbridge" });
    expect((await get("/health")).json()).toMatchObject({
      status: "ok",
      bridge: { providers: ["clay", "reed"], mappings: ["clay", "reed"] },
      reload: { ok: true, diagnostics: [] },
    });
    expect(await get("/ready")).toMatchObject({ status: 200, text: '{"ready":true}' });
  });

  test("a client's request id is kept, an odd one is not", async () => {
    const { ask } = await startPair(hello, bothFormats);
    const body = { model: "soft", prompt: "Hi" };
    expect((await ask("/clay/ask", body, { "x-request-id": "trace-1" })).headers["x-request-id"]).toBe(
      "trace-1",
    );
    expect((await ask("/clay/ask", body, { "x-request-id": "a b\u00ff" })).headers["x-request-id"]).toMatch(
      /^req_\w{24}$/,
    );
  });
});
