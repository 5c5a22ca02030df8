import { idOf, pieces, usageOf } from "./script.ts";
import type { Spoken } from "./script.ts";
import { named } from "./vendor.ts";

type Block = Record<string, unknown> & { type: string };
type Event = Record<string, unknown> & { type: string };

/** Thoughts that are empty are redacted ones. */
function blocksOf({ thinking, token, text, calls }: Spoken): Block[] {
  const thought: Block[] = [];
  if (token !== undefined)
    thought.push(
      thinking === ""
        ? { type: "redacted_thinking", data: token }
        : { type: "thinking", thinking: thinking ?? "", signature: token },
    );
  return [
    ...thought,
    ...(text === undefined ? [] : [{ type: "text", text, citations: null }]),
    ...calls.map((call) => ({
      type: "tool_use",
      id: call.id,
      name: call.name,
      input: JSON.parse(call.text) as unknown,
      caller: { type: "direct" },
    })),
  ];
}

/** Cached tokens are counted apart from the others here. */
function usageOnWire(turn: number): Record<string, unknown> {
  const { input, cached, output, thinking } = usageOf(turn);
  return {
    input_tokens: input - cached,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cached,
    output_tokens: output,
    output_tokens_details: { thinking_tokens: thinking },
  };
}

export function answerOf(spoken: Spoken): Record<string, unknown> {
  return {
    id: idOf("msg_", spoken.turn, 0),
    type: "message",
    role: "assistant",
    model: spoken.model,
    content: blocksOf(spoken),
    stop_reason: spoken.calls.length > 0 ? "tool_use" : "end_turn",
    stop_sequence: null,
    stop_details: null,
    container: null,
    usage: {
      ...usageOnWire(spoken.turn),
      cache_creation: null,
      server_tool_use: null,
      service_tier: "standard",
      inference_geo: null,
      speed: null,
    },
  };
}

export function answerFrames(spoken: Spoken): string[] {
  const whole = answerOf(spoken);
  const { stop_reason, stop_sequence, stop_details, container, usage } = whole;
  const events: Event[] = [
    {
      type: "message_start",
      message: {
        ...whole,
        content: [],
        stop_reason: null,
        usage: { ...(usage as object), output_tokens: 1, output_tokens_details: null },
      },
    },
    { type: "ping" },
    ...blocksOf(spoken).flatMap(blockEvents),
    {
      type: "message_delta",
      delta: { stop_reason, stop_sequence, stop_details, container },
      usage: usageOnWire(spoken.turn),
    },
    { type: "message_stop" },
  ];
  return events.map((event) => named(event));
}

function blockEvents(block: Block, index: number): Event[] {
  const delta = (type: string, field: string, value: unknown): Event => ({
    type: "content_block_delta",
    index,
    delta: { type, [field]: value },
  });
  const [empty, deltas] = ((): [Block, Event[]] => {
    switch (block.type) {
      case "thinking":
        return [
          { ...block, thinking: "", signature: "" },
          [
            ...pieces(block["thinking"] as string).map((text) => delta("thinking_delta", "thinking", text)),
            delta("signature_delta", "signature", block["signature"]),
          ],
        ];
      case "text":
        return [
          { ...block, text: "" },
          pieces(block["text"] as string).map((text) => delta("text_delta", "text", text)),
        ];
      case "tool_use":
        return [
          { ...block, input: {} },
          // A first piece is empty, and a call without arguments has no other.
          [
            "",
            ...(Object.keys(block["input"] as object).length > 0
              ? pieces(JSON.stringify(block["input"]))
              : []),
          ].map((json) => delta("input_json_delta", "partial_json", json)),
        ];
      default:
        return [block, []];
    }
  })();
  return [
    { type: "content_block_start", index, content_block: empty },
    ...deltas,
    { type: "content_block_stop", index },
  ];
}
