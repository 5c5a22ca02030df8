import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonLeaves } from "../../src/text/json-leaves.ts";

const spell = (text: string): string[] | undefined =>
  jsonLeaves(text)?.map(
    ({ path, kind, start, end }) => `${path.replaceAll("\n", ".")} ${kind} ${text.slice(start, end)}`,
  );

test("texts and numbers with the names that lead to them", () => {
  expect(spell(`{"a":[1,"x\\"y",{"b":"c"}], "d" : {"e":-1.5e3,"f":null,"g":true},"h":{},"i":[]}`)).toEqual([
    "a number 1",
    'a text x\\"y',
    "a.b text c",
    "d.e number -1.5e3",
  ]);
  expect(spell(" 5 ")).toEqual([" number 5"]);
});

test("of two members with one name only the last counts, so nothing is said", () => {
  expect(spell('{"a": 1, "b": {"c": 1, "\\u0063": 2}}')).toBeUndefined();
});

test("what is nested without end is left alone", () => {
  expect(spell("[".repeat(100_000) + "]".repeat(100_000))).toBeUndefined();
});

/** Every text and number of a value, in the order in which JSON.stringify writes them. */
function expected(value: unknown, path: string): string[] {
  if (typeof value === "string") return [`${path} text ${JSON.stringify(value).slice(1, -1)}`];
  if (typeof value === "number") return [`${path} number ${JSON.stringify(value)}`];
  if (Array.isArray(value)) return value.flatMap((item) => expected(item, path));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    expected(inner, path === "" ? name : `${path}.${name}`),
  );
}

test("any JSON, with any white space", () => {
  const names = fc.string({ minLength: 1, maxLength: 3 });
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string(),
      fc.integer(),
      fc.constantFrom(true, null, 1.5e300),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(names, tie("value"), { maxKeys: 3, noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(value, fc.constantFrom(0, 1, "\t"), (json, indent) => {
      expect(spell(JSON.stringify(json, null, indent))).toEqual(expected(json, ""));
    }),
  );
});
