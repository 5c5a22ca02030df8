import { describe, expect, test } from "vitest";
import { anthropic } from "./anthropic.ts";
import { codex } from "./codex.ts";
import { gemini } from "./gemini.ts";
import { openaiChat } from "./openai-chat.ts";
import { openaiResponses } from "./openai-responses.ts";
import { anthropicBody, chatBody, geminiBody, responsesBody, script } from "./legal.ts";
import { seal } from "./script.ts";
import { upstreamKey } from "./server.ts";
import type { Vendor } from "./vendor.ts";

/** The doubles are worth as much as what they refuse: legal requests, each made illegal in one place. */
const headers = {
  "content-type": "application/json",
  accept: "text/event-stream",
  originator: "llmbridge",
  "session-id": "one",
  authorization: `Bearer ${upstreamKey}`,
  "x-api-key": upstreamKey,
  "x-goog-api-key": upstreamKey,
  "anthropic-version": "2023-06-01",
};

const paths: Record<string, string> = {
  gemini: "/models/gemini-3-pro-preview:streamGenerateContent?alt=sse",
};

function problemsOf(vendor: Vendor, body: object): string {
  return vendor
    .read({ path: paths[vendor.name] ?? "", headers, body }, { script, keepsTokens: true })
    .problems.join("\n");
}

/** Sets what a path of names and numbers leads to; `undefined` takes it away. */
function set(body: object, path: string, value: unknown): object {
  const copy = structuredClone(body) as Record<string, never>;
  const steps = path.split(".");
  const last = steps.pop()!;
  const at = steps.reduce((node, step) => node[step] as never, copy) as Record<string, unknown>;
  if (value === undefined && Array.isArray(at)) at.splice(Number(last), 1);
  else if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}

const cases: [vendor: Vendor, body: object, mistakes: [path: string, value: unknown, problem: RegExp][]][] = [
  [
    anthropic,
    anthropicBody(),
    [
      ["max_tokens", undefined, /max_tokens/],
      ["max_tokens", 2000, /greater than thinking\.budget_tokens/],
      ["temperature", 0.5, /temperature/],
      ["tool_choice", { type: "any" }, /forces tool use/],
      ["frequency_penalty", 1, /additional properties: "frequency_penalty"/],
      ["messages.1.content.0.signature", "ErUB", /Invalid `signature`/],
      ["messages.1.content.0.thinking", "Hm!", /Invalid `signature`/],
      ["messages.1.content.0", undefined, /Expected `thinking`/],
      ["messages.1.content.2.input", { page: 2 }, /was called with \{\}/],
      ["messages.2.content.1", undefined, /without tool_result blocks/],
      ["messages.2.content.0.tool_use_id", "toolu_other", /unexpected tool_use_id/],
      ["messages.0.content", "", /content/],
      ["messages.0.role", "assistant", /first message|without tool_result|cannot stand/],
      ["tools.1.name", "read", /unique/],
      ["tools.0.name", "re.ad", /pattern/],
    ],
  ],
  [
    openaiChat,
    chatBody(),
    [
      ["max_tokens", 100, /max_completion_tokens/],
      ["temperature", 0, /temperature/],
      ["stream_options", undefined, /no usage is asked for/],
      ["messages.1.reasoning_content", "Hm.", /additional properties: "reasoning_content"/],
      ["messages.1.tool_calls.0.id", "call_other", /must be a response|came back as/],
      ["messages.2", undefined, /did not have response messages/],
      [
        "messages.3.content",
        [{ type: "image_url", image_url: { url: "https://example.com/a.png" } }],
        /messages\/3\/content/,
      ],
      ["messages.1.tool_calls.0.function.arguments", '{"page":2}', /was called with/],
      ["tools.0.function.name", "a".repeat(65), /pattern/],
      ["tool_choice", { type: "tool", name: "read" }, /tool_choice/],
    ],
  ],
  [
    openaiResponses,
    responsesBody("openai-responses"),
    [
      ["temperature", 1, /temperature/],
      ["max_output_tokens", 5, />= 16/],
      ["input.1.encrypted_content", "gAAAA", /invalid_encrypted_content/],
      ["input.1", undefined, /reasoning item was lost/],
      ["input.2.call_id", "call_other", /no tool (call|output) found/],
      ["input.5", undefined, /no tool output found/],
      ["input.0.content.0.type", "output_text", /input\/0/],
      ["tools.0.strict", undefined, /strict/],
      ["tools.0.function", {}, /additional properties: "function"/],
      ["messages", [], /additional properties: "messages"/],
    ],
  ],
  [
    codex,
    responsesBody("codex"),
    [
      ["stream", false, /Stream must be set to true/],
      ["store", undefined, /Store must be set to false/],
      ["instructions", undefined, /Instructions are required/],
      ["input", "Go", /Input must be a list/],
      ["input.0.role", "system", /System messages are not allowed/],
      ["input.2.id", "fc_1", /send no id/],
      ["max_output_tokens", 100, /Unsupported parameter: max_output_tokens/],
      ["metadata", {}, /Unsupported parameter: metadata/],
      ["reasoning.effort", "minimal", /reasoning\.effort/],
      ["input.1.encrypted_content", seal("openai-responses", 0, script[0]!), /invalid_encrypted_content/],
      ["tools.0.name", "a".repeat(65), /pattern/],
    ],
  ],
  [
    gemini,
    geminiBody(),
    [
      ["model", "gemini-3-pro-preview", /additional properties: "model"/],
      ["tools.1", { googleSearch: {} }, /include_server_side_tool_invocations/],
      ["tools", undefined, /without function_declarations/],
      ["contents.1.parts.0.thoughtSignature", "c2ln", /Thought signature is not valid/],
      ["contents.1.parts.0.thoughtSignature", undefined, /missing a `thought_signature`/],
      [
        "contents.1.parts.0.thoughtSignature",
        "skip_thought_signature_validator",
        /Thought signature is not valid/,
      ],
      ["contents.1.parts.1.thoughtSignature", seal("gemini", 0, script[0]!), /was not given/],
      ["contents.2.parts.1", undefined, /number of function response parts/],
      ["contents.2.parts.1.functionResponse.name", "read", /the call was list/],
      ["contents.2.parts.0.functionResponse.response", "1", /response/],
      ["contents.2.role", "model", /responses the user's/],
      ["contents.0.parts.0.text", "", /at least one parts field/],
      ["generationConfig", { thinkingConfig: { thinkingBudget: 0 } }, /thinking mode/],
      [
        "generationConfig",
        { thinkingConfig: { thinkingBudget: 100, thinkingLevel: "LOW" } },
        /thinkingConfig/,
      ],
      [
        "tools.0.functionDeclarations.0.parametersJsonSchema.$schema",
        "https://json-schema.org/draft/2020-12/schema",
        /\$schema/,
      ],
      ["tools.0.functionDeclarations.0.parameters", { type: "OBJECT" }, /functionDeclarations\/0/],
    ],
  ],
];

describe.each(cases.map(([vendor, body, mistakes]) => ({ name: vendor.name, vendor, body, mistakes })))(
  "$name",
  ({ vendor, body, mistakes }) => {
    test("takes what is legal", () => expect(problemsOf(vendor, body)).toBe(""));
    test.each(mistakes)("refuses it with another %s: %j", (path, value, problem) => {
      expect(problemsOf(vendor, set(body, path, value))).toMatch(problem);
    });
  },
);
