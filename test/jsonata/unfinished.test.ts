/** Where sequences are left unfinished, with and without somebody who can tell. */
import { describe, expect, test } from "vitest";
import jsonata from "jsonata";
import { run } from "./_run.ts";

const input = { a: [{ b: 1 }], c: [{ b: [1] }, { b: [2] }], t: "x1y2" };

/** Library functions that end in built-ins whose sequences the caller finishes, called in every way. */
const library = `
  $each := function($xs) { $map($xs, function($x) { $x.b }) };
  $names := function($o) { $keys($o) };
  $deep := function($xs) { $count($xs) > 0 ? $each($xs) : $xs };
  $first := function($xs) { ($y := $xs; $each($y)) };
  $either := function($xs) { $each($xs) ?? "none" };
  $odd := function($t) { $match($t, /[a-z]/) };
`;

describe("a library", () => {
  test.each([
    "$each(a)",
    "[$each(a)]",
    "$each(a)[0]",
    "$each(c)[0]",
    "{ 'x': $each(a) }.x",
    "$map([a, a], $each)",
    "$map([[a], [c]], function($x) { $each($x) })",
    "$map(c, $names)",
    "$names(a[0])",
    "$names(a[0])[0]",
    "$deep(a)",
    "$deep(c) ~> $count",
    "a ~> $deep",
    "$reduce([a, c], function($all, $x) { $append($all, $each($x)) }, [])",
    "($f := $each; $f(a))",
    "$first(a)",
    "$either(nothing)",
    "$either(a)",
    "$odd(t)",
    "$odd(t)[0].match",
    "$odd(nothing)",
    "$map(c, function($each) { $each.b })",
    "($deep := a; $deep)",
    "[$each(c)[]]",
    "$each(c){ $string($): $ }",
  ])("%s", async (source) => {
    const expected: unknown = await jsonata(`(${library} ${source})`).evaluate(input);
    const actual = run(source, input, { prelude: `(${library})` });
    expect(JSON.stringify(actual)).toBe(JSON.stringify(expected));
    expect(JSON.stringify(run(`(${library} ${source})`, input))).toBe(JSON.stringify(expected));
  });
});
