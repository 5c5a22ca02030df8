// An upstream that answers at once, in whichever format is asked for. It reads off the socket and writes bytes that are
// ready, so that what is measured is the gateway. The model's name says what to answer: `frames-<n>` is a stream at full
// speed, `paced-<n>x<ms>` one with pauses, anything else a JSON answer.
import { createServer } from "node:net";
import { answers, framesOf } from "../answers.mjs";
import { createReader } from "./http1.mjs";

/** Frames that leave in one chunk at full speed, as a network would bring them together. */
const together = 20;
const writeSize = 64 * 1024;
const streamHead =
  "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n";
const chunk = (text) => (text === "" ? "" : `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
const last = "0\r\n\r\n";

const formats = Object.fromEntries(
  Object.entries(answers).map(([name, format]) => {
    const { answer, head, frame, tail } = format;
    const jsonHead = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(answer)}\r\n\r\n`;
    return [
      name,
      {
        answer: Buffer.from(jsonHead + answer),
        begin: Buffer.from(streamHead + chunk(head)),
        frame: remember((i) => Buffer.from(chunk(frame(i)))),
        end: (frames) => Buffer.from(chunk(tail(frames)) + last),
        whole: remember((frames) =>
          Buffer.from(streamHead + chunk(head) + chunksOf(format, frames) + chunk(tail(frames)) + last),
        ),
      },
    ];
  }),
);

/** Text frames in chunks of so many. */
function chunksOf(format, frames) {
  let text = "";
  for (let i = 0; i < frames; i += together)
    text += chunk(framesOf(format, i, Math.min(frames, i + together)));
  return text;
}

function remember(make) {
  const known = new Map();
  return (key) => {
    if (!known.has(key)) known.set(key, make(key));
    return known.get(key);
  };
}

function formatOf(head) {
  const path = head.slice(0, head.indexOf("\r\n"));
  if (path.includes("/messages")) return formats.anthropic;
  if (path.includes("/chat/completions")) return formats["openai-chat"];
  return path.includes("/responses") ? formats["openai-responses"] : formats.gemini;
}

const modelIn = /"model":\s*"([^"]*)"|\/models\/([^:/ ]+)/;
const paced = /^paced-(\d+)x(\d+)/;
const atFullSpeed = /^frames-(\d+)/;

function answer(socket, head, body) {
  const format = formatOf(head);
  const found = modelIn.exec(head.slice(0, 200)) ?? modelIn.exec(body);
  const model = found?.[1] ?? found?.[2] ?? "";
  const pace = paced.exec(model);
  if (pace) return sendPaced(socket, format, Number(pace[1]), Number(pace[2]));
  const speed = atFullSpeed.exec(model);
  if (speed) return send(socket, format.whole(Number(speed[1])));
  return socket.write(format.answer);
}

/** No faster than it is read. */
function send(socket, bytes, from = 0) {
  for (let at = from; at < bytes.length; at += writeSize) {
    const isTaken = socket.write(bytes.subarray(at, at + writeSize));
    if (!isTaken && at + writeSize < bytes.length) {
      socket.once("drain", () => send(socket, bytes, at + writeSize));
      return;
    }
  }
}

function sendPaced(socket, format, frames, ms) {
  let sent = 0;
  socket.write(format.begin);
  const timer = setInterval(() => {
    if (sent < frames && !socket.destroyed) return socket.write(format.frame(sent++));
    clearInterval(timer);
    if (!socket.destroyed) socket.write(format.end(frames));
  }, ms);
}

/** The model stands at a body's beginning; more of it is not kept. */
const keptOfBody = 2048;

createServer((socket) => {
  socket.setNoDelay(true);
  let head = "";
  let body = "";
  const reader = createReader(
    {
      head: (text) => {
        head = text;
        body = "";
      },
      body: (bytes) => {
        if (body.length < keptOfBody) body += bytes.toString("latin1", 0, keptOfBody);
      },
      end: () => answer(socket, head, body),
    },
    { isRequest: true },
  );
  socket.on("data", reader.push);
  socket.on("error", () => socket.destroy());
}).listen({ port: Number(process.argv[2]), host: "127.0.0.1", backlog: 4096 }, () =>
  process.send?.("listening"),
);
process.on("disconnect", () => process.exit());
