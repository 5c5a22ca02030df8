import OpenAI from "openai";
import type { RunnableToolFunctionWithParse } from "openai/lib/RunnableFunction";
import { runTool } from "./talk.ts";
import type { Talk, Talker, Tool } from "./talk.ts";

const clientOf = (url: string): OpenAI =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: "key-of-the-client", maxRetries: 0 });

type ChatMessage = OpenAI.ChatCompletionMessage & { reasoning_content?: string };

const chatTools = (tools: readonly Tool[]): OpenAI.ChatCompletionFunctionTool[] =>
  tools.map(({ name, description, schema }) => ({
    type: "function",
    function: { name, description, parameters: schema },
  }));

/** Chat Completions, with the history kept by the program. */
const chatTalker = (streams: boolean): Talker => ({
  name: streams ? "chat.completions.stream" : "chat.completions.create",
  format: "openai-chat",
  keepsTokens: true,
  seesThoughts: true,
  async talk({ url, model, prompts, tools }) {
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "system", content: "You keep a book." }];
    const talk: Talk = { texts: [], thoughts: "", usage: [] };
    const ask = async (): Promise<OpenAI.ChatCompletion> => {
      const params = { model, messages, tools: chatTools(tools), reasoning_effort: "medium" as const };
      const { chat } = clientOf(url);
      if (!streams) return chat.completions.create(params);
      const stream = chat.completions.stream({ ...params, stream_options: { include_usage: true } });
      stream.on("chunk", ({ choices }) => {
        const delta = choices[0]?.delta as Partial<ChatMessage> | undefined;
        talk.thoughts += delta?.reasoning_content ?? "";
      });
      return stream.finalChatCompletion();
    };
    for (const prompt of prompts) {
      messages.push({ role: "user", content: prompt });
      for (;;) {
        const { choices, usage } = await ask();
        const message = choices[0]!.message as ChatMessage;
        if (!streams) talk.thoughts += message.reasoning_content ?? "";
        talk.usage.push({ input: usage!.prompt_tokens, output: usage!.completion_tokens });
        messages.push(message);
        const calls = message.tool_calls ?? [];
        if ((choices[0]!.finish_reason === "tool_calls") !== calls.length > 0)
          throw new Error(`it ended with ${choices[0]!.finish_reason}`);
        if (calls.length === 0) {
          talk.texts.push(message.content ?? "");
          break;
        }
        for (const call of calls) {
          if (call.type !== "function") throw new Error(`a call of type ${call.type}`);
          messages.push({
            role: "tool",
            tool_call_id: call.id,
            content: runTool(tools, call.function.name, JSON.parse(call.function.arguments)).text,
          });
        }
      }
    }
    return talk;
  },
});

/** Chat Completions with the SDK's own runner of tools, which keeps of a message only what it knows. */
const chatRunner: Talker = {
  name: "chat.completions.runTools",
  format: "openai-chat",
  keepsTokens: false,
  seesThoughts: false,
  async talk({ url, model, prompts, tools }) {
    const talk: Talk = { texts: [], thoughts: "", usage: [] };
    let messages: OpenAI.ChatCompletionMessageParam[] = [];
    const runnable = tools.map(({ name, description, schema }): RunnableToolFunctionWithParse<object> => ({
      type: "function",
      function: {
        name,
        description,
        parameters: schema as object,
        parse: (text) => JSON.parse(text) as object,
        function: (args) => runTool(tools, name, args).text,
      },
    }));
    for (const prompt of prompts) {
      const runner = clientOf(url).chat.completions.runTools({
        model,
        messages: [...messages, { role: "user", content: prompt }],
        tools: runnable,
        stream: true,
        stream_options: { include_usage: true },
      });
      talk.texts.push((await runner.finalContent()) ?? "");
      for (const { usage } of runner.allChatCompletions())
        talk.usage.push({ input: usage!.prompt_tokens, output: usage!.completion_tokens });
      messages = runner.messages;
    }
    return talk;
  },
};

/** Responses without a history on the server. */
const responsesTalker = (streams: boolean): Talker => ({
  name: streams ? "responses.stream" : "responses.create",
  format: "openai-responses",
  keepsTokens: true,
  seesThoughts: true,
  async talk({ url, model, prompts, tools }) {
    const input: OpenAI.Responses.ResponseInput = [];
    const talk: Talk = { texts: [], thoughts: "", usage: [] };
    const params = {
      model,
      input,
      instructions: "You keep a book.",
      tools: tools.map(({ name, description, schema }) => ({
        type: "function" as const,
        name,
        description,
        parameters: schema,
        strict: false,
      })),
      include: ["reasoning.encrypted_content" as const],
      reasoning: { effort: "medium" as const, summary: "auto" as const },
      store: false,
    };
    const ask = (): Promise<OpenAI.Responses.Response> => {
      const { responses } = clientOf(url);
      return streams ? responses.stream(params).finalResponse() : responses.create(params);
    };
    for (const prompt of prompts) {
      input.push({ role: "user", content: prompt });
      for (;;) {
        const { output, output_text, usage, status } = await ask();
        if (status !== "completed") throw new Error(`it ended as ${status}`);
        talk.usage.push({ input: usage!.input_tokens, output: usage!.output_tokens });
        talk.thoughts += output
          .flatMap((item) => (item.type === "reasoning" ? item.summary.map(({ text }) => text) : []))
          .join("\n\n");
        input.push(...(output as OpenAI.Responses.ResponseInputItem[]));
        const calls = output.filter((item) => item.type === "function_call");
        if (calls.length === 0) {
          talk.texts.push(output_text);
          break;
        }
        for (const call of calls)
          input.push({
            type: "function_call_output",
            call_id: call.call_id,
            output: runTool(tools, call.name, JSON.parse(call.arguments)).text,
          });
      }
    }
    return talk;
  },
});

export const openaiTalkers: Talker[] = [
  chatTalker(true),
  chatTalker(false),
  chatRunner,
  responsesTalker(true),
  responsesTalker(false),
];
