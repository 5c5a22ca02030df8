import OpenAI from "openai";
import type { Response as Answer, ResponseOutputItem } from "openai/resources/responses/responses";

/** The vendor's own SDK as a parser: what it makes of a body, offline. */
export function parseAnswer(body: unknown): Promise<Answer> {
  return clientOf(JSON.stringify(body), "application/json").responses.create({ ...asked, stream: false });
}

/** What the SDK's stream helper makes of a stream; it throws at an event that does not fit what came before. */
export function parseStream(text: string): Promise<Answer> {
  return clientOf(text, "text/event-stream").responses.stream(asked).finalResponse();
}

const asked = { model: "gpt-5-mini", input: "Hello" };

function clientOf(body: string, type: string): OpenAI {
  const answer = (): Promise<Response> =>
    Promise.resolve(new Response(body, { headers: { "content-type": type } }));
  return new OpenAI({ apiKey: "none", maxRetries: 0, fetch: answer });
}

/** What an application takes from an answer. Ids are left out: some servers change them from event to event. */
export function essence(answer: Answer): unknown {
  const { usage } = answer;
  return plain({
    model: answer.model,
    text: answer.output_text,
    items: answer.output.map(essenceOfItem),
    stop: [answer.status, answer.incomplete_details?.reason ?? null],
    usage: usage && [
      usage.input_tokens,
      usage.output_tokens,
      usage.total_tokens,
      usage.input_tokens_details.cached_tokens,
      usage.output_tokens_details.reasoning_tokens,
    ],
  });
}

function essenceOfItem(item: ResponseOutputItem): unknown {
  switch (item.type) {
    case "message":
      return [item.type, item.phase ?? null, item.content.map(essenceOfContent)];
    case "reasoning": {
      // The server encrypts a thought anew each time that it says it, so the token itself tells nothing.
      const content = (item.content ?? []).map((part) => part.text);
      return [item.type, item.summary.map((part) => part.text), content, Boolean(item.encrypted_content)];
    }
    case "function_call":
      return [item.type, item.call_id, item.name, item.arguments, item.caller ?? null];
    case "custom_tool_call":
      return [item.type, item.call_id, item.name, item.input];
    case "web_search_call":
      return [item.type, item.status, item.action ?? null];
    case "code_interpreter_call":
      return [item.type, item.code ?? null, item.outputs ?? null];
    default:
      return [item.type, "call_id" in item ? item.call_id : null];
  }
}

function essenceOfContent(part: OpenAI.Responses.ResponseOutputMessage["content"][number]): unknown {
  return part.type === "refusal" ? part.refusal : [part.text, part.annotations];
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}
