import * as fc from "fast-check";
import { bytes, either, few, one, png, prose, schema, share, some, steps, url, word } from "./words.ts";
import type { Step } from "./words.ts";

/** Requests of Responses: https://platform.openai.com/docs/api-reference/responses/create */
const text = some(
  { type: one("input_text"), text: prose, prompt_cache_breakpoint: one({ mode: "explicit" }) },
  ["type", "text"],
);
const part = fc.oneof(
  text,
  some({ type: one("input_image"), image_url: fc.oneof(png, url), detail: either("auto", "low", "high") }, [
    "type",
    "image_url",
  ]),
  fc.record({ type: one("input_image"), file_id: word, detail: one("auto") }),
  some(
    {
      type: one("input_file"),
      file_data: bytes.map((data) => `data:application/pdf;base64,${data}`),
      filename: word.map((name) => `${name}.pdf`),
    },
    ["type", "file_data", "filename"],
  ),
  fc.record({ type: one("input_file"), file_url: url }),
);
const instruction = fc.record({
  type: one("message"),
  role: either("system", "developer"),
  content: fc.oneof(prose, few(text)),
});
const user = fc.record({ type: one("message"), role: one("user"), content: fc.oneof(prose, few(part)) });
const annotation = fc.record({
  type: one("url_citation"),
  url,
  title: prose,
  start_index: one(0),
  end_index: one(3),
});
const answer = some(
  {
    type: one("message"),
    role: one("assistant"),
    phase: either("commentary", "final_answer"),
    content: few(
      fc.oneof(
        some({ type: one("output_text"), text: prose, annotations: few(annotation) }, ["type", "text"]),
        fc.record({ type: one("refusal"), refusal: prose }),
      ),
    ),
  },
  ["type", "role", "content"],
);
const thought = some(
  {
    type: one("reasoning"),
    summary: few(fc.record({ type: one("summary_text"), text: prose })),
    encrypted_content: bytes,
  },
  ["type", "summary"],
);
const searched = fc.record({
  type: one("web_search_call"),
  id: word,
  status: one("completed"),
  action: fc.record({ type: one("search"), query: prose }),
});

function stepOf({ calls }: Step, thoughts: object[], output: unknown): object[] {
  return [
    ...thoughts,
    ...calls.map(({ id, name, args }) => ({
      type: "function_call",
      call_id: id,
      name,
      arguments: JSON.stringify(args),
    })),
    ...calls.map(({ id, said }, i) => ({
      type: "function_call_output",
      call_id: id,
      output: i === 0 ? output : said,
    })),
  ];
}

const input = fc
  .tuple(
    fc.array(instruction, { maxLength: 2 }),
    user,
    steps,
    fc.array(thought, { maxLength: 1 }),
    fc.oneof(prose, few(part)),
    fc.array(fc.oneof(answer, searched), { maxLength: 2 }),
    fc.option(instruction),
    user,
  )
  .map(([system, asked, loop, thoughts, output, answered, later, last]) => [
    ...system,
    asked,
    ...loop.flatMap((step) => stepOf(step, thoughts, output)),
    ...answered,
    ...(later ? [last, later] : []),
    last,
  ]);

const functionTool = some(
  {
    type: one("function"),
    name: either("read_file", "get_weather"),
    description: prose,
    parameters: schema,
    strict: fc.boolean(),
    output_schema: schema,
    defer_loading: one(true),
  },
  ["type", "name", "parameters", "strict"],
);
const hosted = fc.oneof(
  some(
    {
      type: one("custom"),
      name: one("patch"),
      description: prose,
      format: fc.record({ type: one("grammar"), syntax: either("lark", "regex"), definition: prose }),
    },
    ["type", "name"],
  ),
  some(
    {
      type: one("web_search"),
      filters: fc.record({ allowed_domains: few(url) }),
      search_context_size: either("low", "high"),
      user_location: fc.record({ type: one("approximate"), city: prose }),
    },
    ["type"],
  ),
  some({ type: one("file_search"), vector_store_ids: few(word), max_num_results: either(3, 4) }, [
    "type",
    "vector_store_ids",
  ]),
  some({ type: one("mcp"), server_label: word, server_url: url, require_approval: one("never") }, [
    "type",
    "server_label",
    "server_url",
  ]),
);
const tools = fc
  .tuple(
    fc.uniqueArray(functionTool, { selector: (one) => one.name, minLength: 1, maxLength: 2 }),
    fc.option(hosted),
  )
  .map(([own, other]) => (other ? [...own, other] : own));
const format = fc.oneof(
  one({ type: "json_object" }),
  some({ type: one("json_schema"), name: word, description: prose, schema, strict: fc.boolean() }, [
    "type",
    "name",
    "schema",
  ]),
);
const withTools = some(
  {
    tools,
    tool_choice: either("auto", "none", "required"),
    parallel_tool_calls: fc.boolean(),
    max_tool_calls: either(3, 4),
  },
  ["tools"],
);

export const openaiResponses: fc.Arbitrary<object> = fc
  .tuple(
    some(
      {
        model: one("gpt-5.6"),
        input: fc.oneof(prose, input),
        instructions: prose,
        stream: fc.boolean(),
        max_output_tokens: either(100, 200),
        temperature: share,
        top_p: share,
        top_logprobs: either(2, 3),
        reasoning: some({ effort: either("low", "high"), summary: either("auto", "detailed") }),
        text: some({ format, verbosity: either("low", "high") }),
        include: few(either("file_search_call.results", "message.input_image.image_url")),
        prompt_cache_key: word,
        prompt_cache_retention: one("24h"),
        store: fc.boolean(),
        truncation: one("auto"),
        service_tier: either("flex", "priority"),
        user: word,
        safety_identifier: word,
        metadata: fc.dictionary(word, prose, { minKeys: 1, maxKeys: 2 }),
        previous_response_id: word,
        conversation: word,
        prompt: fc.record({
          id: word,
          version: word,
          variables: fc.dictionary(word, prose, { minKeys: 1, maxKeys: 1 }),
        }),
        background: one(true),
        context_management: few(
          fc.record({ type: one("compaction"), compact_threshold: either(1000, 2000) }),
        ),
      },
      ["model", "input"],
    ),
    fc.option(withTools, { nil: {} }),
  )
  .map(([request, more]) => ({ ...request, ...more }));
