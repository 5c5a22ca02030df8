import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { loadMappings } from "../../src/bridge/mappings.ts";
import { cutEndsInError, sameHoweverCut } from "../../src/golden/laws.ts";
import { decodeStream, encodeStream } from "../../src/golden/streams.ts";
import type {
  CanonicalRequest,
  CanonicalResponse,
  StopReason,
  StreamEvent,
} from "../../src/mapping/canonical.ts";
import { fold } from "../../src/mapping/fold.ts";
import { Rejection } from "../../src/mapping/rejection.ts";
import { unfold } from "../../src/mapping/unfold.ts";
import * as anthropic from "./anthropic-sdk.ts";
import * as gemini from "./gemini-sdk.ts";
import * as responses from "./openai-responses-sdk.ts";

/** Every recorded answer, drawn in every client format, is read by that format's own SDK to the same text, calls, stop and usage. */
const { mappings } = loadMappings();
const root = fileURLToPath(new URL("../../../shared/recordings/", import.meta.url));
const clock = { id: "answer-1", created: 1_700_000_000, frame: 0 };
const request = { streamOptions: { usage: true } } as CanonicalRequest;

interface Seen {
  text: string;
  calls: (readonly [name: string, args: unknown])[];
  stop: string | null | undefined;
  usage: number[];
}

type Stops = Partial<Record<StopReason, string>>;
interface Client {
  stops: Stops;
  document(wire: unknown): Promise<Seen>;
  stream(wire: string): Promise<Seen>;
}

const args = (text: string): unknown => JSON.parse(text || "{}");
const ask = { model: "any", messages: [{ role: "user" as const, content: "Hi" }] };
function chatOf(body: string, type: string): OpenAI {
  return new OpenAI({
    apiKey: "none",
    maxRetries: 0,
    fetch: () => Promise.resolve(new Response(body, { headers: { "content-type": type } })),
  });
}
function seenInChat({ choices, usage }: OpenAI.ChatCompletion): Seen {
  const { message, finish_reason: stop } = choices[0]!;
  return {
    text: (message.content ?? "") + (message.refusal ?? ""),
    calls: (message.tool_calls ?? []).flatMap((one) =>
      one.type === "function" ? [[one.function.name, args(one.function.arguments)] as const] : [],
    ),
    stop,
    usage: [usage?.prompt_tokens ?? 0, usage?.completion_tokens ?? 0],
  };
}
type Answer = Awaited<ReturnType<typeof responses.parseAnswer>>;
function seenInResponses(answer: Answer): Seen {
  return {
    text: answer.output
      .flatMap((item) =>
        item.type === "message"
          ? item.content.map((part) => (part.type === "refusal" ? part.refusal : part.text))
          : [],
      )
      .join(""),
    calls: answer.output.flatMap((item) =>
      item.type === "function_call" ? [[item.name, args(item.arguments)] as const] : [],
    ),
    stop: answer.incomplete_details?.reason ?? answer.status,
    usage: [answer.usage?.input_tokens ?? 0, answer.usage?.output_tokens ?? 0],
  };
}
type Message = Awaited<ReturnType<typeof anthropic.parseAnswer>>;
function seenInMessage({ content, stop_reason: stop, usage }: Message): Seen {
  return {
    text: content.map((block) => (block.type === "text" ? block.text : "")).join(""),
    calls: content.flatMap((block) =>
      block.type === "tool_use" ? [[block.name, block.input] as const] : [],
    ),
    stop,
    usage: [
      usage.input_tokens + (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0),
      usage.output_tokens,
    ],
  };
}
type Chunk = Awaited<ReturnType<typeof gemini.parseAnswer>>;
function seenInGemini(chunks: readonly Chunk[]): Seen {
  const parts = chunks.flatMap((one) => one.candidates?.[0]?.content?.parts ?? []);
  const usage = chunks.findLast((one) => one.usageMetadata)?.usageMetadata;
  return {
    text: parts.map((part) => (part.thought ? "" : (part.text ?? ""))).join(""),
    calls: parts.flatMap(({ functionCall }) =>
      functionCall ? [[functionCall.name ?? "", functionCall.args ?? {}] as const] : [],
    ),
    stop: chunks.findLast((one) => one.candidates?.[0]?.finishReason)?.candidates?.[0]?.finishReason,
    usage: [
      (usage?.promptTokenCount ?? 0) + (usage?.toolUsePromptTokenCount ?? 0),
      (usage?.candidatesTokenCount ?? 0) + (usage?.thoughtsTokenCount ?? 0),
    ],
  };
}

const clients: Record<string, Client> = {
  "openai-chat": {
    stops: { stop: "stop", tool_calls: "tool_calls", max_tokens: "length", stop_sequence: "stop" },
    document: async (wire) =>
      seenInChat(await chatOf(JSON.stringify(wire), "application/json").chat.completions.create(ask)),
    stream: async (wire) =>
      seenInChat(await chatOf(wire, "text/event-stream").chat.completions.stream(ask).finalChatCompletion()),
  },
  "openai-responses": {
    stops: {
      stop: "completed",
      tool_calls: "completed",
      max_tokens: "max_output_tokens",
      stop_sequence: "completed",
    },
    document: async (wire) => seenInResponses(await responses.parseAnswer(wire)),
    stream: async (wire) => seenInResponses(await responses.parseStream(wire)),
  },
  anthropic: {
    stops: {
      stop: "end_turn",
      tool_calls: "tool_use",
      max_tokens: "max_tokens",
      stop_sequence: "stop_sequence",
    },
    document: async (wire) => seenInMessage(await anthropic.parseAnswer(wire)),
    stream: async (wire) => seenInMessage(await anthropic.parseStream(wire)),
  },
  gemini: {
    stops: { stop: "STOP", tool_calls: "STOP", max_tokens: "MAX_TOKENS", stop_sequence: "STOP" },
    document: async (wire) => seenInGemini([await gemini.parseAnswer(wire)]),
    stream: async (wire) => seenInGemini(await gemini.parseStream(wire)),
  },
};

/** What a client of any format has to see of an answer. */
function expected({ candidates, usage }: CanonicalResponse, stops: Stops): Partial<Seen> {
  const { parts = [], stop } = candidates[0] ?? {};
  const word = stop && stops[stop.reason];
  return {
    text: parts
      .map((part) => (part.type === "text" || part.type === "refusal" ? (part.text ?? "") : ""))
      .join(""),
    calls: parts.flatMap((part) =>
      part.type === "tool_call" && part.kind !== "custom"
        ? [[part.name, args(part.argsText ?? "")] as const]
        : [],
    ),
    usage: [usage?.input ?? 0, usage?.output ?? 0],
    ...(word !== undefined && { stop: word }),
  };
}

/** Recordings that are no answers of a model: a transcription, an embedding, errors (each has a test with its format). */
const others = /transcription|embedding|error|retry-info/;
const done: Record<string, string> = { "openai-chat": "data: [DONE]\n\n" };
const named = new Set(["anthropic", "openai-responses"]);

function streamBytes(format: string, text: string): Uint8Array {
  if (text.startsWith("event:") || text.startsWith("data:")) return new TextEncoder().encode(text);
  const frames = text
    .trim()
    .split("\n")
    .map((data) => {
      const { type } = JSON.parse(data) as { type?: string };
      return named.has(format) ? `event: ${type}\ndata: ${data}\n\n` : `data: ${data}\n\n`;
    });
  return new TextEncoder().encode(frames.join("") + (done[format] ?? ""));
}

function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof Rejection) return undefined;
    throw error;
  }
}

const isFailure = (response: CanonicalResponse): boolean =>
  ["error", "invalid_tool_call"].includes(response.candidates[0]?.stop?.reason ?? "");

for (const format of Object.keys(clients)) {
  const folder = `${root}${format}/`;
  const names = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => !others.test(name))
        .sort()
    : [];
  const from = mappings.get(format)!;

  describe.skipIf(names.length === 0)(`recordings of ${format} (../shared/recordings)`, () => {
    for (const name of names) {
      const text = (): string => readFileSync(folder + name, "utf8");
      if (name.endsWith(".json")) {
        const decode = (): CanonicalResponse =>
          from.response.decode!(JSON.parse(text()), { http: { headers: {} } });
        test.each(Object.entries(clients))(`${name} → %s`, async (to, client) => {
          const response = attempt(decode);
          if (!response || isFailure(response)) return;
          const wire = attempt(() =>
            mappings.get(to)!.response.encode!(response, { request, stream: clock }),
          );
          const whole = expected(response, client.stops);
          expect(await client.document(JSON.parse(JSON.stringify(wire)))).toMatchObject(whole);
          expect(
            await client.stream(encodeStream(mappings.get(to)!, unfold(response), { request })),
          ).toMatchObject(whole);
        });
        continue;
      }
      const bytes = (): Uint8Array => streamBytes(format, text());
      test.each(Object.entries(clients))(`${name} → %s`, async (to, client) => {
        const events: StreamEvent[] = decodeStream(from, [bytes()], { http: { headers: {} } });
        if (events.at(-1)?.type !== "end" || isFailure(fold(events))) return;
        const response = fold(events);
        const whole = expected(response, client.stops);
        expect(await client.stream(encodeStream(mappings.get(to)!, events, { request }))).toMatchObject(
          whole,
        );
        const wire = attempt(() => mappings.get(to)!.response.encode!(response, { request, stream: clock }));
        expect(await client.document(JSON.parse(JSON.stringify(wire)))).toMatchObject(whole);
      });
      test(`${name}, however it is cut`, () => {
        expect(sameHoweverCut(from, bytes(), { http: { headers: {} } })).toBeUndefined();
        expect(cutEndsInError(from, bytes(), { http: { headers: {} } })).toBeUndefined();
      }, 60_000);
    }
  });
}
