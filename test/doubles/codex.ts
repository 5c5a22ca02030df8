import { answerFrames, answerOf, itemsOf } from "./openai-responses.answer.ts";
import { readResponses } from "./openai-responses.ts";
import type { ResponsesBody } from "./openai-responses.ts";
import { checkHeaders, unread } from "./vendor.ts";
import type { Vendor } from "./vendor.ts";

/** All that the backend knows; it refuses every other field. */
const fields = new Set(
  "model instructions input tools tool_choice parallel_tool_calls reasoning store stream include service_tier prompt_cache_key text client_metadata".split(
    " ",
  ),
);
const efforts = new Set(["low", "medium", "high", "xhigh"]);

/** The backend of ChatGPT plans: Responses with much left out, always a stream, nothing stored. */
export const codex: Vendor = {
  name: "codex",
  base: "/backend-api/codex",
  mapping: "codex",
  model: "gpt-5.4",
  prefix: "call_",
  paths: /^\/responses$/,
  read(call, rules) {
    const body = call.body as ResponsesBody;
    const problems = [
      ...checkHeaders(call.headers, {
        accept: /text\/event-stream/,
        originator: /./,
        "session-id": /^[!-~]{1,64}$/,
      }),
      ...checkBody(body),
    ];
    if (problems.length > 0) return unread(problems);
    return readResponses(codex.name, call, rules);
  },
  whole: (spoken) => answerOf(spoken, itemsOf(spoken)),
  frames: (spoken) => answerFrames(spoken, { repeatsOutput: false, braids: true }),
  refuse: (problems) => ({ detail: problems.join("; ") }),
};

function checkBody(body: ResponsesBody): string[] {
  const problems: string[] = [];
  const { instructions, input, store, stream, reasoning } = body;
  for (const field of Object.keys(body))
    if (!fields.has(field)) problems.push(`Unsupported parameter: ${field}`);
  if (stream !== true) problems.push("Stream must be set to true");
  if (store !== false) problems.push("Store must be set to false");
  if (typeof instructions !== "string" || instructions === "") problems.push("Instructions are required");
  if (!Array.isArray(input)) return [...problems, "Input must be a list"];
  if (input.some(({ role }) => role === "system")) problems.push("System messages are not allowed");
  if (input.some(({ id }) => id !== undefined))
    problems.push("Items are not persisted when `store` is set to false: send no id");
  if (reasoning?.effort !== undefined && !efforts.has(reasoning.effort))
    problems.push(`Unsupported value: reasoning.effort ${reasoning.effort}`);
  return problems;
}
