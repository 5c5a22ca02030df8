import fc from "fast-check";
import { expect, test } from "vitest";
import { compileFrame } from "../../src/mapping/frame.ts";
import { compileTemplate } from "../../src/mapping/template.ts";
import type { TemplateContext } from "../../src/mapping/template.ts";

const place = () => ({ file: "t", line: 1, column: 1, length: 1 });
const context: TemplateContext = {
  scope: { functions: {}, report: (found) => expect.fail(found.message) },
  variables: ["x"],
  uses: new Set(),
  text: (_, source) => ({ source, place }),
};

const leaf = fc.oneof(
  fc.constantFrom("=a", "=b.c", "=$x", "=gone", "=d", "=a & b.c"),
  fc.string().filter((text) => !text.startsWith("=")),
  fc.integer(),
  fc.constant(null),
  fc.boolean(),
);
const { node } = fc.letrec<{ node: unknown; map: Record<string, unknown> }>((tie) => ({
  node: fc.oneof({ maxDepth: 3 }, leaf, tie("map"), fc.array(tie("node"), { maxLength: 4 })),
  map: fc.dictionary(fc.string({ maxLength: 4 }), tie("node"), { maxKeys: 5 }),
}));
const map = fc.dictionary(fc.string({ maxLength: 4 }), node, { maxKeys: 6 });

test("a printed frame is the filled template's JSON", () => {
  const law = fc.property(map, fc.jsonValue(), (template, value) => {
    const input = { a: value, b: { c: "é\u2028\ud800" }, d: [1, [2]] };
    const filled = compileTemplate(template, [], context)(input, { x: 1.5 });
    const { print } = compileFrame(template, (name) => [name], context);
    expect(print(input, { x: 1.5 })).toBe(JSON.stringify(filled));
    expect(print({}, {})).toBe(JSON.stringify(compileTemplate(template, [], context)({}, {})));
    expect(print(input, { x: 1.5 })).toBe(JSON.stringify(filled));
  });
  fc.assert(law, { numRuns: 300 });
});
