/** A client as its SDK is: how it asks, what it keeps of an answer, and how it sends results. */
export interface Talker {
  mapping: string;
  /** The first request. */
  begin: (model: string, text: string) => Body;
  /** The whole answer that a stream tells. */
  collect: (stream: string) => unknown;
  /** The next request: what was asked, what was answered, and a result for every call, or else a new question. */
  proceed: (asked: Body, answer: never, stream: boolean) => Body;
  http?: (model: string, stream: boolean) => { params: Record<string, string>; path: string };
}
export type Body = Record<string, unknown>;

const schema = { type: "object", properties: { path: { type: "string" } } };
const tools = ["read_file", "list_files", "write_file", "run"].map((name) => ({
  name,
  description: `${name}.`,
}));
const result = (name: string): string => `result of ${name}`;
const question = "And now?";

type Event = Record<string, unknown> & { type?: string };
function eventsOf(stream: string): Event[] {
  const lines = stream.split("\n").filter((line) => line.startsWith("data: {"));
  return lines.map((line) => JSON.parse(line.slice(6)) as Event);
}

interface Block {
  type: string;
  id?: string;
  name?: string;
  input?: unknown;
  [member: string]: unknown;
}
const pieces: Readonly<Record<string, [from: string, to: string]>> = {
  text_delta: ["text", "text"],
  thinking_delta: ["thinking", "thinking"],
  signature_delta: ["signature", "signature"],
  input_json_delta: ["partial_json", "json"],
};

export const anthropic: Talker = {
  mapping: "anthropic",
  begin: (model, text) => ({
    model,
    max_tokens: 20_000,
    thinking: { type: "enabled", budget_tokens: 4000 },
    tools: tools.map((tool) => ({ ...tool, input_schema: schema })),
    messages: [{ role: "user", content: text }],
  }),
  collect: (stream) => {
    const content: (Block & { json?: string })[] = [];
    for (const event of eventsOf(stream)) {
      const index = event["index"] as number;
      if (event.type === "content_block_start") content[index] = { ...(event["content_block"] as Block) };
      if (event.type !== "content_block_delta") continue;
      const delta = event["delta"] as Record<string, string>;
      const [from, to] = pieces[delta["type"]!]!;
      content[index]![to] = `${(content[index]![to] as string | undefined) ?? ""}${delta[from]}`;
    }
    for (const block of content) {
      if (block.json !== undefined) block.input = JSON.parse(block.json);
      delete block.json;
    }
    return { content };
  },
  proceed: (asked, { content }: { content: Block[] }) => {
    const results = content
      .filter(({ type }) => type === "tool_use")
      .map(({ id, name }) => ({ type: "tool_result", tool_use_id: id, content: result(name!) }));
    const messages = asked["messages"] as unknown[];
    const next = { role: "user", content: results.length > 0 ? results : question };
    return { ...asked, messages: [...messages, { role: "assistant", content }, next] };
  },
};

interface Item {
  type: string;
  call_id?: string;
  name?: string;
}

export const responses: Talker = {
  mapping: "openai-responses",
  begin: (model, text) => ({
    model,
    store: false,
    include: ["reasoning.encrypted_content"],
    reasoning: { effort: "medium", summary: "auto" },
    tools: tools.map((tool) => ({ type: "function", ...tool, parameters: schema })),
    input: [{ role: "user", content: text }],
  }),
  collect: (stream) => eventsOf(stream).find(({ type }) => type === "response.completed")?.["response"],
  proceed: (asked, { output }: { output: Item[] }) => {
    const results = output
      .filter(({ type }) => type === "function_call")
      .map(({ call_id, name }) => ({ type: "function_call_output", call_id, output: result(name!) }));
    const next = results.length > 0 ? results : [{ role: "user", content: question }];
    return { ...asked, input: [...(asked["input"] as unknown[]), ...output, ...next] };
  },
};

interface Call {
  index?: number;
  id?: string;
  function: { name: string; arguments: string };
}
interface Message {
  role: string;
  content?: string | null;
  reasoning_content?: string;
  reasoning_details?: object[];
  tool_calls?: Call[];
}

/** As clients of OpenRouter do it: a detail of the same index and kind goes on, another one is new. */
function addDetail(details: Record<string, unknown>[], detail: Record<string, unknown>): void {
  const last = details.at(-1);
  if (!last || last["index"] !== detail["index"] || last["type"] !== detail["type"])
    return void details.push({ ...detail });
  for (const [name, value] of Object.entries(detail)) {
    const grows = ["text", "summary", "data"].includes(name) && typeof last[name] === "string";
    if (value !== null) last[name] = grows ? `${last[name] as string}${value as string}` : value;
  }
}

export const chat: Talker = {
  mapping: "openai-chat",
  begin: (model, text) => ({
    model,
    reasoning_effort: "medium",
    tools: tools.map((tool) => ({ type: "function", function: { ...tool, parameters: schema } })),
    messages: [{ role: "user", content: text }],
  }),
  collect: (stream) => {
    const message: Message = { role: "assistant", content: null };
    const details: Record<string, unknown>[] = [];
    const calls: Call[] = [];
    for (const event of eventsOf(stream)) {
      const [choice] = (event["choices"] as { delta: Message }[] | undefined) ?? [];
      if (!choice) continue;
      const { content, reasoning_content, reasoning_details, tool_calls = [] } = choice.delta;
      if (typeof content === "string") message.content = (message.content ?? "") + content;
      if (reasoning_content)
        message.reasoning_content = (message.reasoning_content ?? "") + reasoning_content;
      for (const detail of reasoning_details ?? []) addDetail(details, detail as Record<string, unknown>);
      for (const { index = 0, ...call } of tool_calls) {
        const known = calls[index];
        if (known) known.function.arguments += call.function.arguments ?? "";
        else calls[index] = { ...call, function: { ...call.function } };
      }
    }
    if (details.length > 0) message.reasoning_details = details;
    if (calls.length > 0) message.tool_calls = calls;
    return { choices: [{ message }] };
  },
  proceed: (asked, { choices }: { choices: { message: Message }[] }) => {
    const { message } = choices[0]!;
    const results = (message.tool_calls ?? []).map(({ id, function: { name } }) => ({
      role: "tool",
      tool_call_id: id,
      content: result(name),
    }));
    const next = results.length > 0 ? results : [{ role: "user", content: question }];
    return { ...asked, messages: [...(asked["messages"] as unknown[]), message, ...next] };
  },
};

interface Part {
  functionCall?: { id?: string; name: string };
}
interface Answer {
  candidates: { content: { parts: Part[] } }[];
}

export const gemini: Talker = {
  mapping: "gemini",
  begin: (_, text) => ({
    generationConfig: { thinkingConfig: { includeThoughts: true } },
    tools: [{ functionDeclarations: tools.map((tool) => ({ ...tool, parametersJsonSchema: schema })) }],
    contents: [{ role: "user", parts: [{ text }] }],
  }),
  collect: (stream) => {
    const parts = eventsOf(stream).flatMap(
      (event) => (event as unknown as Answer).candidates?.[0]?.content?.parts ?? [],
    );
    return { candidates: [{ content: { role: "model", parts } }] };
  },
  proceed: (asked, { candidates }: Answer) => {
    const { content } = candidates[0]!;
    const results = content.parts.flatMap(({ functionCall: call }) =>
      call
        ? [
            {
              functionResponse: {
                ...(call.id !== undefined && { id: call.id }),
                name: call.name,
                response: { output: result(call.name) },
              },
            },
          ]
        : [],
    );
    const next = { role: "user", parts: results.length > 0 ? results : [{ text: question }] };
    return { ...asked, contents: [...(asked["contents"] as unknown[]), content, next] };
  },
  http: (model, stream) => {
    const method = stream ? "streamGenerateContent" : "generateContent";
    return { params: { model }, path: `/v1beta/models/${model}:${method}` };
  },
};
