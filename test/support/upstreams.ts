import { isDeepStrictEqual } from "node:util";

/** What a model says in one answer: a thought with its token, then words, calls, or both. */
export interface Said {
  /** Empty: it keeps its thought to itself. */
  thought: string;
  token: string;
  text?: string;
  calls?: { name: string; args: object }[];
}

/** A vendor as an upstream: how it writes an answer, and what it finds of its earlier answers in a request. */
export interface Upstream {
  mapping: string;
  model: string;
  /** Absent where the vendor streams only. */
  whole?: (said: Said, turn: number) => unknown;
  stream: (said: Said, turn: number) => string;
  /** What it said before, each answer as a list of items that must come back as they were. */
  heard: (body: never) => unknown[][];
  /** The same of what it really said. */
  spoken: (said: Said, turn: number) => unknown[];
}

type Frame = { type: string } & Record<string, unknown>;
const named = (frames: readonly Frame[]): string =>
  frames.map((frame) => `event: ${frame.type}\ndata: ${JSON.stringify(frame)}\n\n`).join("");
const plain = (frames: readonly object[]): string =>
  frames.map((frame) => `data: ${JSON.stringify(frame)}\n\n`).join("");
/** A text in two pieces. */
const halves = (text: string): [string, string] => {
  const at = Math.ceil(text.length / 2);
  return [text.slice(0, at), text.slice(at)];
};

interface Block {
  type: string;
  thinking?: string;
  text?: string;
  input?: object;
  [member: string]: unknown;
}

function blocks({ thought, token, text, calls = [] }: Said, turn: number): Block[] {
  return [
    { type: "thinking", thinking: thought, signature: token },
    { type: "redacted_thinking", data: `${token}-redacted` },
    ...(text === undefined ? [] : [{ type: "text", text }]),
    ...calls.map(({ name, args }, n) => ({ type: "tool_use", id: `toolu_${turn}${n}`, name, input: args })),
  ];
}

function blockFrames(block: Block, index: number): Frame[] {
  const delta = (given: object): Frame => ({ type: "content_block_delta", index, delta: given });
  const start = (content_block: object): Frame => ({ type: "content_block_start", index, content_block });
  const stop: Frame = { type: "content_block_stop", index };
  switch (block.type) {
    case "thinking":
      return [
        start({ type: "thinking", thinking: "", signature: "" }),
        ...halves(block.thinking!).map((thinking) => delta({ type: "thinking_delta", thinking })),
        delta({ type: "signature_delta", signature: block["signature"] }),
        stop,
      ];
    case "text":
      return [
        start({ type: "text", text: "" }),
        ...halves(block.text!).map((text) => delta({ type: "text_delta", text })),
        stop,
      ];
    case "tool_use":
      return [
        start({ ...block, input: {} }),
        ...halves(JSON.stringify(block.input)).map((partial_json) =>
          delta({ type: "input_json_delta", partial_json }),
        ),
        stop,
      ];
    default:
      return [start(block), stop];
  }
}

export const anthropic: Upstream = {
  mapping: "anthropic",
  model: "claude-sonnet-4-5",
  whole: (said, turn) => ({
    id: `msg_${turn}`,
    type: "message",
    role: "assistant",
    model: "claude-sonnet-4-5",
    content: blocks(said, turn),
    stop_reason: said.calls ? "tool_use" : "end_turn",
    usage: { input_tokens: 10, output_tokens: 5 },
  }),
  stream: (said, turn) =>
    named([
      {
        type: "message_start",
        message: { id: `msg_${turn}`, type: "message", role: "assistant", content: [], usage: {} },
      },
      ...blocks(said, turn).flatMap(blockFrames),
      {
        type: "message_delta",
        delta: { stop_reason: said.calls ? "tool_use" : "end_turn" },
        usage: { output_tokens: 5 },
      },
      { type: "message_stop" },
    ]),
  heard: ({ messages }: { messages: { role: string; content: string | Block[] }[] }) =>
    messages.flatMap(({ role, content }) =>
      role === "assistant"
        ? [typeof content === "string" ? [{ type: "text", text: content }] : joined(content.map(withoutId))]
        : [],
    ),
  spoken: (said, turn) => blocks(said, turn).map(withoutId),
};

/** Clients that keep a text in the pieces of its stream send it back in pieces. */
function joined(list: readonly Block[]): Block[] {
  const all: Block[] = [];
  for (const block of list) {
    const last = all.at(-1);
    if (block.type === "text" && last?.type === "text")
      all[all.length - 1] = { ...last, text: `${last.text}${block.text}` };
    else all.push(block);
  }
  return all;
}

function withoutId(block: Block): Block {
  const copy = { ...block };
  delete copy["id"];
  return copy;
}

interface Content {
  role: string;
  parts: GeminiPart[];
}
interface GeminiPart {
  text?: string;
  thought?: boolean;
  thoughtSignature?: string;
  functionCall?: { id?: string; name: string; args: object };
}

/** Only the first of several calls has the signature. */
function parts({ thought, token, text, calls = [] }: Said): GeminiPart[] {
  return [
    ...(thought === "" ? [] : [{ text: thought, thought: true }]),
    ...(text === undefined ? [] : [{ text, ...(calls.length === 0 && { thoughtSignature: token }) }]),
    ...calls.map(({ name, args }, n) => ({
      functionCall: { name, args },
      ...(n === 0 && { thoughtSignature: token }),
    })),
  ];
}

const chunk = (list: readonly GeminiPart[], end: object = {}): object => ({
  candidates: [{ index: 0, content: { role: "model", parts: list }, ...end }],
  modelVersion: "gemini-3-pro-preview",
  usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5 },
});

/** Thoughts are not sent back; where text and signature came apart they may stand apart. */
function essence(list: readonly GeminiPart[]): unknown[] {
  const found: { text?: string; token?: string; call?: unknown }[] = [];
  for (const { text, thought, thoughtSignature: token, functionCall: call } of list) {
    if (thought) continue;
    const last = found.at(-1);
    if (call)
      found.push({ call: { name: call.name, args: call.args }, ...(token !== undefined && { token }) });
    else if (last?.text !== undefined && last.token === undefined)
      Object.assign(last, { text: last.text + text }, token !== undefined && { token });
    else found.push({ text: text ?? "", ...(token !== undefined && { token }) });
  }
  return found;
}

export const gemini: Upstream = {
  mapping: "gemini",
  model: "gemini-3-pro-preview",
  whole: (said) => chunk(parts(said), { finishReason: "STOP" }),
  stream: (said) =>
    plain([
      ...parts(said).flatMap((part) => {
        const { text, thought, thoughtSignature } = part;
        if (text === undefined) return [chunk([part])];
        const pieces = halves(text).map((piece) => chunk([{ text: piece, ...(thought && { thought }) }]));
        return thoughtSignature === undefined ? pieces : [...pieces, chunk([{ text: "", thoughtSignature }])];
      }),
      chunk([{ text: "" }], { finishReason: "STOP" }),
    ]),
  heard: ({ contents }: { contents: Content[] }) =>
    contents.flatMap(({ role, parts: list }) => (role === "model" ? [essence(list)] : [])),
  spoken: (said) => essence(parts(said)),
};

interface Item {
  type: string;
  role?: string;
  content?: unknown;
  arguments?: string;
  [member: string]: unknown;
}

function items({ thought, token, text, calls = [] }: Said, turn: number): Item[] {
  return [
    {
      type: "reasoning",
      id: `rs_${turn}`,
      summary: thought === "" ? [] : [{ type: "summary_text", text: thought }],
      encrypted_content: token,
    },
    ...(text === undefined
      ? []
      : [
          {
            type: "message",
            id: `msg_${turn}`,
            role: "assistant",
            content: [{ type: "output_text", text, annotations: [] }],
          },
        ]),
    ...calls.map(({ name, args }, n) => ({
      type: "function_call",
      id: `fc_${turn}${n}`,
      call_id: `call_${turn}${n}`,
      name,
      arguments: JSON.stringify(args),
    })),
  ];
}

/** What the vendor reads of an item. */
function read(item: Item): unknown {
  switch (item.type) {
    case "reasoning":
      return { token: item["encrypted_content"], summary: item["summary"] };
    case "function_call":
      return { name: item["name"], args: JSON.parse(item.arguments ?? "") as unknown };
    default:
      return typeof item.content === "string"
        ? item.content
        : (item.content as { text: string }[]).map(({ text }) => text).join("");
  }
}

export const codex: Upstream = {
  mapping: "codex",
  model: "gpt-5.6",
  stream: (said, turn) => {
    const output = items(said, turn);
    const response = { id: `resp_${turn}`, object: "response", model: "gpt-5.6", output };
    return named([
      { type: "response.created", response: { ...response, status: "in_progress", output: [] } },
      ...output.flatMap((item, output_index): Frame[] => [
        {
          type: "response.output_item.added",
          output_index,
          item: {
            ...item,
            ...(item.type === "function_call" && { arguments: "" }),
            content: [],
            summary: [],
          },
        },
        { type: "response.output_item.done", output_index, item },
      ]),
      { type: "response.completed", response: { ...response, status: "completed" } },
    ]);
  },
  heard: ({ input }: { input: Item[] }) => {
    const answers: unknown[][] = [];
    let open = false;
    for (const item of input) {
      const mine = item.type === "reasoning" || item.type === "function_call" || item.role === "assistant";
      if (mine && !open) answers.push([]);
      if (mine) answers.at(-1)!.push(read(item));
      open = mine;
    }
    return answers;
  },
  spoken: (said, turn) => items(said, turn).map(read),
};

/** The pairs of answers that differ, as text; nothing if the vendor heard what it said. */
export function misheard(upstream: Upstream, script: readonly Said[], body: unknown): string[] {
  const heard = upstream.heard(body as never);
  return script.flatMap((said, turn) => {
    const wanted = upstream.spoken(said, turn);
    return isDeepStrictEqual(heard[turn], wanted)
      ? []
      : [`answer ${turn + 1} was ${JSON.stringify(wanted)}, and is ${JSON.stringify(heard[turn])}`];
  });
}
