import jsonata from "jsonata";
import { describe, expect, test } from "vitest";
import { run } from "./_run.ts";

/** Loops whose results stand alone in an array constructor become that array; nothing may be flattened or lost by it. */
const loops = [
  "$map(a, function($x) { $x })",
  "$map(a, function($x) { [$x] })",
  "$map(a, function($x) { $x.b })",
  "$map(a, function($x, $i) { $i > 0 ? $x })",
  "$map(a, function($x) { () })",
  "$map(a, function($x) { [] })",
  "$map(a, $b)",
  "$filter(a, function($x) { true })",
  "$filter(a, function($x, $i) { $i = 0 })",
  "$filter(a, $exists)",
  "$reduce(a, function($all, $x) { $append($all, $x) }, [])",
];
const around = [
  "[%]",
  "[[%]]",
  "[%, 1]",
  "[%[]]",
  "[%[0]]",
  "[%].b",
  "[%].$",
  "[%][0]",
  "[%][]",
  "[%] = []",
  "[%]{ 'k': $ }",
  "a.[%]",
  "a.[%].$string()",
  "{ 'x': [%] }",
  "$count([%])",
  "$append([%], 5)",
  "($k := [%]; $k.$)",
  "$map([%], function($z) { $z })",
];
const lists = [[1, 2, 3], [], [[1, 2]], [[1], [2]], [{ b: 1 }, { b: [2, 3] }, { b: [[4]] }], 7, [[]], [null]];

describe.each(loops)("%s", (loop) => {
  test.each(around)("in %s", async (frame) => {
    const source = `($b := function($x) { $x.b ? $x.b : $x }; ${frame.replace("%", () => loop)})`;
    for (const input of [{}, ...lists.map((a) => ({ a }))]) {
      const wanted = await outcomeOf(() => jsonata(source).evaluate(structuredClone(input)));
      expect(await outcomeOf(() => run(source, input)), JSON.stringify(input)).toBe(wanted);
    }
  });
});

async function outcomeOf(evaluate: () => unknown): Promise<string | undefined> {
  try {
    return JSON.stringify(await evaluate());
  } catch (error) {
    return (error as { code?: string }).code;
  }
}
