import { GoogleGenAI } from "@google/genai";
import type { GenerateContentResponse, Part } from "@google/genai";

/** The vendor's own SDK as a parser, offline: `fetch` is replaced while it works. */
async function asking<T>(answer: Response, ask: (sdk: GoogleGenAI) => Promise<T>): Promise<T> {
  const { fetch } = globalThis;
  globalThis.fetch = () => Promise.resolve(answer);
  try {
    return await ask(new GoogleGenAI({ apiKey: "none", vertexai: false }));
  } finally {
    globalThis.fetch = fetch;
  }
}

const asked = { model: "gemini-2.5-flash", contents: "Hello", config: { automaticContinuation: false } };

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
}

/** What the SDK makes of a body; it throws an ApiError at an error's. */
export function parseAnswer(body: unknown, status = 200): Promise<GenerateContentResponse> {
  return asking(json(body, status), (sdk) => sdk.models.generateContent(asked));
}

/** The chunks that the SDK makes of a stream; it throws at what it does not understand. */
export function parseStream(text: string | Uint8Array<ArrayBuffer>): Promise<GenerateContentResponse[]> {
  const answer = new Response(new Blob([text]), { headers: { "content-type": "text/event-stream" } });
  return asking(answer, async (sdk) => {
    const chunks: GenerateContentResponse[] = [];
    for await (const chunk of await sdk.models.generateContentStream(asked)) chunks.push(chunk);
    return chunks;
  });
}

export function parseCount(body: unknown): Promise<number | undefined> {
  return asking(
    json(body),
    async (sdk) =>
      (await sdk.models.countTokens({ model: asked.model, contents: asked.contents })).totalTokens,
  );
}

export function parseModels(body: unknown): Promise<unknown[]> {
  return asking(json(body), async (sdk) => {
    const models: unknown[] = [];
    for await (const { name, inputTokenLimit } of await sdk.models.list())
      models.push([name, inputTokenLimit]);
    return models;
  });
}

/** What an application takes from an answer, whole or in chunks: joined text, parts of other kinds, why and how much. */
export function essence(chunks: readonly GenerateContentResponse[]): unknown {
  const parts = chunks.flatMap((one) => one.candidates?.[0]?.content?.parts ?? []);
  const last = chunks.findLast((one) => one.usageMetadata?.totalTokenCount !== undefined)?.usageMetadata;
  return plain({
    id: chunks[0]?.responseId,
    model: chunks[0]?.modelVersion,
    text: joined(parts.filter((part) => part.thought !== true)),
    thoughts: joined(parts.filter((part) => part.thought === true)),
    calls: parts.flatMap(({ functionCall }) =>
      functionCall ? [[functionCall.name, functionCall.args ?? {}]] : [],
    ),
    signatures: parts.flatMap(({ thoughtSignature }) => thoughtSignature ?? []),
    others: parts.filter((part) => part.text === undefined && !part.functionCall),
    stop: chunks.findLast((one) => one.candidates?.[0]?.finishReason)?.candidates?.[0]?.finishReason,
    blocked: chunks.find((one) => one.promptFeedback)?.promptFeedback,
    usage: last && {
      prompt: last.promptTokenCount,
      cached: last.cachedContentTokenCount,
      candidates: last.candidatesTokenCount,
      thoughts: last.thoughtsTokenCount,
      total: last.totalTokenCount,
    },
  });
}

function joined(parts: readonly Part[]): string {
  return parts.map((part) => part.text ?? "").join("");
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}
