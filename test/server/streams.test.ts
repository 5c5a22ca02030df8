import { once } from "node:events";
import { createServer, request } from "node:http";
import type { ServerResponse } from "node:http";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, createGzip, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { call, sleep, until } from "../support/http.ts";
import type { Respond } from "../support/http.ts";
import { bothFormats, startPair } from "../support/pair.ts";
import type { TestBridge } from "../support/bridge.ts";

const sse = { "content-type": "text/event-stream" };
const say = (text: string): string => `data: ${JSON.stringify({ kind: "say", text })}\n\n`;
const finish = 'data: {"kind":"finish"}\n\n';
const withConfig =
  (config: TestBridge["config"]) =>
  (url: string): TestBridge => ({ ...bothFormats(url), config });

/** Both ways that a clay upstream's stream reaches a client: translated, and as it is. */
const ways = [
  ["translated", "/reed/v1/soft:flow?as=sse", { ask: "Hi" }],
  ["passed through", "/clay/ask", { model: "soft", prompt: "Hi", stream: true }],
] as const;

describe.each(ways)("a stream that is %s", (_, path, body) => {
  test("leaves as it comes, headers with the first byte", async () => {
    const { ask } = await startPair(async (res) => {
      res.writeHead(200, sse);
      res.flushHeaders();
      for (const word of ["one", "two", "three"]) {
        await sleep(200);
        res.write(say(word));
      }
      await sleep(200);
      res.end(finish);
    }, bothFormats);
    const { chunks } = await ask(path, body);
    const words = chunks.map(({ text }) => ["one", "two", "three"].filter((word) => text.includes(word)));
    expect(words.filter((said) => said.length > 0)).toEqual([["one"], ["two"], ["three"]]);
  });

  test("is kept alive while the upstream is silent, before its first byte too", async () => {
    const { ask } = await startPair(
      async (res) => {
        await sleep(160);
        res.writeHead(200, sse).write(say("one"));
        await sleep(160);
        res.end(finish);
      },
      withConfig({ pingMs: 50 }),
    );
    const { text, status } = await ask(path, body);
    const ping = path.startsWith("/clay") ? "event: still\ndata: {}\n\n" : ": keep-alive\n\n";
    expect(status).toBe(200);
    const [before, after] = text.split(/.*one.*\n\n/);
    expect(before!.split(ping).length).toBeGreaterThanOrEqual(3);
    expect(after!.split(ping).length).toBeGreaterThanOrEqual(3);
    expect(text.replaceAll(ping, "")).toMatch(/^(event: .*\n)?data: .*\n\n(event: .*\n)?data: .*\n\n$/);
  });

  test("ends in the format's own error where the upstream fails after a keep-alive", async () => {
    const { ask } = await startPair(
      async (res) => {
        await sleep(120);
        res
          .writeHead(429, { "content-type": "application/json" })
          .end('{"oops":{"type":"rate_limit","message":"slow down"}}');
      },
      withConfig({ pingMs: 50 }),
    );
    const { text, status } = await ask(path, body);
    expect(status).toBe(200);
    expect(text).toMatch(/data: .*slow down.*\n\n$/);
  });

  test.each([false, true])(
    "is given up at once when the client goes away; after the first byte: %s",
    async (started) => {
      let gone = 0;
      const { server, log, upstream } = await startPair((res) => {
        res.on("close", () => gone++);
        if (started) res.writeHead(200, sse).write(say("one"));
      }, bothFormats);
      const leave = new AbortController();
      const asked = call(server.url + path, { body, signal: leave.signal }).catch(() => "left");
      await until(() => upstream.received.length === 1);
      await sleep(30);
      leave.abort();
      await until(() => gone === 1);
      await asked;
      await until(() => log().includes(" 499 "));
    },
  );

  test("does not pile up in memory when the client reads slowly", async () => {
    const chunk = say("x".repeat(64 * 1024));
    let sent = 0;
    const { server } = await startPair(async (res) => {
      res.writeHead(200, sse);
      while (sent < 200 && !res.destroyed) {
        sent++;
        if (!res.write(chunk)) await new Promise((ready) => void res.once("drain", ready));
      }
      res.end(finish);
    }, bothFormats);
    const req = request(server.url + path, { method: "POST", agent: false });
    req.end(JSON.stringify(body));
    const [res] = (await once(req, "response")) as [import("node:http").IncomingMessage];
    res.pause();
    await sleep(300);
    const before = sent;
    await sleep(200);
    // What sockets hold on both sides, and no more: the upstream stands still.
    expect(sent).toBe(before);
    expect(sent).toBeLessThan(180);
    let length = 0;
    res.on("data", (data: Buffer) => (length += data.length)).resume();
    await once(res, "end");
    expect(length).toBeGreaterThan(200 * 64 * 1024);
  });
});

describe("an upstream that compresses all the same", () => {
  test.each([
    ["gzip", gzipSync],
    ["br", brotliCompressSync],
    ["zstd", zstdCompressSync],
  ])("%s", async (encoding, compress) => {
    const { ask } = await startPair((res) => {
      res
        .writeHead(200, { "content-type": "application/json", "content-encoding": encoding })
        .end(compress('{"said":"Hello"}'));
    }, bothFormats);
    const passed = await ask("/clay/ask", { model: "soft", prompt: "Hi" });
    expect(passed.text).toBe('{"said":"Hello"}');
    expect(passed.headers).not.toHaveProperty("content-encoding");
    expect((await ask("/reed/v1/soft:ask", { ask: "Hi" })).json()["answer"]).toBe("Hello");
  });

  test("a stream", async () => {
    const { ask } = await startPair((res) => {
      res.writeHead(200, { ...sse, "content-encoding": "gzip" });
      const gzip = createGzip();
      gzip.pipe(res);
      gzip.write(say("Hello"));
      gzip.flush();
      setTimeout(() => gzip.end(finish), 30);
    }, bothFormats);
    expect((await ask(ways[0][1], ways[0][2])).text).toBe(
      'data: {"bit":"Hello"}\n\ndata: {"over":true,"tokens":[]}\n\n',
    );
  });

  test("and not what it says", async () => {
    const { ask } = await startPair((res) => {
      res.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" }).end("{}");
    }, bothFormats);
    expect(await ask("/reed/v1/soft:ask", { ask: "Hi" })).toMatchObject({
      status: 502,
      text: expect.stringContaining("not gzip"),
    });
  });
});

describe("closing", () => {
  test("lets a stream finish, and takes nothing new", async () => {
    let go = (): void => undefined;
    const { server, ask, upstream } = await startPair((res) => {
      res.writeHead(200, sse).write(say("one"));
      go = () => res.end(finish);
    }, bothFormats);
    const answer = ask(ways[0][1], ways[0][2]);
    await until(() => upstream.received.length === 1);
    await sleep(30);
    const closed = server.close(5000);
    await sleep(30);
    await expect(call(`${server.url}/health`, { method: "GET" })).rejects.toThrow(/ECONNREFUSED/);
    go();
    expect((await answer).text).toContain("over");
    await closed;
  });

  test("cuts off what takes too long", async () => {
    const { server, ask, upstream } = await startPair(
      (res) => void res.writeHead(200, sse).write(say("one")),
      bothFormats,
    );
    const answer = ask(ways[0][1], ways[0][2]).catch(() => undefined);
    await until(() => upstream.received.length === 1);
    const startedAt = performance.now();
    await server.close(100);
    expect(performance.now() - startedAt).toBeLessThan(1000);
    await answer;
  });
});

describe("connections to upstreams", () => {
  test("are kept and used again", async () => {
    const { ask, upstream } = await startPair(
      (res) => void res.writeHead(200, { "content-type": "application/json" }).end('{"said":"Hello"}'),
      bothFormats,
    );
    for (let i = 0; i < 5; i++) await ask("/clay/ask", { model: "soft", prompt: "Hi" });
    expect(upstream.received).toHaveLength(5);
    expect(upstream.open()).toBe(1);
  });

  test("go through the proxy that the environment names", async () => {
    const targets: string[] = [];
    const proxy = createServer().on("connect", (req, socket) => {
      targets.push(req.url!);
      const [host, port] = req.url!.split(":");
      const tunnel = connect(Number(port), host, () => socket.write("HTTP/1.1 200 OK\r\n\r\n"));
      tunnel.pipe(socket).pipe(tunnel);
      for (const end of [tunnel, socket]) end.on("error", () => undefined);
    });
    proxy.on("request", (req, res: ServerResponse) => {
      targets.push(req.url!);
      const chunks: Buffer[] = [];
      req.on("data", (chunk: Buffer) => chunks.push(chunk));
      req.on("end", () => {
        const onward = request(
          req.url!,
          { method: req.method, headers: { ...req.headers, connection: "close" } },
          (answer) => {
            res.writeHead(answer.statusCode!, answer.headers);
            answer.pipe(res);
          },
        );
        onward.end(Buffer.concat(chunks));
      });
    });
    proxy.listen(0, "127.0.0.1");
    await once(proxy, "listening");
    vi.stubEnv("HTTP_PROXY", `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
    vi.stubEnv("NO_PROXY", "");
    onTestFinished(() => {
      vi.unstubAllEnvs();
      proxy.closeAllConnections();
      proxy.close();
    });
    const respond: Respond = (res) =>
      void res.writeHead(200, { "content-type": "application/json" }).end('{"said":"Hello"}');
    const { ask, upstream } = await startPair(respond, bothFormats);
    expect((await ask("/clay/ask", { model: "soft", prompt: "Hi" })).text).toBe('{"said":"Hello"}');
    expect(targets.join()).toContain(upstream.url.slice("http://".length));
    vi.stubEnv("NO_PROXY", "127.0.0.1");
    await ask("/clay/ask", { model: "soft", prompt: "Hi" });
    expect(targets).toHaveLength(1);
  });
});
