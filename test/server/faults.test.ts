import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { afterAll, describe, expect, test } from "vitest";
import type { TestBridge } from "../support/bridge.ts";
import { sleep, until } from "../support/http.ts";
import type { Respond } from "../support/http.ts";
import { openPair, startPair } from "../support/pair.ts";

const sse = { "content-type": "text/event-stream" };
const json = { "content-type": "application/json" };
const lines = { "content-type": "application/x-ndjson" };
const say = (text: string): string => `data: ${JSON.stringify({ kind: "say", text })}\n\n`;
const page =
  "<html><head><style>b{}</style><title>502</title></head><body><h1>Bad gateway</h1> sk-0123456789012345678901234567890123456789</body></html>";

/** Ways to answer badly, by the first segment of the path. */
const faults: Record<string, Respond> = {
  silent: () => undefined,
  hangup: (res) => void res.socket!.destroy(),
  page: (res) => void res.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page),
  page503: (res) => void res.writeHead(503, { "content-type": "text/html", "retry-after": "7" }).end(page),
  echo: (res, { headers }) =>
    void res
      .writeHead(401, json)
      .end(JSON.stringify({ oops: { message: `bad key ${headers["x-clay-key"]}` } })),
  broken: (res) => void res.writeHead(200, json).end('{"said": "Hel'),
  latin: (res) => void res.writeHead(200, json).end(Buffer.from('{"said": "caf\xe9"}', "latin1")),
  cut: (res) => {
    res.writeHead(200, { ...json, "content-length": 100 }).write('{"said": "Hel');
    setTimeout(() => res.socket!.destroy(), 20);
  },
  "stream-error": (res) =>
    void res.writeHead(200, sse).end('data: {"kind":"begin","id":"1"}\n\ndata: {"kind":"oops"}\n\n'),
  "first-error": (res) =>
    void res
      .writeHead(200, sse)
      .end('data: {"kind":"oops","oops":{"type":"overloaded","message":"too busy"}}\n\n'),
  "late-error": (res) => {
    res.writeHead(200, sse).write(say("Hel"));
    setTimeout(
      () => res.end('data: {"kind":"oops","oops":{"type":"overloaded","message":"too busy"}}\n\n'),
      20,
    );
  },
  "stream-broken": (res) => {
    res.writeHead(200, sse).write(say("Hel"));
    setTimeout(() => res.end('data: {"kind":"sa\n\n'), 20);
  },
  "stream-latin": (res) => {
    res.writeHead(200, sse).write(say("Hel"));
    setTimeout(() => res.end(Buffer.from(say("caf\xe9"), "latin1")), 20);
  },
  "stream-cut": (res) => {
    res.writeHead(200, sse).write(say("Hel"));
    setTimeout(() => res.socket!.destroy(), 20);
  },
  "stream-stop": (res) => {
    res.writeHead(200, sse).write(say("Hel"));
    setTimeout(() => res.end(), 20);
  },
  "stream-silent": (res) => void res.writeHead(200, sse).write(say("Hel")),
  trickle: async (res) => {
    res.writeHead(200, { ...sse });
    const bytes = Buffer.from(`event: say\r\n${say("H\u00e9l\u{1f600}lo")}data: {"kind":"finish"}\n\n`);
    for (const byte of bytes) {
      res.write(Buffer.from([byte]));
      await sleep(2);
    }
    res.end();
  },
  ok: async (res, { url }) => {
    await sleep(150);
    if (url.includes("as=lines")) res.writeHead(200, lines).end('{"bit":"fine"}\n{"over":true}\n');
    else if (url.includes("reed")) res.writeHead(200, json).end('{"answer":"fine"}');
    else res.writeHead(200, sse).end(`${say("fine")}data: {"kind":"finish"}\n\n`);
  },
};

const respond: Respond = (res, asked, req) => faults[/^\/([\w-]+)\//.exec(asked.url)![1]!]!(res, asked, req);

/** A provider of clay for each fault. */
function faulty(url: string): TestBridge {
  const providers = Object.keys(faults).map((name) => [
    name,
    { mapping: "clay", baseUrl: `${url}/${name}`, apiKey: "clay-secret", timeoutMs: 400 },
  ]);
  return {
    providers: { ...Object.fromEntries(providers), fine: { mapping: "reed", baseUrl: `${url}/ok/reed` } },
  };
}

/** How the caller asks: in another format, as a document or a stream; or in the target's own. */
const ways = {
  document: (name: string) => ({ path: `/reed/v1/${name}%2Fm:ask`, body: { ask: "Hi" } }),
  stream: (name: string) => ({ path: `/reed/v1/${name}%2Fm:flow?as=sse`, body: { ask: "Hi" } }),
  array: (name: string) => ({ path: `/reed/v1/${name}%2Fm:flow`, body: { ask: "Hi" } }),
  own: (name: string) => ({ path: "/clay/ask", body: { model: `${name}/m`, prompt: "Hi" } }),
  ownStream: (name: string) => ({
    path: "/clay/ask",
    body: { model: `${name}/m`, prompt: "Hi", stream: true },
  }),
};

/** Fault, how it is asked, the status, and what the error says; `200` is an error inside the stream. */
const cases: [fault: string, way: keyof typeof ways, status: number, says: RegExp][] = [
  ["silent", "document", 504, /silent did not answer within 0.4 s/],
  ["silent", "stream", 504, /silent did not answer within 0.4 s/],
  ["silent", "own", 504, /silent did not answer within 0.4 s/],
  ["hangup", "document", 502, /hangup closed the connection before it answered/],
  ["hangup", "stream", 502, /hangup closed the connection before it answered/],
  ["hangup", "ownStream", 502, /hangup closed the connection before it answered/],
  ["page", "document", 502, /page answered with text\/html instead of JSON: .*502 Bad gateway/],
  ["page", "stream", 502, /page answered with text\/html instead of JSON/],
  ["page", "own", 502, /page answered with text\/html instead of JSON/],
  ["page503", "document", 503, /502 Bad gateway/],
  ["page503", "own", 529, /502 Bad gateway/],
  ["echo", "document", 401, /bad key \*\*\*/],
  ["echo", "own", 401, /bad key \*\*\*/],
  ["broken", "document", 502, /broken answered with broken JSON/],
  ["broken", "stream", 502, /broken answered with broken JSON/],
  ["latin", "document", 502, /latin sent text that is not valid UTF-8/],
  ["cut", "document", 502, /cut closed the connection in the midst of its answer/],
  ["cut", "own", 502, /cut closed the connection in the midst of its answer/],
  ["first-error", "document", 503, /too busy/],
  ["first-error", "stream", 503, /too busy/],
  ["first-error", "array", 503, /^\[.*too busy.*\]$/s],
  ["stream-error", "stream", 500, /stream-error reported an error/],
  ["late-error", "document", 503, /too busy/],
  ["late-error", "stream", 200, /"bit":"Hel".*too busy/s],
  ["late-error", "array", 200, /^\[\{"bit":"Hel"\},\s\{.*too busy.*\]$/s],
  ["stream-broken", "document", 502, /an event that is not JSON/],
  ["stream-broken", "stream", 200, /"bit":"Hel".*an event that is not JSON/s],
  ["stream-latin", "stream", 200, /"bit":"Hel".*not valid UTF-8/s],
  ["stream-cut", "document", 502, /closed the connection in the midst of its answer/],
  ["stream-cut", "stream", 200, /"bit":"Hel".*closed the connection in the midst of its answer/s],
  ["stream-cut", "ownStream", 200, /"text":"Hel".*event: oops\ndata: .*closed the connection in the midst/s],
  ["stream-stop", "document", 502, /closed the stream before its end/],
  ["stream-stop", "stream", 200, /"bit":"Hel".*closed the stream before its end/s],
  ["stream-silent", "stream", 200, /"bit":"Hel".*fell silent for 0.4 s/s],
  ["stream-silent", "ownStream", 200, /"text":"Hel".*fell silent for 0.4 s/s],
];

const shared = await openPair(respond, faulty);
afterAll(() => shared.close());

// All at once on one server: none may disturb another.
describe.concurrent("an upstream that answers badly", () => {
  test.each(cases)("%s, asked for a %s: %i", async (fault, way, status, says) => {
    const { ask, log } = shared;
    const { path, body } = ways[way](fault);
    const id = `${fault}.${way}`;
    const beside = ways.stream("fine");
    const [answer, healthy] = await Promise.all([
      ask(path, body, { "x-request-id": id }),
      ask(beside.path, beside.body),
    ]);
    expect(answer.text).toMatch(says);
    expect(answer.status).toBe(status);
    if (status !== 200 && way !== "array")
      expect(answer.json()).toMatchObject(
        way.startsWith("own") ? { oops: {} } : { fault: expect.any(String) },
      );
    expect(healthy).toMatchObject({
      status: 200,
      text: 'data: {"bit":"fine"}\n\ndata: {"over":true,"tokens":[]}\n\n',
    });
    await until(() => log().includes(id));
    expect(
      log()
        .split("\n")
        .find((one) => one.includes(`${id} `)),
    ).toContain(`→ ${fault}/m`);
    expect(answer.text + log() + JSON.stringify(answer.headers)).not.toMatch(/clay-secret|sk-0123/);
  });
});

describe("an upstream that answers oddly", () => {
  test("slowly, byte by byte", async () => {
    const { ask } = await startPair(respond, faulty);
    const { path, body } = ways.stream("trickle");
    expect((await ask(path, body)).text).toContain('data: {"bit":"H\u00e9l\u{1f600}lo"}');
  });

  test("says when to come back", async () => {
    const { ask } = await startPair(respond, faulty);
    const { path, body } = ways.document("page503");
    expect((await ask(path, body)).headers["retry-after"]).toBe("7");
  });

  test("not at all: nobody listens", async () => {
    const { ask } = await startPair(respond, () => ({
      providers: { gone: { mapping: "clay", baseUrl: "http://127.0.0.1:9" } },
    }));
    const { path, body } = ways.document("gone");
    expect(await ask(path, body)).toMatchObject({
      status: 502,
      text: '{"fault":"gone refused the connection","sort":"server"}',
    });
  });

  test("not in HTTP", async () => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.end("SSH-2.0-OpenSSH_9.0\r\n");
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    const { port } = server.address() as AddressInfo;
    const { ask } = await startPair(respond, () => ({
      providers: { odd: { mapping: "clay", baseUrl: `http://127.0.0.1:${port}` } },
    }));
    const { path, body } = ways.document("odd");
    expect(await ask(path, body)).toMatchObject({
      status: 502,
      text: expect.stringContaining("odd did not answer in HTTP"),
    });
    server.close();
  });
});
