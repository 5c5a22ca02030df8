import { describe, expect, test } from "vitest";
import { loadMappings } from "../../src/bridge/mappings.ts";
import { encodeStream } from "../../src/golden/streams.ts";
import type { CanonicalRequest, CanonicalResponse, StreamEvent } from "../../src/mapping/canonical.ts";
import { fit } from "../../src/mapping/fit/fit.ts";
import { Rejection } from "../../src/mapping/rejection.ts";
import { unfold } from "../../src/mapping/unfold.ts";
import { parseStream } from "./anthropic-sdk.ts";

/** What golden cases cannot say: refusals, prefixes that must not change, counts and lists of models. */
const mapping = loadMappings().mappings.get("anthropic")!;
const http = { headers: {} };
const clock = { id: "answer-1", created: 1_700_000_000, frame: 0 };

describe("requests", () => {
  const body = { model: "claude-opus-4-8", max_tokens: 10, messages: [{ role: "user", content: "Hello" }] };

  test("a thread held by the server is refused in the words that make the SDK send the whole history", () => {
    const refused = rejectionOf(() =>
      mapping.request.decode!({ ...body, thread: { type: "create" } }, { http }),
    );
    expect(mapping.error.encode!(refused.error, {})).toMatchObject({
      error: {
        type: "invalid_request_error",
        details: { error_code: "thread_unsupported_request", unsupported: ["thread"] },
      },
    });
  });

  test.each([
    [{ ...body, messages: "Hello" }, "messages: must be array, not string"],
    [
      { ...body, messages: [{ role: "bot", content: "Hello" }] },
      'messages.0.role: must be one of "user", "assistant", "system"',
    ],
    [
      { ...body, messages: [{ role: "user", content: [{ type: "text" }] }] },
      "messages.0.content.0.text: is required",
    ],
    [{ ...body, tools: [{ name: "f" }] }, "tools.0.input_schema: is required"],
    [{ ...body, tool_choice: { type: "tool" } }, "tool_choice.name: is required"],
  ])("a malformed body is refused with its place: %j", (malformed, message) => {
    expect(mapping.validate!(malformed)?.message).toBe(message);
    expect(mapping.validate!(body)).toBeUndefined();
  });

  test("a conversation one turn longer begins with the same bytes", () => {
    const history = longConversation();
    const texts = [2, 4, 6].map((length) =>
      JSON.stringify(encodeRequest({ ...history, turns: history.turns.slice(0, length) }).messages),
    );
    expect(texts[1]!.startsWith(texts[0]!.slice(0, -1))).toBe(true);
    expect(texts[2]!.startsWith(texts[1]!.slice(0, -1))).toBe(true);
  });
});

function rejectionOf(run: () => unknown): Rejection {
  try {
    run();
  } catch (error) {
    if (error instanceof Rejection) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

function encodeRequest(request: CanonicalRequest): { messages: unknown[] } {
  const capabilities = mapping.capabilities(request.model, {});
  const fitted = fit(request, capabilities, { from: request.from.protocol, to: mapping.protocol });
  const target = { provider: "claude", model: request.model, stream: false, headers: {}, capabilities };
  return mapping.request.encode!(fitted.request, { target }) as { messages: unknown[] };
}

function longConversation(): CanonicalRequest {
  return {
    v: 1,
    from: { protocol: "openai-responses" },
    model: "claude-sonnet-4-5",
    stream: false,
    system: [],
    turns: [
      { role: "user", parts: [{ type: "text", text: "Hello" }] },
      { role: "system", parts: [{ type: "text", text: "Be brief." }] },
      { role: "assistant", parts: [{ type: "tool_call", id: "a:1", name: "now", argsText: "{}" }] },
      {
        role: "tool",
        parts: [{ type: "tool_result", callId: "a:1", content: [{ type: "text", text: "noon" }] }],
      },
      { role: "assistant", parts: [{ type: "text", text: "Noon." }] },
      { role: "user", parts: [{ type: "text", text: "Thanks" }] },
    ],
    tools: [{ kind: "function", name: "now" }],
  };
}

describe("answers", () => {
  const nothing: CanonicalResponse = {
    v: 1,
    candidates: [
      { index: 0, parts: [], stop: { reason: "invalid_tool_call", raw: "MALFORMED_FUNCTION_CALL" } },
    ],
  };

  test("trap 54: an answer without any content is an error, at once and in a stream", async () => {
    expect(rejectionOf(() => mapping.response.encode!(nothing, { stream: clock })).error).toMatchObject({
      type: "server",
      status: 502,
    });
    await expect(parseStream(encodeStream(mapping, unfold(nothing)))).rejects.toThrow(
      "MALFORMED_FUNCTION_CALL",
    );
  });

  test("an error in mid-stream reaches the client as one", async () => {
    const events: StreamEvent[] = [
      { type: "start", id: "msg_1" },
      { type: "error", error: { type: "overloaded", message: "try later" } },
    ];
    await expect(parseStream(encodeStream(mapping, events))).rejects.toThrow("overloaded_error");
  });

  test("counts and lists of models, both ways", () => {
    expect(mapping.count.decode!({ input_tokens: 7 }, { http })).toEqual({ tokens: 7 });
    expect(mapping.count.encode!({ tokens: 7, estimated: true }, {})).toEqual({ input_tokens: 7 });
    const models = [
      { id: "gpt-5", provider: "openai", contextLength: 400_000, available: true, created: 1_700_000_000 },
    ];
    const page = mapping.models.encode!({ models }, { http }) as { data: { id: string; type: string }[] };
    expect(page).toMatchObject({ has_more: false, first_id: "gpt-5", last_id: "gpt-5" });
    expect(page.data[0]).toMatchObject({
      type: "model",
      display_name: "gpt-5",
      created_at: "2023-11-14T22:13:20Z",
      max_input_tokens: 400_000,
    });
    expect(mapping.models.decode!(page, { http })).toEqual({
      models: [{ id: "gpt-5", contextLength: 400_000, available: true, created: 1_700_000_000 }],
    });
    expect(mapping.models.encode!({ models: [] }, { http })).toEqual({
      data: [],
      has_more: false,
      first_id: null,
      last_id: null,
    });
  });
});
