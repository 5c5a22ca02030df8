// What an upstream of each format answers: one JSON answer, and a stream's beginning, its text frame, and its end. The
// bytes are made once; nothing of them is computed while something is measured.
const sentence = "The quick brown fox jumps over the lazy dog. ".repeat(4);
/** What models say one after the other: words, punctuation, code, and now and then what JSON has to escape. */
const tokens = (
  "The| parser| reads| each| file| once|,| and| tells| you| where| it| went| wrong|:| line| 12|,| column| 7|.|\n\n|" +
  '```|ts|\n|const| value| =| parse|(|text|,| "|utf|-|8|")|;|\n|```|\n\n|That| is| all| there| is|;| naïve| cases| –| ' +
  "like| an| empty| list| –| are| fine|.|"
).split("|");
const tokenAt = (i) => tokens[i % tokens.length] || " so";
const said = (frames) => Array.from({ length: frames }, (_, i) => tokenAt(i)).join("");
const data = (value) => `data: ${JSON.stringify(value)}\n\n`;
const event = (value) => `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`;

const chatChunk = (delta, finish_reason = null, usage) =>
  data({
    id: "chatcmpl-bench",
    object: "chat.completion.chunk",
    created: 1700000000,
    model: "bench",
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
    ...usage,
  });

const message = {
  id: "msg_bench",
  type: "message",
  role: "assistant",
  model: "bench",
  content: [{ type: "text", text: sentence }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: { input_tokens: 25, output_tokens: 40 },
};

const outputItem = (text, status) => ({
  id: "msg_bench",
  type: "message",
  status,
  role: "assistant",
  content: text === undefined ? [] : [{ type: "output_text", text, annotations: [], logprobs: [] }],
});
const response = (status, output, usage = null) => ({
  id: "resp_bench",
  object: "response",
  created_at: 1700000000,
  status,
  error: null,
  incomplete_details: null,
  instructions: null,
  model: "bench",
  output,
  parallel_tool_calls: true,
  temperature: 1,
  tool_choice: "auto",
  tools: [],
  top_p: 1,
  usage,
});
const responseUsage = {
  input_tokens: 25,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 40,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 65,
};
const place = { item_id: "msg_bench", output_index: 0, content_index: 0 };

const generated = (text, finishReason) => ({
  candidates: [
    { content: { parts: [{ text }], role: "model" }, ...(finishReason && { finishReason }), index: 0 },
  ],
  usageMetadata: { promptTokenCount: 25, candidatesTokenCount: 40, totalTokenCount: 65 },
  modelVersion: "bench",
  responseId: "bench",
});

/** Several frames, as they come together. */
export const framesOf = ({ frame }, from, to) =>
  Array.from({ length: to - from }, (_, i) => frame(from + i)).join("");

/** By the format's name. `frame` is told its number; `tail` may repeat the whole text, so it is told how many there were. */
export const answers = {
  "openai-chat": {
    answer: JSON.stringify({
      id: "chatcmpl-bench",
      object: "chat.completion",
      created: 1700000000,
      model: "bench",
      service_tier: "default",
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: sentence, refusal: null },
          logprobs: null,
          finish_reason: "stop",
        },
      ],
      usage: { prompt_tokens: 25, completion_tokens: 40, total_tokens: 65 },
    }),
    head: chatChunk({ role: "assistant", content: "" }),
    frame: (i) => chatChunk({ content: tokenAt(i) }),
    tail: () => `${chatChunk({}, "stop")}data: [DONE]\n\n`,
  },
  anthropic: {
    answer: JSON.stringify(message),
    head:
      event({ type: "message_start", message: { ...message, content: [], stop_reason: null } }) +
      event({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }),
    frame: (i) =>
      event({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: tokenAt(i) } }),
    tail: () =>
      event({ type: "content_block_stop", index: 0 }) +
      event({
        type: "message_delta",
        delta: { stop_reason: "end_turn", stop_sequence: null },
        usage: { output_tokens: 40 },
      }) +
      event({ type: "message_stop" }),
  },
  "openai-responses": {
    answer: JSON.stringify(response("completed", [outputItem(sentence, "completed")], responseUsage)),
    head:
      event({ type: "response.created", sequence_number: 0, response: response("in_progress", []) }) +
      event({
        type: "response.output_item.added",
        sequence_number: 1,
        output_index: 0,
        item: outputItem(undefined, "in_progress"),
      }) +
      event({
        type: "response.content_part.added",
        sequence_number: 2,
        ...place,
        part: { type: "output_text", text: "", annotations: [], logprobs: [] },
      }),
    frame: (i) =>
      event({
        type: "response.output_text.delta",
        sequence_number: 3 + i,
        ...place,
        delta: tokenAt(i),
        logprobs: [],
      }),
    tail: (frames) => {
      const text = said(frames);
      const item = outputItem(text, "completed");
      return (
        event({ type: "response.output_text.done", sequence_number: 4, ...place, text, logprobs: [] }) +
        event({
          type: "response.content_part.done",
          sequence_number: 5,
          ...place,
          part: item.content[0],
        }) +
        event({ type: "response.output_item.done", sequence_number: 6, output_index: 0, item }) +
        event({
          type: "response.completed",
          sequence_number: 7,
          response: response("completed", [item], responseUsage),
        })
      );
    },
  },
  gemini: {
    answer: JSON.stringify(generated(sentence, "STOP")),
    head: "",
    frame: (i) => data(generated(tokenAt(i))),
    tail: () => data(generated("", "STOP")),
  },
};
