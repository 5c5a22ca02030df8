import { describe, expect, test } from "vitest";
import type { TestBridge } from "../support/bridge.ts";
import { call } from "../support/http.ts";
import type { Respond } from "../support/http.ts";
import { bothFormats, startPair } from "../support/pair.ts";

const answers: Respond = (res, { url, body }) => {
  const json = { "content-type": "application/json" };
  if (url.startsWith("/clay/count")) return res.writeHead(200, json).end('{"count": 7}');
  if (url.includes("as=lines")) {
    res.writeHead(200, { "content-type": "application/x-ndjson" });
    return res.end('{"bit":"Hel"}\n{"bit":"lo"}\n{"tokens":[3,2]}\n{"over":true}\n');
  }
  if (url.startsWith("/reed")) return res.writeHead(200, json).end('{"answer":"Hello","tokens":[3,2]}');
  if (JSON.parse(body).stream) {
    res.writeHead(200, {
      "content-type": "text/event-stream",
      "x-ratelimit-remaining": "9",
      "set-cookie": "a=b",
    });
    const events = [
      { kind: "begin", id: "c1", model: "m" },
      { kind: "say", text: "Hel" },
      { kind: "say", text: "lo" },
      { kind: "used", used: { got: 3, gave: 2 } },
      { kind: "finish" },
    ];
    return res.end(events.map((one) => `event: ${one.kind}\ndata: ${JSON.stringify(one)}\n\n`).join(""));
  }
  res.writeHead(200, { ...json, "request-id": "up-1", "openai-organization": "acme", "set-cookie": "a=b" });
  return res.end('{"id":"c1","model":"m","said":"Hello","used":{"got":3,"gave":2}}');
};

describe("a request that is translated", () => {
  test("goes out in the target's words, and comes back in the caller's", async () => {
    const { ask, upstream, log } = await startPair(answers, bothFormats);
    const answer = await ask("/clay/ask", { model: "hard", prompt: "Hi", heat: 0.5 });
    expect(answer.json()).toEqual({ said: "Hello", used: { got: 3, gave: 2 } });
    expect(answer.headers).toMatchObject({ "x-llmbridge-provider": "reed", "x-llmbridge-model": "a/b" });
    const [asked] = upstream.received;
    expect(asked).toMatchObject({ method: "POST", url: "/reed/a%2Fb:ask?reed_key=reed-secret" });
    expect(JSON.parse(asked!.body)).toEqual({ ask: "Hi", warmth: 0.5 });
    expect(asked!.headers).toMatchObject({
      "accept-encoding": "identity",
      "content-type": "application/json",
    });
    await expect
      .poll(log)
      .toMatch(/200 clay → reed\/a\/b \d+ ms first byte \d+ ms tokens 3 in 2 out req_\w{24}\n/);
    expect(log()).not.toContain("secret");
  });

  test("streams", async () => {
    const { ask } = await startPair(answers, bothFormats);
    const answer = await ask("/clay/ask", { model: "hard", prompt: "Hi", stream: true });
    expect(answer.headers["content-type"]).toBe("text/event-stream; charset=utf-8");
    expect(answer.text).toBe(
      [
        'event: begin\ndata: {"kind":"begin"}',
        'event: say\ndata: {"kind":"say","text":"Hel"}',
        'event: say\ndata: {"kind":"say","text":"lo"}',
        'event: used\ndata: {"kind":"used","used":{"got":3,"gave":2}}',
        'event: finish\ndata: {"kind":"finish"}',
        "",
      ].join("\n\n"),
    );
  });

  test("streams as one JSON array where the path says so", async () => {
    const { ask } = await startPair(answers, bothFormats);
    const answer = await ask("/reed/v1/soft:flow", { ask: "Hi" });
    expect(answer.headers["content-type"]).toBe("application/json");
    expect(answer.json()).toEqual([{ bit: "Hel" }, { bit: "lo" }, { over: true, tokens: [3, 2] }]);
  });

  test("tells what the target cannot carry, and refuses where the configuration says so", async () => {
    const { ask, upstream } = await startPair(answers, (url) => {
      const bridge = bothFormats(url);
      bridge.models!["strict"] = {
        provider: "reed",
        model: "r",
        losses: [{ code: "sampling.*", action: "reject" }],
      };
      bridge.models!["silent"] = { provider: "reed", model: "r", losses: [{ code: "*", action: "allow" }] };
      return bridge;
    });
    const told = await ask("/clay/ask", { model: "hard", prompt: "Hi", heat: 1.5, top: 4 });
    expect(told.status).toBe(200);
    expect(told.headers["x-llmbridge-loss"]).toContain(";clamp");
    expect(told.headers["x-llmbridge-loss"]).toContain(";drop");
    const silent = await ask("/clay/ask", { model: "silent", prompt: "Hi", top: 4 });
    expect(silent.headers["x-llmbridge-loss"]).toBeUndefined();
    const refused = await ask("/clay/ask", { model: "strict", prompt: "Hi", top: 4 });
    expect(refused.status).toBe(400);
    expect(refused.json()["oops"]).toMatchObject({
      type: "invalid_request",
      message: expect.stringContaining("sampling."),
    });
    expect(upstream.received).toHaveLength(2);
  });
});

describe("a request in the target's own format", () => {
  test("passes byte for byte but for the model, and so does the answer", async () => {
    const { ask, upstream } = await startPair(answers, bothFormats);
    const body = '{ "prompt" : "Hi \\u00e9", "model":"soft", "unknown": 1.0, "n": 12345678901234567890 }';
    const answer = await ask("/clay/ask", body, { "clay-beta": "b1", "x-other": "no", cookie: "c=1" });
    expect(upstream.received[0]!.body).toBe(body.replace('"soft"', '"m"'));
    expect(upstream.received[0]!.headers).toMatchObject({
      "x-clay-key": "clay-secret",
      "clay-version": "1",
      "clay-beta": "b1",
    });
    expect(upstream.received[0]!.headers).not.toHaveProperty("x-other");
    expect(upstream.received[0]!.headers).not.toHaveProperty("cookie");
    expect(answer.text).toBe('{"id":"c1","model":"m","said":"Hello","used":{"got":3,"gave":2}}');
    expect(answer.headers["request-id"]).toBe("up-1");
    expect(answer.headers).not.toHaveProperty("set-cookie");
    expect(answer.headers).not.toHaveProperty("openai-organization");
  });

  test("is translated where it holds an envelope, which is no token of the target's", async () => {
    const { ask, upstream } = await startPair(answers, bothFormats);
    for (const prompt of ["llmb1.none.plain.", Buffer.from("llmb1.none.plain.").toString("base64")])
      await ask("/clay/ask", { model: "soft", prompt, unknown: 1 });
    const sent = upstream.received.map(({ body }) => JSON.parse(body) as object);
    expect(sent).toHaveLength(2);
    for (const body of sent) expect(body).not.toHaveProperty("unknown");
  });

  test("streams its bytes, and the log knows the tokens", async () => {
    const { ask, log } = await startPair(answers, bothFormats);
    const answer = await ask("/clay/ask", { model: "soft", prompt: "Hi", stream: true });
    expect(answer.text).toContain('event: begin\ndata: {"kind":"begin","id":"c1","model":"m"}\n\n');
    expect(answer.headers["x-ratelimit-remaining"]).toBe("9");
    await expect.poll(log).toContain("tokens 3 in 2 out");
  });

  test("takes the configured overrides, and the configured headers go before the client's", async () => {
    const { ask, upstream } = await startPair(answers, (url) => ({
      providers: {
        clay: {
          mapping: "clay",
          baseUrl: url,
          headers: { "clay-version": "9" },
          body: { default: { heat: 0.1, top: 1 }, set: { "a.b": 1 }, remove: ["secret"] },
        },
      },
    }));
    await ask("/clay/ask", '{"model":"clay/x","prompt":"Hi","top":5,"secret":"s"}', { "clay-version": "2" });
    expect(JSON.parse(upstream.received[0]!.body)).toEqual({
      model: "x",
      prompt: "Hi",
      top: 5,
      heat: 0.1,
      a: { b: 1 },
    });
    expect(upstream.received[0]!.headers["clay-version"]).toBe("9");
  });
});

describe("streams and documents", () => {
  test("an upstream that answers a stream with a document serves a streaming client", async () => {
    const { ask } = await startPair((res) => {
      res
        .writeHead(200, { "content-type": "application/json" })
        .end('{"id":"c1","model":"m","said":"Hello","used":{"got":3,"gave":2}}');
    }, bothFormats);
    const passed = await ask("/clay/ask", { model: "soft", prompt: "Hi", stream: true });
    expect(passed.text).toContain('data: {"kind":"say","text":"Hello"}');
    const translated = await ask("/reed/v1/soft:flow?as=sse", { ask: "Hi" });
    expect(translated.text).toBe('data: {"bit":"Hello"}\n\ndata: {"over":true,"tokens":[3,2]}\n\n');
  });

  test("an upstream that streams unasked serves a client that does not", async () => {
    const { ask } = await startPair((res) => {
      res.writeHead(200, { "content-type": "text/event-stream" });
      res.end('data: {"kind":"say","text":"Hello"}\n\ndata: {"kind":"finish"}\n\n');
    }, bothFormats);
    const passed = await ask("/clay/ask", { model: "soft", prompt: "Hi" });
    expect(passed.json()["said"]).toBe("Hello");
    const translated = await ask("/reed/v1/soft:ask", { ask: "Hi" });
    expect(translated.json()["answer"]).toBe("Hello");
  });
});

const failing: Respond = (res, asked, req) => {
  const status = /^\/(\d+)\//.exec(asked.url)?.[1];
  if (status === undefined) return answers(res, asked, req);
  if (status === "999") return res.destroy();
  return res
    .writeHead(Number(status), { "content-type": "application/json" })
    .end('{"oops":{"message":"no"}}');
};

describe("who answers", () => {
  const down = (url: string, status: number): TestBridge => ({
    providers: {
      one: { mapping: "clay", baseUrl: `${url}/${status}` },
      two: { mapping: "clay", baseUrl: url },
    },
    models: {
      any: [
        { provider: "one", model: "m1" },
        { provider: "two", model: "m2" },
      ],
    },
  });
  test.each([408, 409, 429, 500, 503, 529, 999])(
    "the next target, where one fails with %i",
    async (status) => {
      const { ask } = await startPair(failing, (url) => down(url, status));
      for (const stream of [false, true]) {
        const answer = await ask("/clay/ask", { model: "any", prompt: "Hi", stream });
        expect(answer.status).toBe(200);
        expect(answer.headers["x-llmbridge-model"]).toBe("m2");
      }
      const translated = await ask("/reed/v1/any:ask", { ask: "Hi" });
      expect(translated.json()).toEqual({ answer: "Hello", tokens: [3, 2] });
    },
  );

  test.each([400, 401, 404])("not the next one, where the fault is the request's: %i", async (status) => {
    const { ask, upstream } = await startPair(failing, (url) => down(url, status));
    const answer = await ask("/clay/ask", { model: "any", prompt: "Hi" });
    expect(answer.status).toBe(status);
    expect(answer.text).toBe('{"oops":{"message":"no"}}');
    expect(upstream.received).toHaveLength(1);
  });

  test("nobody: the last one's error, as it is where it is in the caller's format", async () => {
    const { ask, log } = await startPair(failing, (url) => down(`${url}/429`, 503));
    const own = await ask("/clay/ask", { model: "any", prompt: "Hi" });
    expect(own).toMatchObject({ status: 429, text: '{"oops":{"message":"no"}}' });
    const other = await ask("/reed/v1/any:ask", { ask: "Hi" });
    expect(other).toMatchObject({ status: 429, text: '{"fault":"no","sort":"rate_limit"}' });
    await expect.poll(log).toMatch(/429 clay → two\/m2 .* rate_limit/);
  });

  test("nobody for an unknown name, and the nearest one is named", async () => {
    const { ask } = await startPair(answers, bothFormats);
    const answer = await ask("/clay/ask", { model: "sofd", prompt: "Hi" });
    expect(answer.status).toBe(404);
    expect(answer.json()["oops"]).toMatchObject({
      type: "not_found",
      message: 'unknown model "sofd"; did you mean "soft"?',
    });
  });

  test("provider/model always, exact names before patterns, the longest literal text first", async () => {
    const { ask } = await startPair(answers, (url) => ({
      ...bothFormats(url),
      models: {
        "*": { provider: "clay", model: "any" },
        "big-*": { provider: "clay", model: "big" },
        "big-blue-*": { provider: "clay", model: "blue" },
        "big-blue-1": { provider: "clay", model: "exact" },
        same: { provider: "clay" },
      },
    }));
    const model = async (name: string): Promise<unknown> =>
      (await ask("/clay/ask", { model: name, prompt: "" })).headers["x-llmbridge-model"];
    expect(await model("big-blue-1")).toBe("exact");
    expect(await model("big-blue-2")).toBe("blue");
    expect(await model("big-2")).toBe("big");
    expect(await model("else")).toBe("any");
    expect(await model("same")).toBe("same");
    expect(await model("clay/org/name")).toBe("org/name");
  });
});

describe("what is answered here", () => {
  test("counts: by the target of the same format, by another that counts, by an estimate", async () => {
    const { ask } = await startPair(answers, bothFormats);
    expect((await ask("/clay/count", { model: "soft", prompt: "Hi" })).json()).toEqual({ count: 7 });
    expect((await ask("/clay/count", { model: "hard", prompt: "Hello there, you" })).json()).toEqual({
      count: expect.any(Number),
      guess: true,
    });
  });

  test("models, in the format that the headers ask for", async () => {
    const { server } = await startPair(answers, bothFormats);
    const get = async (path: string, headers = {}): Promise<unknown> =>
      (await call(server.url + path, { method: "GET", headers })).json();
    const names = ["soft", "hard", "clay/m", "reed/a/b"];
    expect(await get("/clay/models")).toEqual({ names });
    expect(await get("/clay/models", { "reed-version": "1" })).toMatchObject({
      reeds: names.map((reed) => ({ reed })),
    });
    expect(await get("/clay/models/soft")).toMatchObject({ id: "soft", provider: "clay" });
    expect(await get("/clay/models/clay%2Fany")).toMatchObject({ id: "clay/any", provider: "clay" });
    expect(await get("/clay/models/sof")).toMatchObject({
      oops: { type: "not_found", message: expect.stringContaining("soft") },
    });
    expect(await get("/v1/llm/models")).toMatchObject({
      object: "list",
      data: [{ id: "soft", provider: "clay", context_length: null, is_available: true }, {}, {}, {}],
    });
  });
});
