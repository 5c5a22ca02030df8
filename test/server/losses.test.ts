import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { load } from "../../src/bridge/load.ts";
import { startServer } from "../../src/server/server.ts";
import { call, startUpstream } from "../support/http.ts";
import type { Answer, Upstream } from "../support/http.ts";

/** Asks a server whose provider and model have these `losses:`. */
async function ask(
  losses: { provider?: object; model?: object },
  body: object,
  path = "/v1/messages",
): Promise<{ answer: Answer; upstream: Upstream }> {
  const upstream = await startUpstream((res) => {
    res.writeHead(200, { "content-type": "application/json" });
    const message = {
      role: "assistant",
      content: "Hello",
      annotations: [
        {
          type: "url_citation",
          url_citation: { url: "https://a.example", title: "A", start_index: 0, end_index: 2 },
        },
      ],
    };
    res.end(
      JSON.stringify({
        id: "c",
        object: "chat.completion",
        created: 1,
        model: "m",
        choices: [
          {
            index: 0,
            message,
            logprobs: {
              content: [{ token: "H", logprob: -1, bytes: null, top_logprobs: [] }],
              refusal: null,
            },
            finish_reason: "stop",
          },
        ],
      }),
    );
  });
  const folder = mkdtempSync(join(tmpdir(), "losses-"));
  const config = join(folder, "llmbridge.yaml");
  writeFileSync(
    config,
    JSON.stringify({
      providers: {
        chat: {
          mapping: "openai-chat",
          base_url: `${upstream.url}/v1`,
          ...(losses.provider && { losses: losses.provider }),
        },
      },
      models: { m: { provider: "chat", model: "gpt-4.1", ...(losses.model && { losses: losses.model }) } },
    }),
  );
  const { bridge } = load({ config, env: {} });
  const server = await startServer({
    bridge: bridge!,
    listen: { host: "127.0.0.1", port: 0 },
    write: () => undefined,
  });
  onTestFinished(async () => {
    await server.close();
    await upstream.close();
    rmSync(folder, { recursive: true });
  });
  const answer = await call(server.url + path, {
    body: { model: "m", max_tokens: 10, messages: [{ role: "user", content: "Hi" }], ...body },
    headers: { "anthropic-version": "2023-06-01" },
  });
  return { answer, upstream };
}

const lossy = { top_k: 5, thinking: { type: "enabled", budget_tokens: 2000 }, max_tokens: 4000 };

describe("what becomes of losses", () => {
  test("warn, the default: they are told in a header", async () => {
    const { answer, upstream } = await ask({}, lossy);
    expect(answer.status).toBe(200);
    expect(answer.headers["x-llmbridge-loss"]).toContain("sampling.topK;drop");
    expect(answer.headers["x-llmbridge-loss"]).toContain("reasoning;drop");
    expect(upstream.received).toHaveLength(1);
  });

  test("allow: nothing is said", async () => {
    const { answer } = await ask({ provider: { "*": "allow" } }, lossy);
    expect(answer.status).toBe(200);
    expect(answer.headers).not.toHaveProperty("x-llmbridge-loss");
  });

  test("reject: the caller's own error names the code and the place, and no upstream is called", async () => {
    const { answer, upstream } = await ask({ provider: { "sampling.*": "reject" } }, lossy);
    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({ type: "error", error: { type: "invalid_request_error" } });
    expect((answer.json() as { error: { message: string } }).error.message).toMatch(
      /sampling\.topK \(sampling\.topK\)/,
    );
    expect(upstream.received).toEqual([]);
  });

  test("a stream that is rejected has its HTTP status", async () => {
    const { answer } = await ask({ provider: { "sampling.*": "reject" } }, { ...lossy, stream: true });
    expect(answer.status).toBe(400);
    expect(answer.headers["content-type"]).toMatch(/json/);
  });

  test("what a mapping itself finds that it cannot say is judged before the call, too", async () => {
    const { answer, upstream } = await ask(
      { provider: { "tools.strict": "reject" } },
      {
        tools: [
          {
            name: "f",
            strict: true,
            input_schema: { type: "object", additionalProperties: { type: "string" } },
          },
        ],
      },
    );
    expect(answer.status).toBe(400);
    expect(upstream.received).toEqual([]);
  });

  test.each([
    [
      "the longer literal text wins",
      { provider: { "*": "reject", "sampling.*": "allow", reasoning: "allow" } },
      200,
    ],
    [
      "an exact code before a pattern",
      { provider: { "sampling.*": "allow", "sampling.topK": "reject" } },
      400,
    ],
    [
      "in whatever order they are written",
      { provider: { "sampling.topK": "reject", "sampling.*": "allow" } },
      400,
    ],
    [
      "the model's own before its provider's",
      { provider: { "sampling.topK": "reject" }, model: { "*": "allow" } },
      200,
    ],
  ] as const)("%s", async (_, losses, status) => {
    expect((await ask(losses, lossy)).answer.status).toBe(status);
  });

  test("what a client cannot be told of an answer is a loss of the answer, and is never refused", async () => {
    const told = await ask({}, {});
    expect(told.answer.headers["x-llmbridge-loss"]).toContain("logprobs;drop");
    const allowed = await ask({ provider: { logprobs: "allow", "answer.*": "allow" } }, {});
    expect(allowed.answer.headers["x-llmbridge-loss"] ?? "").not.toContain("logprobs");
    const rejected = await ask({ provider: { "*": "reject" } }, {});
    expect(rejected.answer.status).toBe(200);
  });
});
