import { braid, idOf, pieces, usageOf } from "./script.ts";
import type { Spoken, SpokenCall } from "./script.ts";
import { named } from "./vendor.ts";

type Item = Record<string, unknown> & { type: string; id: string };
type Event = Record<string, unknown> & { type: string };

/** The items of an answer, whole. */
export function itemsOf({ turn, thinking, token, text, calls }: Spoken): Item[] {
  const items: Item[] = [];
  if (token !== undefined || thinking !== undefined)
    items.push({
      type: "reasoning",
      id: idOf("rs_", turn, 0),
      summary: summaryOf(thinking),
      encrypted_content: token ?? null,
    });
  if (text !== undefined) {
    const phase = calls.length > 0 ? "commentary" : "final_answer";
    items.push({
      type: "message",
      id: idOf("msg_", turn, 0),
      role: "assistant",
      status: "completed",
      phase,
      content: [{ type: "output_text", text, annotations: [], logprobs: [] }],
    });
  }
  calls.forEach((call, i) => items.push(itemOfCall(call, turn, i)));
  return items;
}

function itemOfCall({ kind, id, name, namespace, text }: SpokenCall, turn: number, index: number): Item {
  const shared = { call_id: id, name, ...(namespace !== undefined && { namespace }), status: "completed" };
  return kind === "custom"
    ? { type: "custom_tool_call", id: idOf("ctc_", turn, index), ...shared, input: text }
    : { type: "function_call", id: idOf("fc_", turn, index), ...shared, arguments: text };
}

/** Thoughts come in parts: one for each paragraph. */
function summaryOf(thinking: string | undefined): { type: string; text: string }[] {
  return (thinking ?? "")
    .split("\n\n")
    .flatMap((text) => (text === "" ? [] : [{ type: "summary_text", text }]));
}

/** The answer as one object. */
export function answerOf(
  { turn, model }: Spoken,
  output: readonly Item[],
  status = "completed",
): Record<string, unknown> {
  const usage = usageOf(turn);
  return {
    id: idOf("resp_", turn, 0),
    object: "response",
    created_at: 1_760_000_000,
    status,
    background: false,
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: null,
    model,
    output,
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: "medium", summary: null },
    store: false,
    temperature: 1,
    text: { format: { type: "text" } },
    tool_choice: "auto",
    tools: [],
    top_p: 1,
    truncation: "disabled",
    usage: status === "completed" ? usageOnWire(usage) : null,
    user: null,
    metadata: {},
  };
}

function usageOnWire({ input, cached, output, thinking }: ReturnType<typeof usageOf>): object {
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached, cache_write_tokens: 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: thinking },
    total_tokens: input + output,
  };
}

/** How a stream is told. */
export interface Manners {
  /** Whether the object at its end has the output; where nothing is stored, it has none. */
  repeatsOutput: boolean;
  /** Whether the arguments of parallel calls come by turns. */
  braids: boolean;
}

/** The answer as a stream. */
export function answerFrames(spoken: Spoken, { repeatsOutput, braids }: Manners): string[] {
  const items = itemsOf(spoken);
  const firstCall = items.length - spoken.calls.length;
  const calls = items.slice(firstCall).map((item, i) => callEvents(item, firstCall + i));
  const events: Event[] = [
    { type: "response.created", response: answerOf(spoken, [], "in_progress") },
    { type: "response.in_progress", response: answerOf(spoken, [], "in_progress") },
    ...items
      .slice(0, firstCall)
      .flatMap((item, i) => (item.type === "reasoning" ? reasoningEvents(item, i) : messageEvents(item, i))),
    ...(braids ? braid(calls) : calls.flat()),
    { type: "response.completed", response: answerOf(spoken, repeatsOutput ? items : []) },
  ];
  return events.map((event, i) => named({ ...event, sequence_number: i }));
}

function reasoningEvents(item: Item, output_index: number): Event[] {
  const parts = item["summary"] as { text: string }[];
  return [
    // What is encrypted before the thought is at its end is not what must come back.
    {
      type: "response.output_item.added",
      output_index,
      item: { ...item, summary: [], encrypted_content: "not-the-final-one" },
    },
    ...parts.flatMap((part, summary_index): Event[] => {
      const at = { item_id: item.id, output_index, summary_index };
      return [
        { type: "response.reasoning_summary_part.added", ...at, part: { ...part, text: "" } },
        ...pieces(part.text).map((delta) => ({
          type: "response.reasoning_summary_text.delta",
          ...at,
          delta,
        })),
        { type: "response.reasoning_summary_text.done", ...at, text: part.text },
        { type: "response.reasoning_summary_part.done", ...at, part },
      ];
    }),
    { type: "response.output_item.done", output_index, item },
  ];
}

function messageEvents(item: Item, output_index: number): Event[] {
  const part = (item["content"] as { text: string }[])[0]!;
  const at = { item_id: item.id, output_index, content_index: 0 };
  return [
    {
      type: "response.output_item.added",
      output_index,
      item: { ...item, status: "in_progress", content: [] },
    },
    { type: "response.content_part.added", ...at, part: { ...part, text: "" } },
    ...pieces(part.text).map((delta) => ({
      type: "response.output_text.delta",
      ...at,
      delta,
      logprobs: [],
      obfuscation: "xyz",
    })),
    { type: "response.output_text.done", ...at, text: part.text, logprobs: [] },
    { type: "response.content_part.done", ...at, part },
    { type: "response.output_item.done", output_index, item },
  ];
}

function callEvents(item: Item, output_index: number): Event[] {
  const [type, field] =
    item.type === "function_call"
      ? ["response.function_call_arguments", "arguments"]
      : ["response.custom_tool_call_input", "input"];
  const at = { item_id: item.id, output_index };
  return [
    {
      type: "response.output_item.added",
      output_index,
      item: { ...item, status: "in_progress", [field]: "" },
    },
    ...pieces(item[field] as string).map((delta) => ({ type: `${type}.delta`, ...at, delta })),
    {
      type: `${type}.done`,
      ...at,
      [field]: item[field],
      ...(field === "arguments" && { name: item["name"] }),
    },
    { type: "response.output_item.done", output_index, item },
  ];
}
