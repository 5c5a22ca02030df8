import { expect, test } from "vitest";
import { answerForm, answerLosses } from "../../src/mapping/answer-losses.ts";
import type { CanonicalResponse, Part } from "../../src/mapping/canonical.ts";

const form = answerForm({
  answer: "id",
  usage: "input output",
  stop: "sequence",
  "stop/reason": "stop max_tokens",
  text: "text annotations",
  "media/image": "mime src",
  "citation/url": "url title",
});

function lost(...parts: Part[]): string[] {
  return told({ v: 1, candidates: [{ index: 0, parts }] });
}

function told(response: CanonicalResponse): string[] {
  return answerLosses(response, form, "own").map(({ code, at }) => `${code} at ${at}`);
}

test("what a format lists is told", () => {
  const cited: Part = {
    type: "text",
    text: "Hi",
    annotations: [{ kind: "url", url: "https://a.example", title: "A" }],
  };
  expect(lost(cited, { type: "media", kind: "image", mime: "image/png", src: { data: "AA==" } })).toEqual([]);
});

test("a part, or a member of one, that it does not list is lost at its place", () => {
  expect(
    lost(
      { type: "reasoning", text: "Hm" },
      {
        type: "text",
        text: "Hi",
        phase: "final_answer",
        opaque: [{ issuer: "x", kind: "signature", data: "s" }],
      },
      { type: "media", kind: "audio", src: { data: "AA==" } },
      { type: "server_call", tool: "web_search", raw: { protocol: "other", value: {} } },
    ),
  ).toEqual([
    "answer.reasoning at candidates[0].parts[0]",
    "answer.text.phase at candidates[0].parts[1].phase",
    "answer.opaque at candidates[0].parts[1].opaque",
    "answer.media at candidates[0].parts[2]",
    "answer.server at candidates[0].parts[3]",
  ]);
});

test("citations are judged by their kind", () => {
  const annotations = [
    { kind: "url" as const, url: "https://a.example", quote: "so" },
    { kind: "file" as const, source: { fileId: "f" } },
  ];
  expect(lost({ type: "text", text: "Hi", annotations })).toEqual([
    "answer.citation.quote at candidates[0].parts[0].annotations[0].quote",
    "citations at candidates[0].parts[0].annotations[1]",
  ]);
});

test("other candidates, counts, reasons and fields of other protocols are lost", () => {
  const stop = { reason: "pause" as const, detail: { explanation: "later" } };
  expect(
    told({
      v: 1,
      id: "1",
      created: 5,
      serviceTier: "flex",
      candidates: [
        { index: 0, parts: [], logprobs: [1], stop },
        { index: 1, parts: [] },
      ],
      usage: { input: 1, output: 2, total: 3, cacheRead: 0, reasoning: 1 },
      ext: { own: { a: 1 }, other: { b: 1, c: [] } },
    }),
  ).toEqual([
    "answer.serviceTier at serviceTier",
    "ext.b at ext.other.b",
    "answer.usage.reasoning at usage.reasoning",
    "logprobs at candidates[0].logprobs",
    "stop.pause at candidates[0].stop",
    "answer.stop.explanation at candidates[0].stop.detail.explanation",
    "candidates at candidates[1]",
  ]);
});

test("what the format's own protocol said goes back as it was", () => {
  expect(
    lost(
      { type: "raw", protocol: "own", value: {} },
      { type: "server_result", tool: "x", raw: { protocol: "own", value: {} } },
    ),
  ).toEqual([]);
});
