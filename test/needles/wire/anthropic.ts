import * as fc from "fast-check";
import { bytes, either, few, one, prose, schema, share, some, steps, url, word } from "./words.ts";
import type { Step } from "./words.ts";

/** Requests of Anthropic Messages: https://docs.claude.com/en/api/messages */
const cache = some({ type: one("ephemeral"), ttl: either("5m", "1h") }, ["type"]);
const text = some({ type: one("text"), text: prose, cache_control: cache }, ["type", "text"]);

const imageSource = fc.oneof(
  fc.record({ type: one("base64"), media_type: either("image/png", "image/jpeg"), data: bytes }),
  fc.record({ type: one("url"), url }),
  fc.record({ type: one("file"), file_id: word }),
);
const image = some({ type: one("image"), source: imageSource, cache_control: cache }, ["type", "source"]);
const documentSource = fc.oneof(
  fc.record({ type: one("base64"), media_type: one("application/pdf"), data: bytes }),
  fc.record({ type: one("url"), url }),
  fc.record({ type: one("text"), media_type: one("text/plain"), data: prose }),
  fc.record({ type: one("content"), content: few(text) }),
);
const document = some(
  {
    type: one("document"),
    source: documentSource,
    title: prose,
    context: prose,
    citations: fc.record({ enabled: fc.boolean() }),
    cache_control: cache,
  },
  ["type", "source"],
);
const search = some(
  {
    type: one("search_result"),
    source: url,
    title: prose,
    content: few(text),
    citations: fc.record({ enabled: one(true) }),
  },
  ["type", "source", "title", "content"],
);
const strange = fc.record({ type: one("container_upload"), file_id: word });

const citation = fc.oneof(
  fc.record({
    type: one("web_search_result_location"),
    cited_text: prose,
    url,
    title: prose,
    encrypted_index: word,
  }),
  fc.record({
    type: one("char_location"),
    cited_text: prose,
    document_index: one(0),
    document_title: prose,
    start_char_index: one(1),
    end_char_index: one(4),
  }),
);
const thinking = fc.oneof(
  fc.record({ type: one("thinking"), thinking: prose, signature: bytes }),
  fc.record({ type: one("redacted_thinking"), data: bytes }),
);
const said = some({ type: one("text"), text: prose, citations: few(citation) }, ["type", "text"]);
const searched = fc.tuple(prose, url, prose).map(([query, found, title]) => [
  { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query } },
  {
    type: "web_search_tool_result",
    tool_use_id: "srvtoolu_1",
    content: [
      { type: "web_search_result", url: found, title, encrypted_content: "Zm91bmQ=", page_age: null },
    ],
  },
]);

const resultContent = fc.oneof(prose, few(fc.oneof(text, image, search)));

function stepOf({ calls }: Step, thought: object[], results: readonly unknown[], failed: boolean): object[] {
  return [
    {
      role: "assistant",
      content: [
        ...thought,
        ...calls.map(({ id, name, args }) => ({ type: "tool_use", id, name, input: args })),
      ],
    },
    {
      role: "user",
      content: calls.map(({ id, said: words }, i) => ({
        type: "tool_result",
        tool_use_id: id,
        content: results[i] ?? words,
        ...(failed && i === 0 && { is_error: true }),
      })),
    },
  ];
}

const messages = fc
  .tuple(
    few(fc.oneof(text, image, document, search, strange)),
    steps,
    few(thinking, 0),
    few(resultContent, 0),
    fc.boolean(),
    fc.array(said, { maxLength: 2 }),
    fc.option(searched),
    fc.oneof(prose, few(text)),
  )
  .map(([asked, loop, thought, results, failed, answer, found, last]) => [
    { role: "user", content: asked },
    ...loop.flatMap((step) => stepOf(step, thought, results, failed)),
    ...(answer.length > 0 ? [{ role: "assistant", content: [...thought, ...(found ?? []), ...answer] }] : []),
    { role: "user", content: last },
  ]);

const tool = some(
  {
    name: either("read_file", "get_weather"),
    description: prose,
    input_schema: schema,
    strict: fc.boolean(),
    cache_control: cache,
    defer_loading: fc.boolean(),
    allowed_callers: one(["direct"]),
    input_examples: few(fc.dictionary(word, prose, { minKeys: 1, maxKeys: 1 })),
    eager_input_streaming: one(true),
  },
  ["name", "input_schema"],
);
const serverTool = some(
  {
    type: one("web_search_20250305"),
    name: one("web_search"),
    max_uses: either(3, 5),
    allowed_domains: few(url),
    user_location: fc.record({ type: one("approximate"), city: prose, country: word }),
  },
  ["type", "name"],
);
const tools = fc
  .tuple(
    fc.uniqueArray(tool, { selector: (one) => one.name, minLength: 1, maxLength: 2 }),
    fc.option(serverTool),
  )
  .map(([own, hosted]) => (hosted ? [...own, hosted] : own));

const choice = fc.oneof(
  one({ type: "none" }),
  some({ type: either("auto", "any"), disable_parallel_tool_use: fc.boolean() }, ["type"]),
);

/** A choice stands only where there is something to choose. */
const withTools = some({ tools, tool_choice: choice }, ["tools"]);

const request = some(
  {
    model: one("claude-opus-4-8"),
    max_tokens: either(20_000, 32_000),
    messages,
    system: fc.oneof(prose, few(text)),
    thinking: fc.oneof(
      fc.record({ type: one("adaptive") }),
      some(
        { type: one("enabled"), budget_tokens: either(2000, 5000), display: either("summarized", "omitted") },
        ["type", "budget_tokens"],
      ),
      one({ type: "disabled" }),
    ),
    output_config: some({
      effort: either("low", "high"),
      format: fc.record({ type: one("json_schema"), schema }),
    }),
    stop_sequences: few(prose),
    temperature: share,
    top_p: share,
    top_k: either(5, 40),
    metadata: fc.record({ user_id: word }),
    service_tier: either("auto", "standard_only"),
    stream: fc.boolean(),
    cache_control: cache,
    container: word,
    inference_geo: word,
    context_management: fc.record({
      edits: few(
        fc.record({
          type: one("clear_tool_uses_20250919"),
          clear_at_least: fc.record({ type: one("input_tokens"), value: either(5000, 6000) }),
        }),
      ),
    }),
    mcp_servers: few(fc.record({ type: one("url"), url, name: word, authorization_token: word })),
  },
  ["model", "max_tokens", "messages"],
);

export const anthropic: fc.Arbitrary<object> = fc
  .tuple(request, fc.option(withTools, { nil: {} }))
  .map(([members, more]) => ({ ...members, ...more }));
