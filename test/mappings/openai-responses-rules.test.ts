import { describe, expect, test } from "vitest";
import { loadMappings } from "../../src/bridge/mappings.ts";
import { encodeStream } from "../../src/golden/streams.ts";
import type { CanonicalRequest, CanonicalResponse, StreamEvent } from "../../src/mapping/canonical.ts";
import { fit } from "../../src/mapping/fit/fit.ts";
import { Rejection } from "../../src/mapping/rejection.ts";
import { unfold } from "../../src/mapping/unfold.ts";
import { parseAnswer, parseStream } from "./openai-responses-sdk.ts";

/** What golden cases cannot say: refusals, prefixes that must not change, tokens that make the way there and back. */
const mapping = loadMappings().mappings.get("openai-responses")!;
const http = { headers: {} };
const clock = { id: "answer-1", created: 1_700_000_000, frame: 0 };

describe("requests", () => {
  const body = { model: "gpt-5", input: [{ role: "user", content: "Hello" }] };
  const withInput = (item: unknown): unknown => ({ ...body, input: [item] });

  test.each([
    [{ input: "Hello" }, "model: is required"],
    [{ ...body, input: 7 }, "input: must be string or array or null, not number"],
    [
      withInput({ role: "bot", content: "Hello" }),
      'input.0.role: must be one of "user", "assistant", "system", "developer"',
    ],
    [withInput({ role: "user" }), "input.0.content: is required"],
    [withInput({ role: "user", content: [{ type: "input_text" }] }), "input.0.content.0.text: is required"],
    [withInput({ type: "function_call", call_id: "c" }), "input.0.name: is required"],
    [withInput({ type: "function_call_output", call_id: "c" }), "input.0.output: is required"],
    [{ ...body, tools: [{ type: "function" }] }, "tools.0.name: is required"],
    [{ ...body, text: { format: { type: "json_schema" } } }, "text.format.schema: is required"],
    [{ ...body, stream: "yes" }, "stream: must be boolean or null, not string"],
  ])("a malformed body is refused with its place: %j", (malformed, message) => {
    expect(mapping.validate!(malformed)?.message).toBe(message);
  });

  test("what the format allows is not refused", () => {
    const items = [
      { id: "msg_1" },
      { type: "hologram" },
      { type: "reasoning", summary: [], content: null, encrypted_content: null },
    ];
    for (const allowed of [
      body,
      { model: "gpt-5", input: "Hello" },
      { model: "gpt-5", prompt: { id: "p" } },
      { ...body, input: items },
    ]) {
      expect(mapping.validate!(allowed)).toBeUndefined();
    }
  });

  test("a tool that was announced, and is given again when it was found, is the one given again", () => {
    const parameters = { type: "object", properties: {} };
    const announced = ["weather", "time"].map((name) => ({
      type: "function",
      name,
      parameters,
      defer_loading: true,
    }));
    const found = { type: "function", name: "weather", description: "Tells the weather", parameters };
    const input = [...body.input, { type: "additional_tools", role: "developer", tools: [found] }];
    const { tools } = mapping.request.decode!({ ...body, input, tools: announced }, { http });
    expect(tools).toMatchObject([
      { name: "time", defer: true },
      { name: "weather", description: found.description },
    ]);
    expect(tools?.[1]).not.toHaveProperty("defer");
  });

  test("a conversation that a server holds is refused by another protocol's model", () => {
    const request = mapping.request.decode!({ ...body, previous_response_id: "resp_1" }, { http });
    const { capabilities } = loadMappings().mappings.get("anthropic")!;
    const names = { from: mapping.protocol, to: "anthropic" };
    expect(() => fit(request, capabilities("claude-opus-4-8", {}), names)).toThrow("send the full history");
  });

  test("a conversation one turn longer begins with the same bytes", () => {
    const texts = [2, 4, 6].map((length) =>
      JSON.stringify(encodeRequest({ ...conversation, turns: conversation.turns.slice(0, length) }).input),
    );
    expect(texts[1]!.startsWith(texts[0]!.slice(0, -1))).toBe(true);
    expect(texts[2]!.startsWith(texts[1]!.slice(0, -1))).toBe(true);
  });
});

const conversation: CanonicalRequest = {
  v: 1,
  from: { protocol: "anthropic" },
  model: "gpt-5",
  stream: false,
  system: [
    { type: "text", text: "You are an agent." },
    { type: "text", text: "These are the rules." },
  ],
  turns: [
    { role: "user", parts: [{ type: "text", text: "Hello" }] },
    { role: "system", parts: [{ type: "text", text: "Be brief." }] },
    {
      role: "assistant",
      parts: [{ type: "tool_call", id: "a".repeat(90), name: "mcp__x.y", argsText: "{}" }],
    },
    {
      role: "tool",
      parts: [{ type: "tool_result", callId: "a".repeat(90), content: [{ type: "text", text: "noon" }] }],
    },
    { role: "assistant", parts: [{ type: "text", text: "Noon." }] },
    { role: "user", parts: [{ type: "text", text: "Thanks" }] },
  ],
  tools: [{ kind: "function", name: "mcp__x.y" }],
};

function encodeRequest(request: CanonicalRequest): { input: unknown[] } {
  const capabilities = mapping.capabilities(request.model, {});
  const fitted = fit(request, capabilities, { from: request.from.protocol, to: mapping.protocol });
  const target = { provider: "openai", model: request.model, stream: false, headers: {}, capabilities };
  return mapping.request.encode!(fitted.request, { target }) as { input: unknown[] };
}

describe("answers", () => {
  const thought: CanonicalResponse = {
    v: 1,
    id: "msg_1",
    model: "claude-opus-4-8",
    candidates: [
      {
        index: 0,
        parts: [
          {
            type: "reasoning",
            text: "Hm.",
            opaque: [{ issuer: "anthropic", kind: "signature", data: "sig" }],
          },
          {
            type: "reasoning",
            redacted: true,
            opaque: [{ issuer: "anthropic", kind: "redacted", data: "dark" }],
          },
          {
            type: "tool_call",
            id: "toolu_1",
            name: "now",
            argsText: "{}",
            opaque: [{ issuer: "gemini", kind: "thoughtSignature", data: "g" }],
          },
        ],
        stop: { reason: "tool_calls" },
      },
    ],
  };

  test("tokens of others come back from a client as they went to it, at once and in a stream", async () => {
    const whole = mapping.response.encode!(thought, { stream: clock });
    for (const answer of [
      await parseAnswer(whole),
      await parseStream(encodeStream(mapping, unfold(thought))),
    ]) {
      const body = { model: "any", store: false, input: answer.output };
      const [turn] = mapping.request.decode!(JSON.parse(JSON.stringify(body)), { http }).turns;
      expect(turn!.parts.map((part) => ("opaque" in part ? part.opaque : part.type))).toEqual([
        [{ issuer: "anthropic", kind: "signature", data: "sig" }],
        [{ issuer: "anthropic", kind: "redacted", data: "dark" }],
        [{ issuer: "gemini", kind: "thoughtSignature", data: "g" }],
        "tool_call",
      ]);
      expect(turn!.parts[1]).toMatchObject({ type: "reasoning", redacted: true });
    }
  });

  test("an answer that failed is an error, though its status is 200", () => {
    const failed = {
      id: "resp_1",
      status: "failed",
      error: { code: "rate_limit_exceeded", message: "Try again in 3s." },
      output: [],
    };
    expect(() => mapping.response.decode!(failed, { http })).toThrow(Rejection);
    expect(() => mapping.response.decode!(failed, { http })).toThrow("Try again in 3s.");
  });

  test("an answer that nobody can use is an error at once, and a failed answer in a stream", async () => {
    const nothing: CanonicalResponse = {
      v: 1,
      candidates: [
        { index: 0, parts: [], stop: { reason: "invalid_tool_call", raw: "MALFORMED_FUNCTION_CALL" } },
      ],
    };
    expect(() => mapping.response.encode!(nothing, { stream: clock })).toThrow("MALFORMED_FUNCTION_CALL");
    const failed = await parseStream(encodeStream(mapping, unfold(nothing)));
    expect(failed).toMatchObject({ status: "failed", error: { code: "server_error" } });
  });

  test("an error in mid-stream reaches the client as one", async () => {
    const events: StreamEvent[] = [
      { type: "start", id: "msg_1" },
      { type: "error", error: { type: "overloaded", message: "try later" } },
    ];
    await expect(parseStream(encodeStream(mapping, events))).rejects.toThrow("try later");
  });

  test("counts, both ways, and lists of models", () => {
    expect(mapping.count.decode!({ object: "response.input_tokens", input_tokens: 7 }, { http })).toEqual({
      tokens: 7,
    });
    expect(mapping.count.encode!({ tokens: 7, estimated: true }, {})).toEqual({
      object: "response.input_tokens",
      input_tokens: 7,
    });
    expect(
      mapping.models.decode!({ data: [{ id: "gpt-5", owned_by: "openai", created: 1 }] }, { http }),
    ).toEqual({
      models: [{ id: "gpt-5", provider: "openai", available: true, created: 1 }],
    });
  });
});
