import { describe, expect, test } from "vitest";
import { loadMappings } from "../../src/bridge/mappings.ts";
import { decodeStream, encodeStream } from "../../src/golden/streams.ts";
import type { CanonicalRequest } from "../../src/mapping/canonical.ts";
import { fit } from "../../src/mapping/fit/fit.ts";
import { restoreResponse } from "../../src/mapping/fit/restore.ts";
import { fold } from "../../src/mapping/fold.ts";
import type { Target } from "../../src/mapping/types.ts";
import { essence, parseStream } from "./openai-responses-sdk.ts";

/** What golden cases cannot say of a folder that borrows: how it is called, and what comes back to a client. */
const { mappings } = loadMappings();
const codex = mappings.get("codex")!;
const name = `mcp__${"long_".repeat(20)}tool`;
const request: CanonicalRequest = {
  v: 1,
  from: { protocol: "anthropic" },
  model: "gpt-5.5",
  stream: false,
  system: [],
  turns: [{ role: "user", parts: [{ type: "text", text: "Go" }] }],
  tools: [{ kind: "function", name }],
  user: { id: "user_1 session 2" },
};

function fitted(asked: CanonicalRequest): ReturnType<typeof fit> {
  const capabilities = codex.capabilities(asked.model, {});
  return fit(asked, capabilities, { from: asked.from.protocol, to: codex.protocol });
}

function encode(asked: CanonicalRequest): Record<string, unknown> {
  const target: Target = {
    provider: "codex",
    model: asked.model,
    stream: true,
    headers: {},
    capabilities: codex.capabilities(asked.model, {}),
  };
  return codex.request.encode!(fitted(asked).request, { target }) as Record<string, unknown>;
}

function header(of: string, asked: CanonicalRequest): unknown {
  const value = codex.upstream!.headers[of];
  return typeof value === "function" ? value(fitted(asked).request, {}) : value;
}

describe("a request", () => {
  test("goes to an upstream that only streams, and serves no clients", () => {
    expect(codex.upstream).toMatchObject({
      stream: "always",
      path: "/responses",
      baseUrl: "https://chatgpt.com/backend-api/codex",
    });
    expect(codex.serves).toEqual([]);
    expect(header("originator", request)).toBe("llmbridge");
  });

  test("says in its header under which key its prompt is cached, the same all along a conversation", () => {
    const later: CanonicalRequest = {
      ...request,
      turns: [
        ...request.turns,
        { role: "assistant", parts: [{ type: "text", text: "Gone" }] },
        { role: "user", parts: [{ type: "text", text: "On" }] },
      ],
    };
    for (const user of [request.user, undefined]) {
      const key = header("session-id", { ...request, user });
      expect(key).toMatch(/^[!-~]{1,64}$/);
      expect(encode({ ...request, user })["prompt_cache_key"]).toBe(key);
      expect(header("session-id", { ...later, user })).toBe(key);
    }
    expect(header("session-id", { ...request, cache: { key: "thread-1" } })).toBe("thread-1");
  });

  test("one turn longer begins with the same bytes", () => {
    const text = JSON.stringify(encode(request)["input"]);
    const later = {
      ...request,
      turns: [...request.turns, { role: "user" as const, parts: [{ type: "text" as const, text: "On" }] }],
    };
    expect(JSON.stringify(encode(later)["input"]).startsWith(text.slice(0, -1))).toBe(true);
  });
});

describe("an answer", () => {
  const sent = (encode(request)["tools"] as { name: string }[])[0]!.name;
  const call = {
    id: "fc_1",
    type: "function_call",
    call_id: "call_1",
    name: sent,
    arguments: "{}",
    status: "completed",
  };
  const wire = [
    {
      type: "response.created",
      response: { id: "resp_1", model: "gpt-5.5", created_at: 1, status: "in_progress", output: [] },
    },
    {
      type: "response.output_item.added",
      output_index: 0,
      item: { ...call, arguments: "", status: "in_progress" },
    },
    { type: "response.output_item.done", output_index: 0, item: call },
    {
      type: "response.completed",
      response: { id: "resp_1", model: "gpt-5.5", created_at: 1, status: "completed", output: [] },
    },
  ];
  const bytes = new TextEncoder().encode(
    wire.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(""),
  );

  test("that names a tool by its short name tells the client its own, also where the client does not stream", () => {
    expect(sent.length).toBeLessThanOrEqual(64);
    const folded = fold(decodeStream(codex, [bytes]));
    const restored = restoreResponse(folded, fitted(request).restore);
    expect(restored.candidates[0]!.parts).toMatchObject([
      { type: "tool_call", id: "call_1", name, argsText: "{}" },
    ]);
    expect(restored.candidates[0]!.stop?.reason).toBe("tool_calls");
  });

  test("with an empty list at its end is whole for a client of Responses", async () => {
    const drawn = encodeStream(mappings.get("openai-responses")!, decodeStream(codex, [bytes]));
    expect(essence(await parseStream(drawn))).toMatchObject({
      items: [["function_call", "call_1", sent, "{}", null]],
      stop: ["completed", null],
    });
  });
});
