import { expect, onTestFinished, test } from "vitest";
import { call, startUpstream } from "../support/http.ts";
import type { Answer, Upstream } from "../support/http.ts";
import { startBridge } from "./server.ts";

/** How each client asks for a count of the same request, and where the number stands. */
const clients = {
  anthropic: {
    path: "/v1/messages/count_tokens",
    count: "input_tokens",
    body: (model: string) => ({
      model,
      system: "Be brief.",
      messages: [{ role: "user", content: "What time is it?" }],
      tools: [{ name: "now", description: "The time.", input_schema: { type: "object", properties: {} } }],
    }),
  },
  "openai-responses": {
    path: "/v1/responses/input_tokens",
    count: "input_tokens",
    body: (model: string) => ({
      model,
      instructions: "Be brief.",
      input: "What time is it?",
      tools: [
        {
          type: "function",
          name: "now",
          description: "The time.",
          parameters: { type: "object", properties: {} },
        },
      ],
    }),
  },
  gemini: {
    path: "/v1beta/models/MODEL:countTokens",
    count: "totalTokens",
    body: () => ({
      generateContentRequest: {
        systemInstruction: { parts: [{ text: "Be brief." }] },
        contents: [{ role: "user", parts: [{ text: "What time is it?" }] }],
        tools: [{ functionDeclarations: [{ name: "now", description: "The time." }] }],
      },
    }),
  },
};
type Client = keyof typeof clients;

const counting = new Set(["anthropic", "openai-responses", "gemini"]);
const models: Readonly<Record<string, string>> = {
  anthropic: "claude-sonnet-4-5",
  "openai-responses": "gpt-5",
  gemini: "gemini-2.5-pro",
  "openai-chat": "gpt-4o",
  codex: "gpt-5-codex",
  demo: "demo",
};

async function count(client: Client, mapping: string, upstream: Upstream): Promise<Answer> {
  const called = mapping === "demo" ? "" : `, base_url: "${upstream.url}", api_key: k`;
  const bridge = await startBridge(
    `providers: { it: { mapping: ${mapping}${called} } }\nmodels: { "*": it }\n`,
  );
  onTestFinished(() => bridge.close());
  const { path, body } = clients[client];
  const model = models[mapping]!;
  return call(bridge.url + path.replace("MODEL", model), { body: body(model) });
}

async function openUpstream(status: number, body: unknown): Promise<Upstream> {
  const upstream = await startUpstream((res) =>
    res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body)),
  );
  onTestFinished(() => upstream.close());
  return upstream;
}

const names = Object.keys(clients) as Client[];
const pairs = names.flatMap((client) => Object.keys(models).map((mapping) => [client, mapping] as const));

test.each(pairs.filter(([, mapping]) => counting.has(mapping)))(
  "%s → %s: the upstream counts",
  async (client, mapping) => {
    const upstream = await openUpstream(200, { input_tokens: 42, totalTokens: 42 });
    const answer = await count(client, mapping, upstream);
    expect(answer.json()).toMatchObject({ [clients[client].count]: 42 });
    expect(answer.headers["x-llmbridge-estimate"]).toBeUndefined();
    const [asked] = upstream.received;
    expect(asked?.url).toMatch(/count_tokens|input_tokens|countTokens/);
    expect(asked?.body).toContain("Be brief.");
    expect(asked?.body).toContain('"now"');
    expect(asked?.body).not.toMatch(/max_tokens|"stream"|"store"/);
  },
);

test.each(pairs.filter(([, mapping]) => !counting.has(mapping)))(
  "%s → %s: an estimate, which says so",
  async (client, mapping) => {
    const upstream = await openUpstream(500, {});
    const answer = await count(client, mapping, upstream);
    expect(answer.headers["x-llmbridge-estimate"]).toBe("tokens");
    const tokens = answer.json()[clients[client].count];
    expect(tokens).toBeGreaterThan(15);
    expect(tokens).toBeLessThan(60);
    expect(upstream.received).toHaveLength(0);
  },
);

test("an upstream of the format that does not count after all is estimated", async () => {
  const upstream = await openUpstream(404, { error: { message: "no such path" } });
  const answer = await count("openai-responses", "anthropic", upstream);
  expect(answer.status).toBe(200);
  expect(answer.headers["x-llmbridge-estimate"]).toBe("tokens");
});

test("what is wrong with the request is the upstream's to say", async () => {
  const upstream = await openUpstream(400, {
    type: "error",
    error: { type: "invalid_request_error", message: "too long" },
  });
  const answer = await count("gemini", "anthropic", upstream);
  expect(answer.status).toBe(400);
  expect(answer.text).toContain("too long");
});

test.each([...counting])("an answer of %s without a count is an error, which says so", async (mapping) => {
  const upstream = await openUpstream(200, { error: { code: 429, message: "slow down" } });
  const answer = await count(mapping === "anthropic" ? "gemini" : "anthropic", mapping, upstream);
  expect(answer.status).toBeGreaterThanOrEqual(500);
  expect(answer.text).toContain("it answered without a count of tokens");
});
