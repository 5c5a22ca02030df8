import { answerFrames, answerOf, itemsOf } from "./openai-responses.answer.ts";
import { checkHistory } from "./history.ts";
import { seal } from "./script.ts";
import type { Heard, Offered } from "./script.ts";
import { upstreamKey } from "./server.ts";
import { checkHeaders, shapeOf, unread } from "./vendor.ts";
import type { Call, Reading, Rules, Vendor } from "./vendor.ts";

interface Item {
  type: string;
  id?: string;
  role?: string;
  content?: string | { text?: string; refusal?: string }[];
  call_id?: string;
  name?: string;
  namespace?: string;
  arguments?: string;
  input?: string;
  output?: string | { type: string; text?: string }[];
  summary?: { text: string }[];
  encrypted_content?: string | null;
  tools?: Tool[];
}

interface Tool {
  type: string;
  name?: string;
  tools?: Tool[];
}

export interface ResponsesBody {
  model: string;
  instructions?: string;
  input: Item[];
  tools?: Tool[];
  tool_choice?: unknown;
  parallel_tool_calls?: boolean;
  include?: string[];
  reasoning?: { effort?: string; summary?: string };
  temperature?: number;
  top_p?: number;
  stream?: boolean;
  store?: boolean;
}

const shape = shapeOf("openai-responses.schema.json");
const prefix = "call_";

/** OpenAI Responses: https://platform.openai.com/docs/api-reference/responses */
export const openaiResponses: Vendor = {
  name: "openai-responses",
  base: "/v1",
  mapping: "openai-responses",
  model: "gpt-5",
  prefix,
  paths: /^\/responses$/,
  count: {
    paths: /^\/responses\/input_tokens$/,
    answer: { object: "response.input_tokens", input_tokens: 1234 },
  },
  read: (call, rules) => readResponses(openaiResponses.name, call, rules),
  whole: (spoken) => answerOf(spoken, itemsOf(spoken)),
  frames: (spoken) => answerFrames(spoken, { repeatsOutput: true, braids: false }),
  refuse: (problems) => ({
    error: { message: problems.join("; "), type: "invalid_request_error", param: null, code: null },
  }),
};

/** Reads a request of Responses or of a dialect; `vendor` is whose tokens must come back. */
export function readResponses(vendor: string, { headers, body }: Call, rules: Rules): Reading {
  const wanted = { authorization: `Bearer ${upstreamKey}` };
  const problems = [...checkHeaders(headers, wanted), ...shape(withTypes(body), rules)];
  const asked = withTypes(body) as ResponsesBody;
  if (problems.length > 0) return unread(problems);

  const offered = offeredBy([...(asked.tools ?? []), ...asked.input.flatMap(({ tools = [] }) => tools)]);
  const thinks =
    asked.include?.includes("reasoning.encrypted_content") === true && asked.reasoning?.effort !== "none";
  const { heard, thoughts } = listen(asked.input);
  problems.push(...checkOptions(asked, offered), ...checkPairs(asked.input));
  if (offered.length > 0) {
    problems.push(...checkHistory(rules.script, { heard, offered, prefix }));
    problems.push(...checkThoughts(vendor, thoughts, { ...rules, keepsTokens: rules.keepsTokens && thinks }));
  }
  return {
    problems,
    turn: heard.length,
    model: asked.model,
    offered,
    streams: asked.stream === true,
    thinks,
    shows: asked.reasoning?.summary !== undefined,
  };
}

/** A message may do without its type. */
function withTypes(body: unknown): unknown {
  const { input } = body as { input?: unknown };
  if (!Array.isArray(input)) return body;
  return {
    ...(body as object),
    input: input.map((item: Partial<Item>) =>
      item.role === undefined || item.type !== undefined ? item : { ...item, type: "message" },
    ),
  };
}

function offeredBy(tools: readonly Tool[], namespace?: string): Offered[] {
  return tools.flatMap(({ type, name, tools: inner = [] }): Offered[] => {
    if (type === "namespace") return offeredBy(inner, name);
    return type === "function" || type === "custom"
      ? [{ name: name!, kind: type, ...(namespace !== undefined && { namespace }) }]
      : [];
  });
}

function checkOptions(
  { model, temperature, top_p, tools, tool_choice, parallel_tool_calls }: ResponsesBody,
  offered: readonly Offered[],
): string[] {
  const problems: string[] = [];
  if (/^(gpt-[56]|o\d)/.test(model) && (temperature !== undefined || top_p !== undefined))
    problems.push(`unsupported parameter: temperature and top_p are not for ${model}`);
  if (!tools && offered.length === 0 && (tool_choice !== undefined || parallel_tool_calls !== undefined))
    problems.push("tool_choice and parallel_tool_calls are for requests with tools");
  const names = offered.map(({ name, namespace = "" }) => `${namespace}.${name}`);
  for (const name of names.filter((one, i) => names.indexOf(one) !== i))
    problems.push(`two tools are called ${name}`);
  return problems;
}

/** Every call has its output after it, and every output its call before it. */
function checkPairs(input: readonly Item[]): string[] {
  const problems: string[] = [];
  const open = new Map<string, string>();
  for (const { type, call_id = "" } of input) {
    if (type === "function_call" || type === "custom_tool_call") open.set(call_id, `${type}_output`);
    else if (type.endsWith("_call_output")) {
      if (open.get(call_id) !== type) problems.push(`no tool call found for ${type} with call_id ${call_id}`);
      open.delete(call_id);
    }
  }
  for (const id of open.keys()) problems.push(`no tool output found for function call ${id}`);
  return problems;
}

interface Thought {
  token?: string | null;
  summary: string;
  /** The item that it stands before. */
  before?: string;
}

/** The answers in the history, and the thoughts of each. */
function listen(input: readonly Item[]): { heard: Heard[]; thoughts: Thought[][] } {
  const heard: Heard[] = [];
  const thoughts: Thought[][] = [];
  let isOpen = false;
  input.forEach((item, i) => {
    const isSaid =
      item.type === "reasoning" ||
      item.type === "function_call" ||
      item.type === "custom_tool_call" ||
      item.role === "assistant";
    if (isSaid && !isOpen) {
      heard.push({ text: "", calls: [], results: [] });
      thoughts.push([]);
    }
    isOpen = isSaid;
    const answer = heard.at(-1);
    if (item.role === "assistant") answer!.text += textOf(item.content);
    if (item.type === "function_call" || item.type === "custom_tool_call") {
      const args = item.type === "function_call" ? (JSON.parse(item.arguments!) as unknown) : item.input;
      answer!.calls.push({ id: item.call_id!, name: item.name!, namespace: item.namespace, args });
    }
    if (item.type.endsWith("_call_output"))
      answer?.results.push({ id: item.call_id!, text: textOf(item.output) });
    if (item.type === "reasoning") {
      const summary = (item.summary ?? []).map(({ text }) => text).join("\n\n");
      thoughts.at(-1)!.push({
        token: item.encrypted_content,
        summary,
        ...(input[i + 1] && { before: input[i + 1]!.type }),
      });
    }
  });
  return { heard, thoughts };
}

function textOf(content: Item["content"] | Item["output"]): string {
  if (typeof content === "string") return content;
  return (content ?? []).map((part) => part.text ?? ("refusal" in part ? part.refusal : "")).join("");
}

/** A thought comes back whole, once, and before what it led to. */
function checkThoughts(
  vendor: string,
  thoughts: readonly Thought[][],
  { script, keepsTokens }: Rules,
): string[] {
  return thoughts.flatMap((given, turn) => {
    const at = `answer ${turn + 1}`;
    const said = script[turn];
    if (!said) return [];
    if (given.length === 0)
      return keepsTokens && said.thinking !== undefined ? [`${at}: its reasoning item was lost`] : [];
    if (said.thinking === undefined || given.length > 1)
      return [`${at}: ${given.length} reasoning items, ${said.thinking === undefined ? 0 : 1} were given`];
    const { token, summary, before } = given[0]!;
    if (token !== seal(vendor, turn, said))
      return [`${at}: invalid_encrypted_content: ${String(token).slice(0, 40)}`];
    if (summary !== "" && summary !== said.thinking)
      return [`${at}: the summary of its reasoning came back as ${JSON.stringify(summary)}`];
    if (before === undefined || before === "reasoning" || before.endsWith("_output"))
      return [`${at}: reasoning was provided without its required following item`];
    return [];
  });
}
