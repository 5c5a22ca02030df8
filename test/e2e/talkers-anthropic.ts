import Anthropic from "@anthropic-ai/sdk";
import { betaTool } from "@anthropic-ai/sdk/helpers/beta/json-schema";
import { runTool } from "./talk.ts";
import type { Talk, Talker } from "./talk.ts";

const clientOf = (url: string): Anthropic =>
  new Anthropic({ baseURL: url, apiKey: "key-of-the-client", maxRetries: 0 });

const countOf = (usage: {
  input_tokens: number;
  cache_read_input_tokens: number | null;
  cache_creation_input_tokens: number | null;
  output_tokens: number;
}): Talk["usage"][number] => ({
  input: usage.input_tokens + (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0),
  output: usage.output_tokens,
});

const settings = {
  max_tokens: 8000,
  thinking: { type: "enabled" as const, budget_tokens: 2048 },
};

/** Messages, with the history kept by the program. */
const messagesTalker = (streams: boolean): Talker => ({
  name: streams ? "messages.stream" : "messages.create",
  format: "anthropic",
  keepsTokens: true,
  seesThoughts: true,
  async talk({ url, model, prompts, tools }) {
    const messages: Anthropic.MessageParam[] = [];
    const talk: Talk = { texts: [], thoughts: "", usage: [] };
    const params = {
      ...settings,
      model,
      messages,
      system: "You keep a book.",
      tools: tools.map(({ name, description, schema }) => ({ name, description, input_schema: schema })),
    };
    const ask = (): Promise<Anthropic.Message> => {
      const client = clientOf(url);
      return streams ? client.messages.stream(params).finalMessage() : client.messages.create(params);
    };
    for (const prompt of prompts) {
      messages.push({ role: "user", content: prompt });
      for (;;) {
        const { content, usage, stop_reason } = await ask();
        talk.usage.push(countOf(usage));
        talk.thoughts += content.map((block) => (block.type === "thinking" ? block.thinking : "")).join("");
        messages.push({ role: "assistant", content: content as Anthropic.ContentBlockParam[] });
        const calls = content.filter((block) => block.type === "tool_use");
        if (stop_reason !== (calls.length > 0 ? "tool_use" : "end_turn"))
          throw new Error(`it ended with ${stop_reason}`);
        if (calls.length === 0) {
          talk.texts.push(content.map((block) => (block.type === "text" ? block.text : "")).join(""));
          break;
        }
        const results = calls.map(({ id, name, input }): Anthropic.ToolResultBlockParam => {
          const { text, isError } = runTool(tools, name, input);
          return { type: "tool_result", tool_use_id: id, content: text, ...(isError && { is_error: true }) };
        });
        messages.push({ role: "user", content: results });
      }
    }
    return talk;
  },
});

/** Messages with the SDK's own runner of tools, which would rather have the server hold the history. */
const toolRunner: Talker = {
  name: "beta.messages.toolRunner",
  format: "anthropic",
  keepsTokens: true,
  seesThoughts: true,
  async talk({ url, model, prompts, tools }) {
    const talk: Talk = { texts: [], thoughts: "", usage: [] };
    const runnable = tools.map((tool) =>
      betaTool({
        name: tool.name,
        description: tool.description,
        inputSchema: tool.schema as { type: "object" },
        run: (args) => tool.run(args as Record<string, unknown>),
      }),
    );
    let messages: Anthropic.Beta.BetaMessageParam[] = [];
    for (const prompt of prompts) {
      const runner = clientOf(url).beta.messages.toolRunner({
        ...settings,
        model,
        messages: [...messages, { role: "user", content: prompt }],
        tools: runnable,
        stream: true,
      });
      let last: Anthropic.Beta.BetaMessage | undefined;
      for await (const stream of runner) {
        last = await stream.finalMessage();
        talk.usage.push(countOf(last.usage));
        talk.thoughts += last.content
          .map((block) => (block.type === "thinking" ? block.thinking : ""))
          .join("");
      }
      messages = [
        ...runner.params.messages,
        ...(runner.params.messages.at(-1)?.role === "assistant"
          ? []
          : [
              {
                role: "assistant" as const,
                content: last!.content as Anthropic.Beta.BetaContentBlockParam[],
              },
            ]),
      ];
      talk.texts.push(last!.content.map((block) => (block.type === "text" ? block.text : "")).join(""));
    }
    return talk;
  },
};

export const anthropicTalkers: Talker[] = [messagesTalker(true), messagesTalker(false), toolRunner];
