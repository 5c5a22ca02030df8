import { idOf, pieces, usageOf } from "./script.ts";
import type { Spoken } from "./script.ts";
import { unnamed } from "./vendor.ts";

type Part = Record<string, unknown>;

/** What is said in text comes in pieces, a call at once and without an id. */
function partsOf(
  { thinking = "", token, text = "", calls }: Spoken,
  cut: (text: string) => string[],
): Part[] {
  const signature = token === undefined ? {} : { thoughtSignature: token };
  return [
    ...cut(thinking).map((piece) => ({ text: piece, thought: true })),
    ...cut(text).map((piece) => ({ text: piece })),
    ...calls.map(({ name, text: args }, i) => ({
      functionCall: { name, args: JSON.parse(args) as unknown },
      ...(i === 0 && signature),
    })),
    ...(calls.length === 0 && token !== undefined ? [{ text: "", ...signature }] : []),
  ];
}

function chunk({ turn, model }: Spoken, parts: readonly Part[], end: object, counts: object): object {
  return {
    candidates: [{ content: { role: "model", parts }, index: 0, ...end }],
    usageMetadata: { promptTokenCount: usageOf(turn).input, ...counts },
    modelVersion: model,
    responseId: idOf("", turn, 0),
  };
}

/** Tokens of thoughts are counted apart from the others here. */
function countsOf(turn: number): object {
  const { input, cached, output, thinking } = usageOf(turn);
  return {
    cachedContentTokenCount: cached,
    candidatesTokenCount: output - thinking,
    thoughtsTokenCount: thinking,
    totalTokenCount: input + output,
  };
}

export function answerOf(spoken: Spoken): object {
  const parts = partsOf(spoken, (text) => (text === "" ? [] : [text]));
  return chunk(spoken, parts, { finishReason: "STOP" }, countsOf(spoken.turn));
}

/** Parallel calls share a chunk; the reason of the end comes with nothing else. */
export function answerFrames(spoken: Spoken): string[] {
  const parts = partsOf(spoken, (text) => pieces(text));
  const firstCall = parts.findIndex((part) => "functionCall" in part);
  const texts = firstCall === -1 ? parts : parts.slice(0, firstCall);
  const interim = { totalTokenCount: usageOf(spoken.turn).input };
  return [
    ...texts.map((part) => chunk(spoken, [part], {}, interim)),
    ...(firstCall === -1 ? [] : [chunk(spoken, parts.slice(firstCall), {}, interim)]),
    chunk(spoken, [{ text: "" }], { finishReason: "STOP" }, countsOf(spoken.turn)),
  ].map(unnamed);
}
