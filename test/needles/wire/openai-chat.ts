import * as fc from "fast-check";
import { bytes, either, few, one, png, prose, schema, share, some, steps, url, word } from "./words.ts";
import type { Step } from "./words.ts";

/** Requests of Chat Completions: https://platform.openai.com/docs/api-reference/chat/create */
const mark = some({ mode: one("explicit"), ttl: either("30m", "24h") }, ["mode"]);
const text = some({ type: one("text"), text: prose, prompt_cache_breakpoint: mark }, ["type", "text"]);
const part = fc.oneof(
  text,
  fc.record({
    type: one("image_url"),
    image_url: some({ url: fc.oneof(png, url), detail: either("auto", "low", "high") }, ["url"]),
  }),
  fc.record({
    type: one("input_audio"),
    input_audio: fc.record({ data: bytes, format: either("wav", "mp3") }),
  }),
  fc.record({
    type: one("file"),
    file: fc.oneof(
      fc.record({
        file_data: bytes.map((data) => `data:application/pdf;base64,${data}`),
        filename: word.map((name) => `${name}.pdf`),
      }),
      fc.record({ file_id: word }),
    ),
  }),
  fc.record({ type: one("hologram"), hologram: fc.record({ shape: prose }) }),
);
const instruction = some(
  { role: either("system", "developer"), content: fc.oneof(prose, few(text)), name: word },
  ["role", "content"],
);
const user = some({ role: one("user"), content: fc.oneof(prose, few(part)), name: word }, [
  "role",
  "content",
]);
const answer = fc.oneof(
  some(
    {
      role: one("assistant"),
      content: prose,
      name: word,
      reasoning_content: prose,
      audio: fc.record({ id: word }),
    },
    ["role", "content"],
  ),
  fc.record({ role: one("assistant"), refusal: prose }),
);

function stepOf({ calls }: Step, content: string | null): object[] {
  return [
    {
      role: "assistant",
      content,
      tool_calls: calls.map(({ id, name, args }) => ({
        id,
        type: "function",
        function: { name, arguments: JSON.stringify(args) },
      })),
    },
    ...calls.map(({ id, said }) => ({ role: "tool", tool_call_id: id, content: said })),
  ];
}

const messages = fc
  .tuple(
    fc.array(instruction, { maxLength: 2 }),
    few(user),
    steps,
    fc.option(prose),
    fc.array(answer, { maxLength: 1 }),
    fc.option(instruction),
    user,
  )
  .map(([system, asked, loop, words, answered, later, last]) => [
    ...system,
    ...asked,
    ...loop.flatMap((step) => stepOf(step, words)),
    ...answered,
    ...(later ? [last, later] : []),
    last,
  ]);

const functionTool = fc.record({
  type: one("function"),
  function: some(
    {
      name: either("read_file", "get_weather"),
      description: prose,
      parameters: schema,
      strict: fc.boolean(),
    },
    ["name"],
  ),
});
const customTool = fc.record({
  type: one("custom"),
  custom: some(
    {
      name: one("patch"),
      description: prose,
      format: fc.oneof(
        one({ type: "text" }),
        fc.record({
          type: one("grammar"),
          grammar: fc.record({ syntax: either("lark", "regex"), definition: prose }),
        }),
      ),
    },
    ["name"],
  ),
});
const tools = fc
  .tuple(
    fc.uniqueArray(functionTool, { selector: (one) => one.function.name, minLength: 1, maxLength: 2 }),
    fc.option(customTool),
  )
  .map(([own, custom]) => (custom ? [...own, custom] : own));

const format = fc.oneof(
  one({ type: "json_object" }),
  fc.record({
    type: one("json_schema"),
    json_schema: some({ name: word, description: prose, schema, strict: fc.boolean() }, ["name", "schema"]),
  }),
);

/** Settings of tools stand only where there are some. */
const withTools = some(
  { tools, tool_choice: either("auto", "none", "required"), parallel_tool_calls: fc.boolean() },
  ["tools"],
);

export const openaiChat: fc.Arbitrary<object> = fc
  .tuple(
    some(
      {
        model: one("gpt-4.1"),
        messages,
        stream: fc.boolean(),
        stream_options: fc.record({ include_usage: fc.boolean() }),
        max_completion_tokens: either(100, 200),
        temperature: share,
        top_p: share,
        presence_penalty: share,
        frequency_penalty: share,
        seed: either(1, 2),
        stop: fc.oneof(prose, few(prose)),
        logit_bias: one({ "50256": -100 }),
        reasoning_effort: either("low", "high"),
        response_format: format,
        verbosity: either("low", "high"),
        prediction: fc.record({ type: one("content"), content: prose }),
        prompt_cache_key: word,
        prompt_cache_retention: one("24h"),
        store: one(true),
        service_tier: either("flex", "priority"),
        user: word,
        safety_identifier: word,
        metadata: fc.dictionary(word, prose, { minKeys: 1, maxKeys: 2 }),
        web_search_options: some({
          search_context_size: either("low", "high"),
          user_location: fc.record({
            type: one("approximate"),
            approximate: fc.record({ city: prose, country: word }),
          }),
        }),
        modalities: one(["text", "audio"]),
        audio: fc.record({ voice: word, format: either("wav", "mp3") }),
      },
      ["model", "messages"],
    ),
    fc.option(withTools, { nil: {} }),
    fc.option(fc.record({ logprobs: one(true), top_logprobs: either(2, 3) }), { nil: {} }),
  )
  .map(([request, more, probabilities]) => ({ ...request, ...more, ...probabilities }));
