import * as fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { unfold } from "../src/mapping/unfold.ts";
import type { CanonicalResponse } from "../src/mapping/canonical.ts";
import {
  documentReader,
  followAnswer,
  readAnswer,
  seedAnswer,
  streamReader,
  unreadAnswer,
  unreadFrames,
} from "./needles/answers.ts";
import {
  answerExceptions,
  canonicalExceptions,
  excepts,
  requestExceptions,
  streamExceptions,
} from "./needles/exceptions.ts";
import { follow, seed, unread } from "./needles/requests.ts";
import type { Silent, Verdict, Watch } from "./needles/requests.ts";
import {
  clients,
  contextOf,
  fewTimes,
  framesOf,
  httpOf,
  mappings,
  others,
  sources,
  upstreams,
  wordsOf,
} from "./needles/sources.ts";

import type { CanonicalAnswer } from "./needles/answers.ts";
import { answers } from "./needles/wire/answer.ts";
import { anthropic } from "./needles/wire/anthropic.ts";
import { gemini } from "./needles/wire/gemini.ts";
import { openaiChat } from "./needles/wire/openai-chat.ts";
import { openaiResponses } from "./needles/wire/openai-responses.ts";

/** How many requests and answers are generated of each kind: `NEEDLE_RUNS=1000` digs deeper. */
const runs = Number(process.env["NEEDLE_RUNS"] ?? 40);
const grammars: Readonly<Record<string, fc.Arbitrary<object>>> = {
  anthropic,
  gemini,
  "openai-chat": openaiChat,
  "openai-responses": openaiResponses,
};

/*
 * The needle law: whatever a client or an upstream says stands in what the other side is told, or a loss names it, or it
 * is refused in words. A needle is put into every text that can hold one; of every other leaf something else is said, and
 * then something else must come out. What may get lost in silence is listed in needles/exceptions.ts, with the reason.
 */
const total = { needles: 0, followed: 0, found: 0, named: 0, refused: 0 };
afterAll(() => {
  console.log(
    `${total.needles} needles, followed ${total.found + total.named + total.refused} times: ${total.found} found, ${total.named} named by a loss, ${total.refused} refused`,
  );
});

function count(verdicts: readonly Verdict[]): Silent[] {
  for (const { found, named, refused } of verdicts) {
    total.found += found;
    total.named += named;
    total.refused += refused;
  }
  return verdicts.flatMap(({ silent }) => silent);
}

describe("requests", () => {
  const cases = sources("request.json", ({ request }) => request.decode);
  const watch: Watch = {
    words: wordsOf(cases.map(({ golden }) => golden.json("request.json"))),
    isNew: fewTimes(2),
    isSyntax: excepts(requestExceptions),
  };
  test.each(cases.map((one) => [one.title, one] as const))("%s", (title, { mapping, golden }) => {
    const seeded = seed(mapping, golden.json("request.json"), httpOf(golden), title);
    total.needles += seeded.needles.length + seeded.stiff.length;
    expect(unread(seeded, watch)).toEqual([]);
    expect(count(upstreams.map((target) => follow(seeded, target, watch)))).toEqual([]);
  });
});

describe("generated requests", () => {
  const samples = new Map(
    Object.entries(grammars).map(([name, grammar]) => [name, fc.sample(grammar, { numRuns: 300, seed: 7 })]),
  );
  test.each(Object.entries(grammars))("%s", (name, grammar) => {
    const from = mappings.get(name)!;
    const watch: Watch = {
      words: wordsOf(samples.get(name)!),
      isNew: fewTimes(4),
      isSyntax: excepts(requestExceptions),
    };
    fc.assert(
      fc.property(grammar, (wire) => {
        const seeded = seed(from, wire, { headers: {}, params: { model: "gemini-3-pro" } }, name);
        total.needles += seeded.needles.length + seeded.stiff.length;
        expect(unread(seeded, watch)).toEqual([]);
        expect(count(upstreams.map((target) => follow(seeded, target, watch)))).toEqual([]);
      }),
      { numRuns: runs, seed: 7, endOnFailure: true },
    );
  });
});

/** A client that asked for all that an answer can hold. */
const asking = { v: 1, system: [], turns: [], streamOptions: { usage: true }, logprobs: { top: 5 } } as never;

describe("answers", () => {
  const cases = sources("response.json", ({ response }) => response.decode);
  const watch: Watch = {
    words: wordsOf(cases.map(({ golden }) => golden.json("response.json"))),
    isNew: fewTimes(2),
    isSyntax: excepts(answerExceptions),
  };
  test.each(cases.map((one) => [one.title, one] as const))("%s", (title, { mapping, golden }) => {
    const bindings = contextOf(golden);
    const answer = seedAnswer(
      mapping,
      golden.json("response.json"),
      documentReader(mapping, bindings),
      title,
    );
    total.needles += answer.needles.length + answer.stiff.length;
    expect(unreadAnswer(answer, watch)).toEqual([]);
    expect(count(clients.map((to) => followAnswer(answer, to, watch, bindings.request ?? asking)))).toEqual(
      [],
    );
  });
});

describe("answers, told as streams", () => {
  const cases = sources("response.canonical.json", () => true);
  const watch: Watch = {
    words: wordsOf(cases.map(({ golden }) => golden.json("response.canonical.json"))),
    isNew: fewTimes(2),
    isSyntax: excepts(canonicalExceptions),
  };
  test.each(cases.map((one) => [one.title, one] as const))("%s", (title, { mapping, golden }) => {
    const tell = (response: unknown): ReturnType<typeof unfold> => unfold(response as CanonicalResponse);
    const answer = seedAnswer(mapping, golden.json("response.canonical.json"), tell, title);
    total.needles += answer.needles.length + answer.stiff.length;
    expect(
      count(
        others(mapping).map((to) => followAnswer(answer, to, watch, contextOf(golden).request ?? asking)),
      ),
    ).toEqual([]);
  });
});

describe("generated answers", () => {
  const forms: Readonly<Record<string, (response: unknown) => CanonicalAnswer>> = {
    "as documents": (response) => response as CanonicalResponse,
    "as streams": (response) => unfold(response as CanonicalResponse),
  };
  const samples = fc.sample(answers, { numRuns: 200, seed: 7 });
  test.each(Object.entries(forms))("%s", (name, tell) => {
    const watch: Watch = {
      words: wordsOf(samples),
      isNew: fewTimes(4),
      isSyntax: excepts(canonicalExceptions),
    };
    const from = { ...clients[0]!, name: "canonical", protocol: "acme" };
    fc.assert(
      fc.property(answers, (response) => {
        const answer = seedAnswer(from, response, tell, name);
        total.needles += answer.needles.length + answer.stiff.length;
        expect(count(clients.map((to) => followAnswer(answer, to, watch, asking)))).toEqual([]);
      }),
      { numRuns: runs, seed: 7, endOnFailure: true },
    );
  });
});

describe("streams are read whole", () => {
  const cases = sources(
    "stream.sse",
    ({ stream, upstream }) => stream.decode && (upstream?.framing ?? "sse") === "sse",
  );
  const watch: Watch = {
    words: wordsOf(cases.map(({ golden }) => framesOf(golden))),
    isNew: fewTimes(2),
    isSyntax: excepts(streamExceptions),
  };
  test.each(cases.map((one) => [one.title, one] as const))("%s", (title, { mapping, golden }) => {
    const answer = readAnswer(mapping, framesOf(golden), streamReader(mapping, contextOf(golden)), title);
    total.needles += answer.stiff.length;
    expect(unreadFrames(answer, watch)).toEqual([]);
  });
});
