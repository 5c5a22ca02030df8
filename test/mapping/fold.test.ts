import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CanonicalResponse, Part } from "../../src/mapping/canonical.ts";
import { fold, mergeUsage } from "../../src/mapping/fold.ts";
import { unfold } from "../../src/mapping/unfold.ts";

const text = fc.string({ minLength: 1 });
const opaque = fc.record({ issuer: fc.constantFrom("a", "b"), kind: fc.constant("signature"), data: text });
const part: fc.Arbitrary<Part> = fc.oneof(
  fc.record({ type: fc.constant("text" as const), text: fc.string() }),
  fc.record({ type: fc.constant("text" as const), text, opaque: fc.tuple(opaque) }),
  fc.record({ type: fc.constant("refusal" as const), text }),
  fc.record({
    type: fc.constant("reasoning" as const),
    summary: fc.array(text, { minLength: 1 }),
    opaque: fc.tuple(opaque),
  }),
  fc.record({ type: fc.constant("tool_call" as const), id: text, name: text, argsText: text }),
  fc.record({
    type: fc.constant("tool_call" as const),
    id: text,
    name: text,
    kind: fc.constant("custom" as const),
    input: text,
  }),
  fc.record({
    type: fc.constant("media" as const),
    kind: fc.constant("image" as const),
    mime: text,
    src: fc.record({ data: text }),
  }),
  fc.record({
    type: fc.constant("raw" as const),
    protocol: text,
    value: fc.jsonValue() as fc.Arbitrary<never>,
  }),
);
const response: fc.Arbitrary<CanonicalResponse> = fc
  .array(fc.array(part, { maxLength: 5 }), { minLength: 1, maxLength: 3 })
  .map((candidates) => ({
    v: 1,
    id: "r",
    model: "m",
    created: 1,
    candidates: candidates.map((parts, index) => ({ index, parts, stop: { reason: "stop", raw: "x" } })),
    usage: { input: 3, output: 4 },
    serviceTier: "standard",
  }));

describe("fold and unfold", () => {
  test("a response told as events is the response again", () => {
    const law = fc.property(response, (one) => {
      expect(fold(unfold(one))).toEqual(one);
      expect(fold(unfold(one, { words: true }))).toEqual(one);
    });
    fc.assert(law);
  });

  test("log probabilities stay with their candidate", () => {
    const one: CanonicalResponse = {
      v: 1,
      candidates: [
        {
          index: 0,
          parts: [{ type: "text", text: "a" }],
          logprobs: [{ token: "a" }],
          stop: { reason: "stop" },
        },
      ],
    };
    expect(fold(unfold(one))).toEqual(one);
  });
});

test("later usage overrides field by field, and absent counts keep", () => {
  expect(mergeUsage({ input: 43, output: 1 }, { input: 61, cacheRead: undefined })).toEqual({
    input: 61,
    output: 1,
  });
});
