import { expect, test } from "vitest";
import { jsonText } from "../../src/mapping/host/values.ts";
import { printValue, unfoldsTooFar } from "../../src/mapping/unfolded.ts";

function nested(levels: number, around: (inner: unknown) => unknown): unknown {
  let value: unknown = {};
  for (let i = 0; i < levels; i++) value = around(value);
  return value;
}

test.each([
  ["objects that hold one twice", nested(60, (inner) => ({ a: inner, b: inner }))],
  ["lists that hold one twice", nested(60, (inner) => [inner, inner])],
  ["a long text many times", Array.from({ length: 1000 }, () => "x".repeat(1_000_000))],
  ["deeper than the stack", nested(1_000_000, (inner) => [inner])],
  ["a circle", ((circle) => circle.push(circle) && circle)([] as unknown[])],
])("%s: refused before it is printed", (_name, value) => {
  expect(unfoldsTooFar(value)).toBe(true);
  expect(jsonText(value)).toBeUndefined();
  expect(() => printValue(value)).toThrow("too long or too deep");
});

test.each([
  ["nothing", undefined],
  ["a text", "text"],
  ["null", null],
  [
    "what a long conversation is",
    Array.from({ length: 100_000 }, (_, i) => ({ role: "user", text: `${i}` })),
  ],
  ["a picture", { data: "x".repeat(50_000_000) }],
  ["deep, as schemas are", nested(500, (inner) => ({ properties: { inner } }))],
])("%s: printed", (_name, value) => {
  expect(unfoldsTooFar(value)).toBe(false);
  expect(printValue(value)).toBe(JSON.stringify(value));
});
