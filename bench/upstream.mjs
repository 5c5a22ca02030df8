// An upstream that answers at once, in the two formats that the compared gateways speak to. The model's name says what
// to answer: `small`, `frames-<n>` (a stream at full speed), `paced-<n>x<ms>` (a stream with pauses).
import http from "node:http";

const text = "The quick brown fox jumps over the lazy dog. ";
const chatAnswer = JSON.stringify({
  id: "chatcmpl-bench",
  object: "chat.completion",
  created: 1700000000,
  model: "bench",
  service_tier: "default",
  choices: [
    {
      index: 0,
      message: { role: "assistant", content: text.repeat(4), refusal: null },
      logprobs: null,
      finish_reason: "stop",
    },
  ],
  usage: { prompt_tokens: 25, completion_tokens: 40, total_tokens: 65 },
});
const messageAnswer = JSON.stringify({
  id: "msg_bench",
  type: "message",
  role: "assistant",
  model: "bench",
  content: [{ type: "text", text: text.repeat(4) }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: { input_tokens: 25, output_tokens: 40 },
});
const chatChunk = (delta, finish_reason = null) =>
  `data: ${JSON.stringify({ id: "chatcmpl-bench", object: "chat.completion.chunk", created: 1700000000, model: "bench", choices: [{ index: 0, delta, logprobs: null, finish_reason }] })}\n\n`;
const event = (data) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;

const formats = {
  chat: {
    answer: chatAnswer,
    head: chatChunk({ role: "assistant", content: "" }),
    frame: chatChunk({ content: "quick brown " }),
    tail: chatChunk({}, "stop") + "data: [DONE]\n\n",
  },
  messages: {
    answer: messageAnswer,
    head:
      event({
        type: "message_start",
        message: { ...JSON.parse(messageAnswer), content: [], stop_reason: null },
      }) + event({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }),
    frame: event({
      type: "content_block_delta",
      index: 0,
      delta: { type: "text_delta", text: "quick brown " },
    }),
    tail:
      event({ type: "content_block_stop", index: 0 }) +
      event({
        type: "message_delta",
        delta: { stop_reason: "end_turn", stop_sequence: null },
        usage: { output_tokens: 40 },
      }) +
      event({ type: "message_stop" }),
  },
};
/** Frames that leave in one write at full speed, as a network would bring them together. */
const together = 20;

function stream(res, format, model) {
  res.writeHead(200, { "content-type": "text/event-stream" });
  const paced = /^paced-(\d+)x(\d+)/.exec(model);
  const count = Number(paced?.[1] ?? /^frames-(\d+)/.exec(model)?.[1] ?? 20);
  res.write(format.head);
  if (paced) return pace(res, format, count, Number(paced[2]));
  let sent = 0;
  const more = () => {
    while (sent < count) {
      const now = Math.min(together, count - sent);
      sent += now;
      if (!res.write(format.frame.repeat(now))) return res.once("drain", more);
    }
    res.end(format.tail);
  };
  more();
}

function pace(res, format, count, ms) {
  let sent = 0;
  const timer = setInterval(() => {
    if (sent++ < count) return res.write(format.frame);
    clearInterval(timer);
    res.end(format.tail);
  }, ms);
  res.on("close", () => clearInterval(timer));
}

const isStream = /"stream":\s*true/;
const modelOf = /"model":\s*"([^"]*)"/;
http
  .createServer((req, res) => {
    const chunks = [];
    req.on("data", (chunk) => chunks.push(chunk));
    req.on("end", () => {
      const body = Buffer.concat(chunks);
      // Names stand in the first or the last few hundred bytes of every body here; the rest is not looked at.
      const ends =
        body.length < 2000
          ? body.toString("latin1")
          : body.subarray(0, 1000).toString("latin1") + body.subarray(-1000).toString("latin1");
      const format = req.url.includes("/messages") ? formats.messages : formats.chat;
      if (isStream.test(ends)) return stream(res, format, modelOf.exec(ends)?.[1] ?? "");
      res.writeHead(200, {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(format.answer),
      });
      res.end(format.answer);
    });
  })
  .listen(Number(process.argv[2]), "127.0.0.1", () => process.send?.("listening"));
