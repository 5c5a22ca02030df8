import { braid, idOf, pieces, usageOf } from "./script.ts";
import type { Spoken, SpokenCall } from "./script.ts";
import { unnamed } from "./vendor.ts";

function usageOnWire(turn: number): object {
  const { input, cached, output, thinking } = usageOf(turn);
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cached, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: thinking,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

const callOnWire = ({ id, kind, name, text }: SpokenCall): object =>
  kind === "custom"
    ? { id, type: kind, custom: { name, input: text } }
    : { id, type: kind, function: { name, arguments: text } };

export function answerOf({ turn, model, thinking, text, calls }: Spoken): Record<string, unknown> {
  const message = {
    role: "assistant",
    content: text ?? null,
    refusal: null,
    annotations: [],
    ...(thinking !== undefined && { reasoning_content: thinking }),
    ...(calls.length > 0 && { tool_calls: calls.map(callOnWire) }),
  };
  return {
    id: idOf("chatcmpl-", turn, 0),
    object: "chat.completion",
    created: 1_760_000_000,
    model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: calls.length > 0 ? "tool_calls" : "stop" }],
    usage: usageOnWire(turn),
    service_tier: "default",
    system_fingerprint: null,
  };
}

/** Arguments of parallel calls come by turns; tokens are counted in a chunk of their own, after the end. */
export function answerFrames({ turn, model, thinking = "", text = "", calls }: Spoken): string[] {
  const head = {
    id: idOf("chatcmpl-", turn, 0),
    object: "chat.completion.chunk",
    created: 1_760_000_000,
    model,
    service_tier: "default",
    system_fingerprint: null,
  };
  const choice = (delta: object, finish_reason: string | null = null): object => ({
    ...head,
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
    usage: null,
  });
  const callDeltas = calls.map((call, index) => [
    { index, ...callOnWire({ ...call, text: "" }) },
    ...pieces(call.text).map((piece) =>
      call.kind === "custom"
        ? { index, custom: { input: piece } }
        : { index, function: { arguments: piece } },
    ),
  ]);
  return [
    choice({ role: "assistant", content: text === "" ? null : "", refusal: null }),
    ...pieces(thinking).map((reasoning_content) => choice({ reasoning_content })),
    ...pieces(text).map((content) => choice({ content })),
    ...braid(callDeltas).map((call) => choice({ tool_calls: [call] })),
    choice({}, calls.length > 0 ? "tool_calls" : "stop"),
    { ...head, choices: [], usage: usageOnWire(turn) },
    "[DONE]",
  ].map(unnamed);
}
