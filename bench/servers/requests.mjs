// Requests of each format, made of the OpenAI Chat bodies by llmbridge's own mappings where a client speaks another one.
import { bodies } from "../bodies.mjs";

const pathOf = {
  "openai-chat": () => "/v1/chat/completions",
  "openai-responses": () => "/v1/responses",
  anthropic: () => "/v1/messages",
  gemini: (model, stream) =>
    `/v1beta/models/${model}:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
};
const headersOf = { anthropic: { "anthropic-version": "2023-06-01" } };

let bridge;
async function bodyOf(format, chat) {
  if (format === "openai-chat") return chat;
  bridge ??= await import("../../src/index.ts");
  const { mappings } = bridge.loadMappings();
  return bridge.translate("request", mappings.get("openai-chat"), mappings.get(format), chat).output;
}

const made = new Map();

/** Path, headers and body (text) of a request; `model` says what the upstream is to answer. */
export async function requestFor(format, { size, model = "small" }) {
  const key = `${format} ${size} ${model}`;
  if (!made.has(key)) {
    const stream = model !== "small";
    const body = await bodyOf(format, { ...bodies[size], model, ...(stream && { stream }) });
    made.set(key, {
      path: pathOf[format](model, stream),
      headers: headersOf[format] ?? {},
      body: JSON.stringify(body),
    });
  }
  return made.get(key);
}
