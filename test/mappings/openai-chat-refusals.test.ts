import { describe, expect, test } from "vitest";
import { loadMappings } from "../../src/bridge/mappings.ts";
import type { CanonicalResponse } from "../../src/mapping/canonical.ts";
import { Rejection } from "../../src/mapping/rejection.ts";

const mapping = loadMappings().mappings.get("openai-chat")!;
const http = { headers: {} };
const clock = { id: "answer-1", created: 1_700_000_000, frame: 0 };

describe("answers that are errors in disguise", () => {
  const bodies: [string, unknown, string][] = [
    ["OpenRouter", { error: { code: 429, message: "Provider returned error" } }, "rate_limit"],
    ["xAI", { code: "The service is currently unavailable", error: "at capacity" }, "server"],
    ["MiniMax", { base_resp: { status_code: 1008, status_msg: "insufficient balance" } }, "billing"],
    ["an empty body", {}, "server"],
  ];
  test.each(bodies)("%s", (_, body, type) => {
    const decode = (): unknown => mapping.response.decode!(body, { http: { headers: {}, status: 200 } });
    expect(decode).toThrow(Rejection);
    expect(errorOf(decode)).toMatchObject({ type, message: expect.stringMatching(/\w/) as string });
  });

  test("a garbled call that leaves nothing (trap 54)", () => {
    const canonical: CanonicalResponse = {
      v: 1,
      candidates: [
        { index: 0, parts: [], stop: { reason: "invalid_tool_call", raw: "MALFORMED_FUNCTION_CALL" } },
      ],
    };
    const encode = (): unknown => mapping.response.encode!(canonical, { stream: clock });
    expect(errorOf(encode)).toMatchObject({ type: "server", status: 502 });
  });
});

function errorOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error instanceof Rejection ? error.error : error;
  }
  return undefined;
}

function saying(message: object): object {
  return { model: "m", messages: [message] };
}

describe("a malformed body", () => {
  const bodies: [unknown, string, string][] = [
    [{ messages: [] }, "model", "is required"],
    [{ model: "m", messages: "Hi" }, "messages", "must be array, not string"],
    [saying({ role: "robot", content: "Hi" }), "messages.0.role", 'must be one of "system"'],
    [saying({ role: "user", content: 7 }), "messages.0.content", "must be string or array, not number"],
    [saying({ role: "user", content: [{ type: "text" }] }), "messages.0.content.0.text", "is required"],
    [saying({ role: "tool", content: "42" }), "messages.0.tool_call_id", "is required"],
    [
      { ...saying({ role: "user", content: "Hi" }), temperature: "hot" },
      "temperature",
      "must be number or null, not string",
    ],
    [
      { ...saying({ role: "user", content: "Hi" }), tools: [{ type: "function" }] },
      "tools.0.function",
      "is required",
    ],
  ];
  test.each(bodies)("%j", (body, param, message) => {
    const error = mapping.validate!(body);
    expect(error).toMatchObject({ type: "invalid_request", status: 400, param });
    expect(error?.message).toContain(`${param}: ${message}`);
  });

  test("unknown fields and parts are no mistake", () => {
    const body = {
      ...saying({ role: "user", content: [{ type: "hologram" }], mood: 1 }),
      top_a: 0.5,
      stop: null,
    };
    expect(mapping.validate!(body)).toBeUndefined();
  });
});

test("models", () => {
  const wire = {
    object: "list",
    data: [{ id: "m", object: "model", created: 1, owned_by: "acme", max_model_len: 8192 }, { id: "n" }],
  };
  const { models } = mapping.models.decode!(wire, { http });
  expect(models).toEqual([
    { id: "m", provider: "acme", contextLength: 8192, available: true, created: 1 },
    { id: "n", provider: "openai", available: true },
  ]);
  expect(mapping.models.encode!({ models }, { http })).toEqual({
    object: "list",
    data: [
      { id: "m", object: "model", created: 1, owned_by: "acme" },
      { id: "n", object: "model", created: 0, owned_by: "openai" },
    ],
  });
});
