// One pair of formats at a time, driven as the pipeline drives it.
import { answerLosses } from "../../src/mapping/answer-losses.ts";
import { fit } from "../../src/mapping/fit/fit.ts";
import { collectLosses } from "../../src/mapping/losses.ts";
import { openEvents } from "../../src/pipeline/events.ts";
import { answers, framesOf } from "../answers.mjs";
import { requestFor } from "../servers/requests.mjs";
import { compare } from "../timing.mjs";

const http = { headers: {} };
const reprint = (text) => JSON.stringify(JSON.parse(text));

/**
 * `micros`: decode and encode; `mappings`: that against one JSON.parse and JSON.stringify of the same request; `all`: the
 * same with the check against the format's schema and the fit to the model's capabilities.
 */
export async function measureRequest(from, to, size, timing) {
  const { body: text } = await requestFor(from.protocol, { size });
  const body = JSON.parse(text);
  const capabilities = to.capabilities("small", {});
  const target = {
    provider: to.name,
    model: "small",
    stream: false,
    kind: "request",
    capabilities,
    headers: {},
  };
  const decode = () => from.request.decode(body, { http });
  const encode = (request) => collectLosses(() => to.request.encode(request, { http, target }), []);
  const fitted = fit(decode(), capabilities, { from: from.protocol, to: to.protocol }).request;
  const { micros, ratio } = compare(
    {
      json: () => reprint(text),
      mappings: () => {
        decode();
        encode(fitted);
      },
      all: () => {
        from.validate?.(body);
        encode(fit(decode(), capabilities, { from: from.protocol, to: to.protocol }).request);
      },
    },
    timing,
  );
  return {
    micros: micros.mappings,
    jsonMicros: micros.json,
    mappings: ratio("mappings", "json"),
    all: ratio("all", "json"),
  };
}

/** `from` is the upstream's format. */
export function measureAnswer(from, to, timing) {
  const text = answers[from.name].answer;
  const body = JSON.parse(text);
  const bindings = { http, stream: { id: "answer", created: 1700000000, frame: 0 } };
  const { micros, ratio } = compare(
    {
      json: () => reprint(text),
      mappings: () => {
        const canonical = from.response.decode(body, bindings);
        if (to.answers) answerLosses(canonical, to.answers, to.protocol);
        to.response.encode(canonical, bindings);
      },
    },
    timing,
  );
  return { micros: micros.mappings, jsonMicros: micros.json, ratio: ratio("mappings", "json") };
}

const tokens = 2000;
/** Frames that come in one chunk, as in servers/upstream.mjs. */
const together = 20;
const restore = { names: new Map(), custom: new Set() };

/** A stream of text in chunks of bytes, to bytes. */
export function measureStream(from, to, timing) {
  const chunks = chunksOf(answers[from.name]);
  const framing = from.upstream?.framing ?? "sse";
  const run = () => translateStream(from, to, framing, chunks);
  const text = Buffer.concat(run()).toString();
  if (!text.includes("parser")) throw new Error(`${from.name} → ${to.name} lost its text`);
  const { micros, ratio } = compare({ json: () => reprintFrames(chunks), tables: run }, timing);
  return {
    micros: micros.tables / tokens,
    jsonMicros: micros.json / tokens,
    ratio: ratio("tables", "json"),
  };
}

function chunksOf(format) {
  const middle = Array.from({ length: tokens / together }, (_, i) =>
    framesOf(format, i * together, (i + 1) * together),
  );
  return [format.head, ...middle, format.tail(tokens)].filter(Boolean).map((text) => Buffer.from(text));
}

function translateStream(from, to, framing, chunks) {
  const bindings = { http, stream: { id: "answer", created: 1700000000, frame: 0 } };
  const events = openEvents(from, { framing, bindings, restore, provider: "up" });
  const encoder = to.stream.encode({ ...bindings, stream: { ...bindings.stream } });
  const batch = [];
  const out = [];
  const print = () => {
    let text = "";
    for (const event of batch) text += encoder.push(event);
    batch.length = 0;
    if (text !== "") out.push(Buffer.from(text));
  };
  for (const chunk of chunks) {
    events.push(chunk, batch);
    print();
  }
  events.finish(batch);
  print();
  return out;
}

/** What rawjson does with a stream. */
function reprintFrames(chunks) {
  return chunks.map((chunk) => {
    let text = "";
    for (const part of chunk.toString().split("\n\n")) {
      const at = part.indexOf("data: ") + 6;
      const data = part.slice(at);
      if (data !== "") text += `${part.slice(0, at)}${data === "[DONE]" ? data : reprint(data)}\n\n`;
    }
    return Buffer.from(text);
  });
}
