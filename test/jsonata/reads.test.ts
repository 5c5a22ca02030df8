/** What an expression is said to read, and that nothing else can change what it gives. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compile, readsOf } from "../../src/jsonata/index.ts";
import type { Reads } from "../../src/jsonata/index.ts";
import { expressions } from "./arbitraries.ts";

const library = "($own := function($x) { $x & '!' }; $nosy := function($x) { $x & b })";
const reach = ({ from, path }: Reads["values"][number]): string =>
  (from === "" ? [] : [`$${from}`]).concat(path).join(".");
const told = (source: string): string => {
  const { values, tests } = readsOf(source, { prelude: library });
  const list = (all: Reads["values"]): string => [...new Set(all.map(reach))].sort().join(" ");
  return `${list(values)} | ${list(tests)}`;
};

describe("what is read", () => {
  test.each([
    ["a", "a | "],
    ["a.b.c", "a.b.c | "],
    ["c ?? 0", "c | c"],
    ["$x.id ?? $y.id", "$x.id $y.id | $x.id"],
    ["$not($state.open)", " | $state.open"],
    ["a and b != ''", " | a b"],
    ["$type(a) = 'string'", " | a"],
    ["a = 'x'", "a | "],
    ["a ? b : c", "b c | a"],
    ["$join([type, a.b], '/')", "a.b type | "],
    ["a.(b ?? c)", "a.b a.c | a a.b"],
    ["a[0].b", "a.b | a"],
    ["a[b = 1].c", "a.b a.c | a"],
    ["$own(a)", "$x a | "],
    ["$nosy(a)", "$x a b | "],
  ])("%s", (source, expected) => expect(told(source)).toBe(expected));

  test.each(["$", "a.*", "**", "a.b.%", "a@$v.$v.b", "a{b: c}", "$ ~> |a|{'b': 1}|", "$keys()"])(
    "%s may read everything there",
    (source) =>
      expect(readsOf(source).values.some(({ from, path }) => from === "" && path.length === 0)).toBe(true),
  );

  test("a bare path is known to be one", () => {
    expect(readsOf("a.b").only).toEqual(["a", "b"]);
    expect(["a.b[]", "a[0]", "a & ''", "$x.a", "a^(b)"].map((source) => readsOf(source).only)).toEqual(
      Array.from({ length: 5 }),
    );
  });
});

const seed = Number(process.env["FC_SEED"] ?? 2026);
const names = ["a", "b", "c", "type"];
const text = fc.constantFrom("x", "y", "text", "n");
const tree = fc.dictionary(
  fc.constantFrom(...names),
  fc.oneof(
    text,
    fc.dictionary(fc.constantFrom(...names), fc.oneof(text, fc.array(text)), { noNullPrototype: true }),
  ),
  { minKeys: 1, noNullPrototype: true },
);

/** The paths of an input that hold a text, lists left out. */
function texts(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value === "string") return [[...path]];
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => texts(inner, [...path, name]));
}

function replaced(value: unknown, [name, ...rest]: readonly string[], text: string): unknown {
  if (name === undefined) return text;
  const members = value as Record<string, unknown>;
  return { ...members, [name]: replaced(members[name], rest, text) };
}

function outcome(source: string, input: unknown): string {
  const compiled = compile(source);
  if (!compiled.ok) return "a problem";
  try {
    return JSON.stringify(compiled.expression(input), (_, inner: unknown) =>
      typeof inner === "function" ? "a function" : inner,
    );
  } catch (error) {
    return String((error as { code?: string }).code);
  }
}

const isAbove = (path: readonly string[], below: readonly string[]): boolean =>
  path.length <= below.length && path.every((name, i) => name === below[i]);

test("what is not read makes no difference, nor what is only asked for as long as it is there", () => {
  let tried = 0;
  const law = fc.property(expressions, tree, fc.constantFrom("other", "z"), (source, input, other) => {
    const { values, tests } = readsOf(source);
    const isInput = ({ from }: { from: string }): boolean => from === "";
    for (const path of texts(input)) {
      if (values.some((one) => isInput(one) && isAbove(one.path, path))) continue;
      tried++;
      expect(outcome(source, replaced(input, path, other)), `${source} at ${path.join(".")}`).toBe(
        outcome(source, input),
      );
      if (tests.some((one) => isInput(one) && isAbove(one.path, path))) continue;
      expect(outcome(source, replaced(input, path, "")), `${source} at ${path.join(".")}`).toBe(
        outcome(source, input),
      );
    }
  });
  fc.assert(law, { numRuns: 4000, seed });
  expect(tried).toBeGreaterThan(1000);
});
