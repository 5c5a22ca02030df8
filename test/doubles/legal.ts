import { idOf, seal } from "./script.ts";
import type { Script } from "./script.ts";

/** A conversation in the middle: two calls are made and answered, with thoughts before them. */
export const script: Script = [
  {
    thinking: "Hm.",
    calls: [
      { name: "read", args: { page: 1 } },
      { name: "list", args: {} },
    ],
  },
  { thinking: "So.", text: "Done." },
];

const [said] = script;
const schema = { type: "object", properties: { page: { type: "integer" } } };
const ids = (prefix: string): [string, string] => [idOf(prefix, 0, 0), idOf(prefix, 0, 1)];

export function anthropicBody(): object {
  const [a, b] = ids("toolu_");
  return {
    model: "claude-sonnet-4-5",
    max_tokens: 4000,
    thinking: { type: "enabled", budget_tokens: 2000 },
    stream: true,
    tools: ["read", "list"].map((name) => ({ name, input_schema: schema })),
    messages: [
      { role: "user", content: "Go" },
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "Hm.", signature: seal("anthropic", 0, said!) },
          { type: "tool_use", id: a, name: "read", input: { page: 1 } },
          { type: "tool_use", id: b, name: "list", input: {} },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: a, content: "1" },
          { type: "tool_result", tool_use_id: b, content: "2" },
        ],
      },
    ],
  };
}

export function chatBody(): object {
  const [a, b] = ids("call_");
  const call = (id: string, name: string, args: string): object => ({
    id,
    type: "function",
    function: { name, arguments: args },
  });
  return {
    model: "gpt-5",
    stream: true,
    stream_options: { include_usage: true },
    tools: ["read", "list"].map((name) => ({ type: "function", function: { name, parameters: schema } })),
    messages: [
      { role: "user", content: "Go" },
      {
        role: "assistant",
        content: null,
        tool_calls: [call(a, "read", '{"page": 1}'), call(b, "list", "{}")],
      },
      { role: "tool", tool_call_id: a, content: "1" },
      { role: "tool", tool_call_id: b, content: "2" },
    ],
  };
}

export function responsesBody(vendor: string): object {
  const [a, b] = ids("call_");
  return {
    model: "gpt-5.4",
    instructions: "Be brief.",
    stream: true,
    store: false,
    include: ["reasoning.encrypted_content"],
    reasoning: { effort: "medium", summary: "auto" },
    tools: ["read", "list"].map((name) => ({ type: "function", name, parameters: schema, strict: false })),
    input: [
      { type: "message", role: "user", content: [{ type: "input_text", text: "Go" }] },
      {
        type: "reasoning",
        summary: [{ type: "summary_text", text: "Hm." }],
        encrypted_content: seal(vendor, 0, said!),
      },
      { type: "function_call", call_id: a, name: "read", arguments: '{"page":1}' },
      { type: "function_call", call_id: b, name: "list", arguments: "{}" },
      { type: "function_call_output", call_id: a, output: "1" },
      { type: "function_call_output", call_id: b, output: "2" },
    ],
  };
}

export function geminiBody(): object {
  return {
    tools: [
      { functionDeclarations: ["read", "list"].map((name) => ({ name, parametersJsonSchema: schema })) },
    ],
    toolConfig: { functionCallingConfig: { mode: "AUTO" } },
    contents: [
      { role: "user", parts: [{ text: "Go" }] },
      {
        role: "model",
        parts: [
          { functionCall: { name: "read", args: { page: 1 } }, thoughtSignature: seal("gemini", 0, said!) },
          { functionCall: { name: "list", args: {} } },
        ],
      },
      {
        role: "user",
        parts: [
          { functionResponse: { name: "read", response: { output: "1" } } },
          { functionResponse: { name: "list", response: { output: "2" } } },
        ],
      },
    ],
  };
}
