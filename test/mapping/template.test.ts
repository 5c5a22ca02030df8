import { expect, test } from "vitest";
import { compileTemplate } from "../../src/mapping/template.ts";
import type { Template } from "../../src/mapping/template.ts";

const place = () => ({ file: "t", line: 1, column: 1, length: 1 });

function compile(node: unknown): Template {
  return compileTemplate(node, [], {
    scope: {
      functions: { list: () => [1, 2], nothing: () => undefined },
      report: (found) => expect.fail(found.message),
    },
    variables: ["x"],
    uses: new Set(),
    text: (_, source) => ({ source, place }),
  });
}

test.each([
  [
    "literals stay as they are",
    { a: 1, b: "x", c: null, d: [true, { e: "f" }] },
    {},
    { a: 1, b: "x", c: null, d: [true, { e: "f" }] },
  ],
  ["expressions fill in", { a: "=b.c", d: { e: "=$x & '!'" } }, { b: { c: 7 } }, { a: 7, d: { e: "v!" } }],
  ["a member that gives nothing disappears", { a: "=b", c: { d: "=b" } }, {}, { c: {} }],
  ["a list item that gives nothing disappears", { a: ["=b", "=c"] }, { c: 1 }, { a: [1] }],
  ["a list item that is a list stays one", { a: ["=$list()"] }, {}, { a: [[1, 2]] }],
  ["a list of maps", { a: [{ b: "=c" }, { d: "=$nothing()" }] }, { c: 1 }, { a: [{ b: 1 }, {}] }],
  ["null stays null", { a: null, b: "=null" }, {}, { a: null, b: null }],
  ["an input that is a list is filled once", { a: "=$count($)" }, [1, 2], { a: 2 }],
  ["a key is never a prototype", { a: "=__proto__", b: "=constructor" }, {}, {}],
])("%s", (_, node, input, filled) => {
  expect(compile(node)(input, { x: "v" })).toEqual(filled);
});

test("nothing is shared between two fillings", () => {
  const template = compile({ a: "=b", list: [{ c: "=b" }] });
  expect(template({ b: 1 }, {})).not.toBe(template({ b: 1 }, {}));
});
