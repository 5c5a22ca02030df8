import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startBridge } from "./server.ts";
import type { RunningBridge } from "./server.ts";

/** The official SDKs against the demo provider: what a newcomer's first program does. */
let bridge: RunningBridge;
beforeAll(async () => {
  bridge = await startBridge();
});
afterAll(() => bridge.close());

async function collect<T>(list: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of list) items.push(item);
  return items;
}

const greeting = /^Hello!/;
const weather = {
  name: "get_weather",
  description: "The weather of a city",
  schema: { type: "object" as const, properties: { city: { type: "string" } }, required: ["city"] },
};
const ask = 'Use the get_weather tool for "Paris".';

describe("openai, chat completions", () => {
  const client = (): OpenAI => new OpenAI({ baseURL: `${bridge.url}/v1`, apiKey: "any", maxRetries: 0 });
  const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: "Hello!" }];
  const tools: OpenAI.ChatCompletionFunctionTool[] = [
    {
      type: "function",
      function: { name: weather.name, description: weather.description, parameters: weather.schema },
    },
  ];

  test("a whole answer", async () => {
    const answer = await client().chat.completions.create({ model: "demo", messages });
    expect(answer.choices[0]?.message.content).toMatch(greeting);
    expect(answer.usage?.total_tokens).toBeGreaterThan(0);
  });

  test("a stream, in pieces", async () => {
    const stream = client().chat.completions.stream({
      model: "demo",
      messages,
      stream_options: { include_usage: true },
    });
    let pieces = 0;
    stream.on("content", () => pieces++);
    expect(await stream.finalContent()).toMatch(greeting);
    expect(pieces).toBeGreaterThan(3);
    expect((await stream.totalUsage()).total_tokens).toBeGreaterThan(0);
  });

  test("a tool loop with the SDK's runner", async () => {
    const runner = client().chat.completions.runTools({
      model: "demo",
      messages: [{ role: "user", content: ask }],
      stream: true,
      tools: [
        {
          type: "function",
          function: {
            name: weather.name,
            description: weather.description,
            parameters: weather.schema,
            parse: JSON.parse,
            function: (args: object) => `21 degrees in ${JSON.stringify(args)}`,
          },
        },
      ],
    });
    expect(await runner.finalContent()).toContain("21 degrees");
    expect(await runner.finalContent()).toContain("Paris");
  });

  test("a tool call in a whole answer", async () => {
    const answer = await client().chat.completions.create({
      model: "demo",
      messages: [{ role: "user", content: ask }],
      tools,
    });
    expect(answer.choices[0]?.finish_reason).toBe("tool_calls");
    expect(answer.choices[0]?.message.tool_calls?.[0]).toMatchObject({
      type: "function",
      function: { name: "get_weather", arguments: '{"city":"Paris"}' },
    });
  });

  test("the list of models", async () => {
    const models = await collect(client().models.list());
    expect(models.map((one) => one.id)).toContain("demo/demo");
  });

  test("a model by its name, one of a pattern's, too", async () => {
    expect(await client().models.retrieve("demo/demo")).toMatchObject({ id: "demo/demo", object: "model" });
    expect(await client().models.retrieve("gpt-9")).toMatchObject({ id: "gpt-9", owned_by: "demo" });
  });
});

describe("openai, responses", () => {
  const client = (): OpenAI => new OpenAI({ baseURL: `${bridge.url}/v1`, apiKey: "any", maxRetries: 0 });
  const tools: OpenAI.Responses.FunctionTool[] = [
    {
      type: "function",
      name: weather.name,
      description: weather.description,
      parameters: weather.schema,
      strict: false,
    },
  ];

  test("a whole answer", async () => {
    const answer = await client().responses.create({ model: "demo", input: "Hello!" });
    expect(answer.output_text).toMatch(greeting);
    expect(answer.status).toBe("completed");
  });

  test("a stream", async () => {
    const stream = client().responses.stream({ model: "demo", input: "Hello!" });
    let text = "";
    stream.on("response.output_text.delta", ({ delta }) => (text += delta));
    const answer = await stream.finalResponse();
    expect(answer.output_text).toBe(text);
    expect(text).toMatch(greeting);
  });

  test("a tool loop by hand", async () => {
    const first = await client().responses.stream({ model: "demo", input: ask, tools }).finalResponse();
    const call = first.output.find((item) => item.type === "function_call");
    expect(call).toMatchObject({ name: "get_weather", arguments: '{"city":"Paris"}' });
    const input: OpenAI.Responses.ResponseInput = [
      { role: "user", content: ask },
      call!,
      { type: "function_call_output", call_id: call!.call_id, output: "21 degrees" },
    ];
    const second = await client().responses.create({ model: "demo", input, tools });
    expect(second.output_text).toContain("21 degrees");
  });
});

describe("anthropic", () => {
  const client = (): Anthropic => new Anthropic({ baseURL: bridge.url, apiKey: "any", maxRetries: 0 });
  const params = { model: "demo", max_tokens: 500, messages: [{ role: "user" as const, content: "Hello!" }] };
  const tools: Anthropic.Tool[] = [
    { name: weather.name, description: weather.description, input_schema: weather.schema },
  ];

  test("a whole answer", async () => {
    const answer = await client().messages.create(params);
    expect(answer.content[0]).toMatchObject({
      type: "text",
      text: expect.stringMatching(greeting) as string,
    });
    expect(answer.usage.output_tokens).toBeGreaterThan(0);
  });

  test("a stream", async () => {
    const stream = client().messages.stream(params);
    expect(await stream.finalText()).toMatch(greeting);
    expect((await stream.finalMessage()).stop_reason).toBe("end_turn");
  });

  test("a tool loop by hand", async () => {
    const first = await client()
      .messages.stream({ ...params, tools, messages: [{ role: "user", content: ask }] })
      .finalMessage();
    const call = first.content.find((block) => block.type === "tool_use");
    expect(call).toMatchObject({ name: "get_weather", input: { city: "Paris" } });
    expect(first.stop_reason).toBe("tool_use");
    const second = await client().messages.create({
      ...params,
      tools,
      messages: [
        { role: "user", content: ask },
        { role: "assistant", content: first.content },
        { role: "user", content: [{ type: "tool_result", tool_use_id: call!.id, content: "21 degrees" }] },
      ],
    });
    expect(second.content[0]).toMatchObject({
      type: "text",
      text: expect.stringContaining("21 degrees") as string,
    });
  });

  test("counted tokens and the list of models", async () => {
    expect((await client().messages.countTokens(params)).input_tokens).toBeGreaterThan(0);
    expect((await collect(client().models.list())).map((one) => one.id)).toContain("demo/demo");
    expect(await client().models.retrieve("claude-9")).toMatchObject({ type: "model", id: "claude-9" });
  });
});

describe("google genai", () => {
  const client = (): GoogleGenAI => new GoogleGenAI({ apiKey: "any", httpOptions: { baseUrl: bridge.url } });
  const tools = [
    {
      functionDeclarations: [
        { name: weather.name, description: weather.description, parametersJsonSchema: weather.schema },
      ],
    },
  ];

  test("a whole answer", async () => {
    const answer = await client().models.generateContent({ model: "demo", contents: "Hello!" });
    expect(answer.text).toMatch(greeting);
    expect(answer.usageMetadata?.totalTokenCount).toBeGreaterThan(0);
  });

  test("a stream, in pieces", async () => {
    const stream = await client().models.generateContentStream({ model: "demo", contents: "Hello!" });
    const pieces: string[] = [];
    for await (const chunk of stream) if (chunk.text) pieces.push(chunk.text);
    expect(pieces.join("")).toMatch(greeting);
    expect(pieces.length).toBeGreaterThan(3);
  });

  test("a tool call", async () => {
    const answer = await client().models.generateContent({ model: "demo", contents: ask, config: { tools } });
    expect(answer.functionCalls?.[0]).toMatchObject({ name: "get_weather", args: { city: "Paris" } });
  });

  test("counted tokens and the list of models", async () => {
    expect(
      (await client().models.countTokens({ model: "demo", contents: "Hello!" })).totalTokens,
    ).toBeGreaterThan(0);
    const models = await collect(await client().models.list());
    expect(models.map((one) => one.name)).toContain("models/demo/demo");
    expect((await client().models.get({ model: "gemini-9" })).name).toBe("models/gemini-9");
  });
});
