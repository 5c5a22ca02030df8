import Anthropic from "@anthropic-ai/sdk";
import type { BetaContentBlock, BetaMessage } from "@anthropic-ai/sdk/resources/beta/messages";

/** The vendor's own SDK as a parser: what it makes of a body or a stream, offline. */
export async function parseAnswer(body: unknown): Promise<BetaMessage> {
  const answer = new Response(JSON.stringify(body), { headers: { "content-type": "application/json" } });
  return clientOf(answer).beta.messages.create({ ...asked, stream: false });
}

/** What the SDK's stream helper makes of a stream; it throws at what it does not understand. */
export async function parseStream(text: string | Uint8Array<ArrayBuffer>): Promise<BetaMessage> {
  const answer = new Response(new Blob([text]), { headers: { "content-type": "text/event-stream" } });
  return clientOf(answer).beta.messages.stream(asked).finalMessage();
}

const asked = {
  model: "claude-opus-4-8",
  max_tokens: 1024,
  messages: [{ role: "user" as const, content: "Hello" }],
};

function clientOf(answer: Response): Anthropic {
  return new Anthropic({ apiKey: "none", maxRetries: 0, fetch: () => Promise.resolve(answer) });
}

/** What an application takes from a message. */
export function essence(message: BetaMessage): unknown {
  return plain({
    id: message.id,
    model: message.model,
    content: message.content.map(essenceOfBlock),
    stop: [message.stop_reason, message.stop_sequence, message.stop_details ?? null],
    usage: [
      message.usage.input_tokens,
      message.usage.output_tokens,
      message.usage.cache_read_input_tokens ?? 0,
      message.usage.cache_creation_input_tokens ?? 0,
      message.usage.server_tool_use?.web_search_requests ?? 0,
    ],
    container: message.container ?? null,
  });
}

function essenceOfBlock(block: BetaContentBlock): unknown {
  switch (block.type) {
    case "text":
      return [block.text, (block.citations ?? []).map((one) => one.cited_text)];
    case "thinking":
      return [block.thinking, block.signature];
    case "redacted_thinking":
      return block.data;
    case "tool_use":
    case "server_tool_use":
    case "mcp_tool_use":
      return [block.id, block.name, block.input];
    case "compaction":
      return block.content;
    default:
      return "tool_use_id" in block ? [block.type, block.tool_use_id] : block.type;
  }
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}
