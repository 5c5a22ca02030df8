import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { loadMappings } from "../../src/bridge/mappings.ts";
import { decodeStream, encodeStream } from "../../src/golden/streams.ts";
import type { CanonicalRequest, CanonicalResponse, Part, StreamEvent } from "../../src/mapping/canonical.ts";
import { fold } from "../../src/mapping/fold.ts";
import { unfold } from "../../src/mapping/unfold.ts";

/** Recorded answers of many vendors: each decodes, and what is drawn of it passes the official SDK's own parser. */
const folder = fileURLToPath(new URL("../../../shared/recordings/openai-chat/", import.meta.url));
const names = existsSync(folder) ? readdirSync(folder) : [];
/** A transcription, and an error: no chat answers. */
const others = new Set(["mistral-transcription.json", "openai-reasoning-model-legacy-parameter-error.json"]);
const answers = names.filter((name) => name.endsWith(".json") && !others.has(name));
const streams = names.filter((name) => name.endsWith(".chunks.txt") || name.endsWith(".sse"));

const mapping = loadMappings().mappings.get("openai-chat")!;
const http = { headers: {} };
const clock = { id: "answer-1", created: 1_700_000_000, frame: 0 };
const asking = { streamOptions: { usage: true } } as CanonicalRequest;

function read(name: string): string {
  return readFileSync(folder + name, "utf8");
}

/** The recordings hold the data of events alone; an SSE file is whole. */
function bytesOf(name: string): Uint8Array {
  const text = read(name);
  if (name.endsWith(".sse")) return new TextEncoder().encode(text);
  const frames = text
    .trim()
    .split("\n")
    .map((data) => `data: ${data}\n\n`);
  return new TextEncoder().encode(`${frames.join("")}data: [DONE]\n\n`);
}

function decodeAnswer(name: string): CanonicalResponse {
  return mapping.response.decode!(JSON.parse(read(name)), { http });
}

function decodeEvents(name: string): StreamEvent[] {
  return decodeStream(mapping, [bytesOf(name)], { http });
}

/** An SDK client whose server answers every request with this body. */
function clientOf(body: string, type: string): OpenAI {
  const answer = (): Promise<Response> =>
    Promise.resolve(new Response(body, { headers: { "content-type": type } }));
  return new OpenAI({ apiKey: "none", maxRetries: 0, fetch: answer });
}

const ask = { model: "any", messages: [{ role: "user" as const, content: "Hi" }] };

function sdkAnswer(wire: unknown): Promise<OpenAI.ChatCompletion> {
  return clientOf(JSON.stringify(wire), "application/json").chat.completions.create(ask);
}

function sdkStream(wire: string): Promise<OpenAI.ChatCompletion> {
  return clientOf(wire, "text/event-stream")
    .chat.completions.stream({ ...ask, stream_options: { include_usage: true } })
    .finalChatCompletion();
}

/** What a client sees of a canonical answer. */
function seen({ candidates, usage }: CanonicalResponse): unknown {
  return {
    choices: candidates.map(({ parts, stop }) => ({
      text: parts.map((part) => (part.type === "text" ? part.text : "")).join(""),
      thought: parts.map((part) => (part.type === "reasoning" ? part.text : "")).join(""),
      calls: parts.flatMap((part) =>
        part.type === "tool_call" ? [[part.id, part.name, part.argsText]] : [],
      ),
      stop: { stop: "stop", tool_calls: "tool_calls", max_tokens: "length" }[stop?.reason as string],
    })),
    tokens: usage && [usage.input, usage.output, usage.total, usage.cacheRead, usage.reasoning],
  };
}

/** The same of what the SDK made of the wire. */
function seenBySdk({ choices, usage }: OpenAI.ChatCompletion): unknown {
  return {
    choices: choices.map(({ message, finish_reason }) => ({
      text: message.content ?? "",
      // The SDK overwrites what it does not know, so a streamed thought is not whole: see `thoughtOf`.
      thought: (message as { reasoning_content?: string }).reasoning_content ?? "",
      calls: (message.tool_calls ?? []).map((call) =>
        call.type === "function" ? [call.id, call.function.name, call.function.arguments] : [],
      ),
      stop: finish_reason,
    })),
    tokens: usage
      ? [
          usage.prompt_tokens,
          usage.completion_tokens,
          usage.total_tokens,
          usage.prompt_tokens_details?.cached_tokens,
          usage.completion_tokens_details?.reasoning_tokens,
        ]
      : undefined,
  };
}

/** What an answer is made of: its parts with their members, and why it stopped. */
function shape({ candidates }: CanonicalResponse): unknown {
  return candidates.map(({ parts, stop }) => [
    parts.map((part: Part) => `${part.type}: ${Object.keys(part).toSorted().join()}`),
    stop,
  ]);
}

/** All thoughts of a stream as it stands on the wire. */
function thoughtOf(wire: string): string {
  return [...wire.matchAll(/^data: (\{.*)$/gm)]
    .map(([, data]) => JSON.parse(data!) as { choices: { delta: { reasoning_content?: string } }[] })
    .flatMap(({ choices }) => choices.map(({ delta }) => delta.reasoning_content ?? ""))
    .join("");
}

function withThought(completion: OpenAI.ChatCompletion, thought: string): OpenAI.ChatCompletion {
  const [first] = completion.choices;
  if (first && thought) Object.assign(first.message, { reasoning_content: thought });
  return completion;
}

describe.skipIf(names.length === 0)("recorded answers (../shared/recordings/openai-chat)", () => {
  test.each(answers)("%s", async (name) => {
    const canonical = decodeAnswer(name);
    expect(canonical.candidates[0]?.parts.length).toBeGreaterThan(0);
    expect(seenBySdk(await sdkAnswer(mapping.response.encode!(canonical, { stream: clock })))).toEqual(
      seen(canonical),
    );
  });

  test.each(answers)("%s, streamed", async (name) => {
    const canonical = decodeAnswer(name);
    const wire = encodeStream(mapping, unfold(canonical), { request: asking });
    expect(seenBySdk(withThought(await sdkStream(wire), thoughtOf(wire)))).toEqual(seen(canonical));
  });

  test.skip("mistral-transcription.json: a transcription, no chat answer", () => undefined);

  test("an error", () => {
    const body: unknown = JSON.parse(read("openai-reasoning-model-legacy-parameter-error.json"));
    const error = mapping.error.decode!(body, { http: { headers: {}, status: 400 } });
    expect(error).toMatchObject({
      type: "invalid_request",
      status: 400,
      code: "unsupported_parameter",
      param: "max_tokens",
    });
    expect(mapping.error.encode!(error, {})).toEqual(body);
  });
});

describe.skipIf(names.length === 0)("recorded streams (../shared/recordings/openai-chat)", () => {
  test("are there", () => {
    expect(streams.length).toBeGreaterThan(0);
  });

  test.each(streams)("%s", async (name) => {
    const events = decodeEvents(name);
    expect(events.at(-1)).toEqual({ type: "end" });
    const canonical = fold(events);
    const wire = encodeStream(mapping, events, { request: asking });
    expect(wire.endsWith("data: [DONE]\n\n")).toBe(true);
    expect(seenBySdk(withThought(await sdkStream(wire), thoughtOf(wire)))).toEqual(seen(canonical));
  });

  /** The twins are two answers to one question, so what they are made of is the same and not what they say. */
  const twins = streams
    .map((name) => [name, name.replace(/\.(chunks\.txt|sse)$/, ".json")] as const)
    .filter(([, twin]) => names.includes(twin));
  test.each(twins)("%s folds to the like of %s", (name, twin) => {
    expect(shape(fold(decodeEvents(name)))).toEqual(shape(decodeAnswer(twin)));
  });

  test.each(streams)("%s, told whole, is the same answer", (name) => {
    const folded = fold(decodeEvents(name));
    const wire = mapping.response.encode!(folded, { stream: clock });
    expect(seen(mapping.response.decode!(JSON.parse(JSON.stringify(wire)), { http }))).toEqual(seen(folded));
  });
});
