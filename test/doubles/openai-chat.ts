import { answerFrames, answerOf } from "./openai-chat.answer.ts";
import { checkHistory } from "./history.ts";
import type { Heard, Offered } from "./script.ts";
import { upstreamKey } from "./server.ts";
import { checkHeaders, shapeOf, unread } from "./vendor.ts";
import type { Vendor } from "./vendor.ts";

type Words = string | null | { text?: string }[];

interface ToolCall {
  id: string;
  function?: { name: string; arguments: string };
  custom?: { name: string; input: string };
}

interface Message {
  role: string;
  content?: Words;
  tool_calls?: ToolCall[];
  tool_call_id?: string;
}

interface Body {
  model: string;
  messages: Message[];
  tools?: { function?: { name: string }; custom?: { name: string } }[];
  tool_choice?: unknown;
  parallel_tool_calls?: boolean;
  max_tokens?: number;
  temperature?: number;
  top_p?: number;
  stop?: unknown;
  stream?: boolean;
  stream_options?: { include_usage?: boolean };
}

const shape = shapeOf("openai-chat.schema.json");
const prefix = "call_";

/** OpenAI Chat Completions, with the thoughts of those who copied it: https://platform.openai.com/docs/api-reference/chat */
export const openaiChat: Vendor = {
  name: "openai-chat",
  base: "/v1",
  mapping: "openai-chat",
  model: "gpt-5",
  prefix,
  paths: /^\/chat\/completions$/,
  read({ headers, body }, rules) {
    const problems = [
      ...checkHeaders(headers, { authorization: `Bearer ${upstreamKey}` }),
      ...shape(body, rules),
    ];
    if (problems.length > 0) return unread(problems);
    const asked = body as Body;
    const offered = (asked.tools ?? []).map((tool): Offered =>
      tool.custom
        ? { name: tool.custom.name, kind: "custom" }
        : { name: tool.function!.name, kind: "function" },
    );
    problems.push(...checkOptions(asked, offered), ...checkTurns(asked.messages));
    if (problems.length === 0 && offered.length > 0)
      problems.push(...checkHistory(rules.script, { heard: listen(asked.messages), offered, prefix }));
    const turn = asked.messages.filter(({ role }) => role === "assistant").length;
    return {
      problems,
      turn,
      model: asked.model,
      offered,
      streams: asked.stream === true,
      thinks: false,
      shows: true,
    };
  },
  whole: answerOf,
  frames: answerFrames,
  refuse: (problems) => ({
    error: { message: problems.join("; "), type: "invalid_request_error", param: null, code: null },
  }),
};

function checkOptions(asked: Body, offered: readonly Offered[]): string[] {
  const {
    model,
    max_tokens,
    temperature,
    top_p,
    stop,
    stream,
    stream_options,
    tools,
    tool_choice,
    parallel_tool_calls,
  } = asked;
  const problems: string[] = [];
  const isReasoning = /^(gpt-5|gpt-6|o\d)/.test(model);
  if (isReasoning && max_tokens !== undefined)
    problems.push(
      `Unsupported parameter: 'max_tokens' is not supported with ${model}. Use 'max_completion_tokens' instead.`,
    );
  if (isReasoning && (temperature ?? top_p ?? stop) !== undefined)
    problems.push(`Unsupported parameter: temperature, top_p and stop are not for ${model}`);
  if (stream !== true && stream_options)
    problems.push("stream_options is only allowed when stream is enabled");
  if (stream === true && stream_options?.include_usage !== true)
    problems.push("no usage is asked for: nobody would know what it costs");
  if (!tools && (tool_choice !== undefined || parallel_tool_calls !== undefined))
    problems.push("tool_choice and parallel_tool_calls are only allowed when tools are specified");
  const names = offered.map(({ name }) => name);
  if (new Set(names).size < names.length) problems.push("two tools have one name");
  return problems;
}

/** Every message with calls is followed by one tool message for each, before anything else. */
function checkTurns(messages: readonly Message[]): string[] {
  const problems: string[] = [];
  let open: string[] = [];
  messages.forEach(({ role, content, tool_calls, tool_call_id = "" }, i) => {
    const at = `messages.[${i}]`;
    if (role === "tool") {
      if (!open.includes(tool_call_id))
        problems.push(
          `${at}: messages with role 'tool' must be a response to a preceding message with 'tool_calls': ${tool_call_id}`,
        );
      open = open.filter((id) => id !== tool_call_id);
      return;
    }
    if (open.length > 0)
      problems.push(`${at}: these tool_call_ids did not have response messages: ${open.join(", ")}`);
    open = (tool_calls ?? []).map(({ id }) => id);
    if (role === "assistant" && !tool_calls && (content ?? "") === "")
      problems.push(`${at}: an assistant message without content and without calls`);
  });
  if (open.length > 0)
    problems.push(`these tool_call_ids did not have response messages: ${open.join(", ")}`);
  return problems;
}

function listen(messages: readonly Message[]): Heard[] {
  const heard: Heard[] = [];
  for (const { role, content, tool_calls = [], tool_call_id } of messages) {
    if (role === "assistant") {
      const calls = tool_calls.map(({ id, function: called, custom }) =>
        custom
          ? { id, name: custom.name, args: custom.input }
          : { id, name: called!.name, args: JSON.parse(called!.arguments) as unknown },
      );
      heard.push({ text: textOf(content), calls, results: [] });
    }
    if (role === "tool") heard.at(-1)!.results.push({ id: tool_call_id!, text: textOf(content) });
  }
  return heard;
}

function textOf(content: Words | undefined): string {
  return typeof content === "string" ? content : (content ?? []).map(({ text = "" }) => text).join("");
}
