import { answerFrames, answerOf } from "./anthropic.answer.ts";
import { checkHistory } from "./history.ts";
import { seal } from "./script.ts";
import type { Heard, Offered } from "./script.ts";
import { upstreamKey } from "./server.ts";
import { checkHeaders, shapeOf, unread } from "./vendor.ts";
import type { Rules, Vendor } from "./vendor.ts";

interface Block {
  type: string;
  text?: string;
  thinking?: string;
  signature?: string;
  data?: string;
  id?: string;
  name?: string;
  input?: unknown;
  tool_use_id?: string;
  tool_name?: string;
  content?: string | Block[];
  cache_control?: object;
}

interface Message {
  role: "user" | "assistant";
  content: Block[];
}

interface Body {
  model: string;
  max_tokens: number;
  messages: { role: Message["role"] | "system"; content: string | Block[] }[];
  system?: string | Block[];
  tools?: { type?: string; name: string; cache_control?: object }[];
  tool_choice?: { type: string };
  thinking?: { type: string; budget_tokens?: number; display?: string };
  temperature?: number;
  top_p?: number;
  top_k?: number;
  stream?: boolean;
}

const shape = shapeOf("anthropic.schema.json");
const prefix = "toolu_";

/** Anthropic Messages: https://docs.anthropic.com/en/api/messages */
export const anthropic: Vendor = {
  name: "anthropic",
  base: "/v1",
  mapping: "anthropic",
  model: "claude-sonnet-4-5",
  prefix,
  paths: /^\/messages$/,
  count: { paths: /^\/messages\/count_tokens$/, answer: { input_tokens: 1234 } },
  read({ headers, body }, rules) {
    const credentials = String(headers["x-api-key"] ?? headers.authorization);
    const problems = [
      ...checkHeaders(headers, { "anthropic-version": /^(2023-06-01|2026-10-21)$/ }),
      ...shape(body, rules),
    ];
    if (credentials !== upstreamKey && credentials !== `Bearer ${upstreamKey}`)
      problems.push(`the key is ${credentials}`);
    if (problems.length > 0) return unread(problems);

    const asked = body as Body;
    const messages = merged(asked.messages);
    const offered: Offered[] = (asked.tools ?? []).map(({ name }) => ({ name, kind: "function" }));
    const thinks = asked.thinking !== undefined && asked.thinking.type !== "disabled";
    problems.push(...checkOptions(asked, offered), ...checkTurns(messages));
    if (offered.length > 0) {
      problems.push(...checkHistory(rules.script, { heard: listen(messages), offered, prefix }));
      problems.push(...checkThoughts(messages, rules, thinks));
    }
    const turn = messages.filter(({ role }) => role === "assistant").length;
    return {
      problems,
      turn,
      model: asked.model,
      offered,
      streams: asked.stream === true,
      thinks,
      shows: thinks && asked.thinking?.display !== "omitted",
    };
  },
  decline(body) {
    if ((body as { thread?: unknown }).thread === undefined) return undefined;
    const details = { error_code: "thread_unsupported_request", unsupported: ["thread"] };
    return {
      type: "error",
      error: { type: "invalid_request_error", message: "threads are not held here", details },
    };
  },
  whole: answerOf,
  frames: answerFrames,
  refuse: (problems) => ({
    type: "error",
    error: { type: "invalid_request_error", message: problems.join("; ") },
    request_id: "req_double",
  }),
};

/** Messages of one role in a row are one. Newer models take instructions in between, which only this format's clients send. */
function merged(messages: Body["messages"]): Message[] {
  const all: Message[] = [];
  for (const { role, content } of messages) {
    if (role === "system") continue;
    const blocks = typeof content === "string" ? [{ type: "text", text: content }] : content;
    if (all.at(-1)?.role === role) all.at(-1)!.content.push(...blocks);
    else all.push({ role, content: [...blocks] });
  }
  return all;
}

function checkOptions(
  { model, max_tokens, thinking, temperature, top_p, top_k, tools = [], tool_choice, system, messages }: Body,
  offered: readonly Offered[],
): string[] {
  const problems: string[] = [];
  const thinks = thinking !== undefined && thinking.type !== "disabled";
  if (thinking?.type === "adaptive" && /-4-5/.test(model))
    problems.push(`adaptive thinking is not supported on ${model}`);
  if ((thinking?.budget_tokens ?? 0) >= max_tokens)
    problems.push("max_tokens must be greater than thinking.budget_tokens");
  if (thinks && ((temperature ?? 1) !== 1 || top_k !== undefined))
    problems.push("temperature may only be set to 1, and top_k not at all, when thinking is enabled");
  if (temperature !== undefined && top_p !== undefined)
    problems.push("temperature and top_p cannot both be specified for this model");
  if (thinks && ["any", "tool"].includes(tool_choice?.type ?? ""))
    problems.push("Thinking may not be enabled when tool_choice forces tool use");
  if (tool_choice && tools.length === 0)
    problems.push("tool_choice may only be specified while providing tools");
  const names = offered.map(({ name }) => name);
  if (new Set(names).size < names.length) problems.push("tools: Tool names must be unique");
  const marks = JSON.stringify([system, messages, tools]).split('"cache_control":').length - 1;
  if (marks > 4) problems.push(`A maximum of 4 blocks with cache_control may be provided. Found ${marks}`);
  return problems;
}

/** Users begin; calls are answered at once, all of them, before anything else is said. */
function checkTurns(messages: readonly Message[]): string[] {
  const problems: string[] = [];
  if (messages[0]!.role !== "user") problems.push("messages: first message must use the user role");
  if (messages.at(-1)!.role !== "user")
    problems.push("this model does not support assistant message prefill");
  messages.forEach(({ role, content }, i) => {
    const at = `messages.${i}`;
    const theirs =
      role === "user" ? ["thinking", "redacted_thinking", "tool_use"] : ["tool_result", "image", "document"];
    for (const { type } of content)
      if (theirs.includes(type)) problems.push(`${at}: ${type} blocks cannot stand in ${role} messages`);
    const calls = (role === "user" ? (messages[i - 1]?.content ?? []) : []).flatMap((block) =>
      block.type === "tool_use" ? block.id! : [],
    );
    const results = content.flatMap((block) => (block.type === "tool_result" ? block.tool_use_id! : []));
    for (const id of calls)
      if (!results.includes(id))
        problems.push(`${at}: tool_use ids were found without tool_result blocks immediately after: ${id}`);
    for (const id of results)
      if (!calls.includes(id))
        problems.push(`${at}: unexpected tool_use_id found in tool_result blocks: ${id}`);
    if (new Set(results).size < results.length)
      problems.push(`${at}: each tool_use must have a single result`);
    if (content.slice(0, results.length).some(({ type }) => type !== "tool_result"))
      problems.push(`${at}: tool_result blocks must come first`);
  });
  return problems;
}

function listen(messages: readonly Message[]): Heard[] {
  return messages.flatMap(({ role, content }, i): Heard[] => {
    if (role === "user") return [];
    return [
      {
        text: textOf(content),
        calls: content.flatMap(({ type, id, name, input }) =>
          type === "tool_use" ? { id: id!, name: name!, args: input } : [],
        ),
        results: (messages[i + 1]?.content ?? []).flatMap((block) =>
          block.type === "tool_result" ? { id: block.tool_use_id!, text: textOf(block.content) } : [],
        ),
      },
    ];
  });
}

function textOf(content: string | Block[] | undefined): string {
  if (typeof content === "string") return content;
  return (content ?? []).map(({ text, tool_name }) => text ?? tool_name ?? "").join("");
}

/** Thoughts stand before all else in their answer and come back untouched; the answer that called must have its own. */
function checkThoughts(
  messages: readonly Message[],
  { script, keepsTokens }: Rules,
  thinks: boolean,
): string[] {
  const answers = messages.filter(({ role }) => role === "assistant");
  return answers.flatMap(({ content }, turn) => {
    const at = `answer ${turn + 1}`;
    const said = script[turn]!;
    const thoughts = content.filter(({ type }) => type === "thinking" || type === "redacted_thinking");
    if (thoughts.length === 0) {
      const isNeeded = thinks && said.thinking !== undefined;
      const isLast = turn === answers.length - 1 && content.some(({ type }) => type === "tool_use");
      if (isNeeded && isLast)
        return [`${at}: Expected \`thinking\` or \`redacted_thinking\`, but found \`${content[0]!.type}\``];
      return isNeeded && keepsTokens ? [`${at}: its thinking was lost`] : [];
    }
    const token = seal("anthropic", turn, said);
    const [first] = thoughts;
    if (thoughts.length > 1 || content[0] !== first)
      return [
        `${at}: thinking blocks are not where they were: ${content.map(({ type }) => type).join(", ")}`,
      ];
    // The signature holds the thoughts: their text may be left out, as the vendor leaves it out on demand, but not changed.
    const isText = first!.thinking === said.thinking || first!.thinking === "";
    const isRight = said.thinking === "" ? first!.data === token : first!.signature === token && isText;
    return isRight
      ? []
      : [`${at}: Invalid \`signature\` in \`thinking\` block: ${JSON.stringify(first).slice(0, 200)}`];
  });
}
