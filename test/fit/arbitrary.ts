import * as fc from "fast-check";
import type { CanonicalRequest, Opaque, Part, Tool, Turn } from "../../src/mapping/canonical.ts";
import { call, request, result, system, text, tool } from "./support.ts";

const word = fc.stringMatching(/^[a-z]{1,6}$/);
const toolName = fc.oneof(word, fc.constantFrom("a.b", "a/b", "a_b", "9x", "n".repeat(70), "n".repeat(71)));
const opaque: fc.Arbitrary<Opaque[]> = fc.array(
  fc.record({
    issuer: fc.constantFrom("v", "w"),
    kind: fc.constantFrom("signature", "thoughtSignature"),
    data: word,
  }),
  { minLength: 1, maxLength: 2 },
);
const image: fc.Arbitrary<Part> = fc.record({
  type: fc.constant("media" as const),
  kind: fc.constant("image" as const),
  mime: fc.constantFrom("image/png", "image/gif"),
  src: fc.record({ data: fc.constant("AA==") }),
});
const textPart: fc.Arbitrary<Part> = fc.record(
  { type: fc.constant("text" as const), text: fc.oneof(word, fc.constant("")), phase: word, opaque },
  { requiredKeys: ["type", "text"] },
);
const thought: fc.Arbitrary<Part> = fc.record(
  { type: fc.constant("reasoning" as const), text: fc.oneof(word, fc.constant("")), opaque },
  { requiredKeys: ["type"] },
);
export const userTurn: fc.Arbitrary<Turn> = fc.record({
  role: fc.constant("user" as const),
  parts: fc
    .array(fc.oneof(textPart, image), { minLength: 1, maxLength: 3 })
    .map((parts) => [text("u"), ...parts]),
});

export interface Step {
  before: Part[];
  tools: string[];
  ids: string[];
  shuffled: boolean;
  image?: Part;
}
export const step: fc.Arbitrary<Step> = fc.record(
  {
    before: fc.array(fc.oneof(thought, textPart, image), { maxLength: 3 }),
    tools: fc.array(toolName, { minLength: 1, maxLength: 3 }),
    ids: fc.uniqueArray(fc.oneof(word, fc.constantFrom("x:1", `${"i".repeat(80)}1`, `${"i".repeat(80)}2`)), {
      minLength: 3,
      maxLength: 3,
    }),
    shuffled: fc.boolean(),
    image,
  },
  { requiredKeys: ["before", "tools", "ids", "shuffled"] },
);

/** What agents do: calls and their results, sometimes in another order, some with an image. */
export function loop({ before, tools, ids, shuffled, image: found }: Step): Turn[] {
  const calls = tools.map((name, i) => call(ids[i]!, name));
  const results = calls.map((one, i) => result(one.id!, i === 0 && found ? [text("r"), found] : "r"));
  return [
    { role: "assistant", parts: [...before, ...calls] },
    tool(...(shuffled ? results.toReversed() : results)),
  ];
}

export const exchange: fc.Arbitrary<Turn[]> = fc
  .tuple(
    userTurn,
    fc.array(step, { maxLength: 2 }),
    fc.boolean(),
    fc.array(fc.oneof(thought, textPart), { maxLength: 2 }),
  )
  .map(([asked, steps, instructed, said]) => [
    asked,
    ...(instructed ? [system("s")] : []),
    ...steps.flatMap(loop),
    { role: "assistant", parts: [...said, text("done")] },
  ]);

const conversation = fc
  .tuple(fc.array(exchange, { maxLength: 3 }), userTurn)
  .map(([exchanges, last]) => [...exchanges.flat(), last]);

export const tools: fc.Arbitrary<Tool[]> = fc
  .uniqueArray(toolName, { maxLength: 5 })
  .map((all) =>
    all.map((name, i) => (i % 3 === 2 ? { kind: "custom", name } : { kind: "function", name, strict: true })),
  );

export const asked: fc.Arbitrary<CanonicalRequest> = fc
  .record({
    turns: conversation,
    tools,
    sampling: fc.record({
      temperature: fc.double({ min: 0, max: 2, noNaN: true }),
      stop: fc.array(word, { maxLength: 6 }),
    }),
    reasoning: fc.record(
      {
        mode: fc.constantFrom("on", "off", "auto"),
        effort: fc.constantFrom("minimal", "high", "max"),
        budget: fc.integer({ min: -1, max: 50_000 }),
      },
      { requiredKeys: [] },
    ) as fc.Arbitrary<CanonicalRequest["reasoning"]>,
    limits: fc.record({ maxOutputTokens: fc.integer({ min: 1, max: 60_000 }) }, { requiredKeys: [] }),
    toolChoice: fc.record(
      { mode: fc.constantFrom("auto", "required"), parallel: fc.boolean() },
      { requiredKeys: [] },
    ) as fc.Arbitrary<CanonicalRequest["toolChoice"]>,
    ext: fc.record({ client: fc.record({ x: fc.constant(1) }) }),
  })
  .map(request);
