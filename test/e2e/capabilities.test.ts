import { afterAll, beforeAll, expect, test } from "vitest";
import { call, startUpstream } from "../support/http.ts";
import type { Answer, Upstream } from "../support/http.ts";
import { startBridge } from "./server.ts";
import type { RunningBridge } from "./server.ts";

/* What a model can carry: the mapping's entries by model pattern, then the provider's, then the model's own. */
let upstream: Upstream;
let bridge: RunningBridge;

beforeAll(async () => {
  upstream = await startUpstream((res) =>
    res
      .writeHead(200, { "content-type": "application/json" })
      .end('{"choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}]}'),
  );
  bridge = await startBridge(`
providers:
  plain: { mapping: openai-chat, base_url: "${upstream.url}", api_key: k }
  own:
    mapping: openai-chat
    base_url: "${upstream.url}"
    api_key: k
    capabilities: { sampling: { topK: true, stop: { max: 1 } }, media: { image: [] }, maxOutput: { max: 5000 } }
models:
  tiny: { provider: own, model: tiny, capabilities: { maxOutput: { max: 100 }, sampling: { topK: false } } }
`);
});
afterAll(async () => {
  await bridge.close();
  await upstream.close();
});

async function ask(
  model: string,
  more: object = {},
): Promise<{ answer: Answer; body: Record<string, unknown> }> {
  const answer = await call(`${bridge.url}/v1/messages`, {
    body: {
      model,
      max_tokens: 9000,
      temperature: 0.5,
      top_k: 4,
      stop_sequences: ["a", "b"],
      messages: [{ role: "user", content: "Hi" }],
      ...more,
    },
  });
  return { answer, body: JSON.parse(upstream.received.at(-1)?.body ?? "{}") as Record<string, unknown> };
}

test("the mapping's own for any model", async () => {
  const { body, answer } = await ask("plain/qwen");
  expect(body).toMatchObject({ max_tokens: 9000, temperature: 0.5, stop: ["a", "b"] });
  expect(body).not.toHaveProperty("top_k");
  expect(answer.headers["x-llmbridge-loss"]).toBe("sampling.topK;drop");
});

test("the mapping's own for models of a pattern", async () => {
  const { body, answer } = await ask("plain/gpt-5");
  expect(body).toMatchObject({ max_completion_tokens: 9000 });
  for (const name of ["temperature", "top_k", "stop", "max_tokens"]) expect(body).not.toHaveProperty(name);
  expect(answer.headers["x-llmbridge-loss"]).toContain("sampling.temperature");
});

test("a provider's, member by member over the mapping's", async () => {
  const { body, answer } = await ask("own/qwen");
  expect(body).toMatchObject({ max_tokens: 5000, temperature: 0.5, top_k: 4 });
  expect(answer.headers["x-llmbridge-loss"]).toBe("limits.maxOutputTokens;clamp, sampling.stop;clamp");
  expect([body["stop"]].flat()).toEqual(["a"]);
});

test("a model's over the provider's", async () => {
  const { body } = await ask("tiny");
  expect(body).toMatchObject({ max_tokens: 100 });
  expect(body).not.toHaveProperty("top_k");
  expect([body["stop"]].flat()).toEqual(["a"]);
});

test("what a provider does not take is refused before it is asked", async () => {
  const asked = upstream.received.length;
  const image = { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } };
  const { answer } = await ask("own/qwen", { messages: [{ role: "user", content: [image] }] });
  expect(answer.status).toBe(400);
  expect(answer.text).toContain("takes no image");
  expect(upstream.received.length).toBe(asked);
});
