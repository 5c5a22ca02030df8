import jsonata from "jsonata";
import { describe, expect, test } from "vitest";
import { errorOf, run } from "./_run.ts";

const input = { list: [{ r: "a", n: [1, 2] }, { r: "b", n: [3] }, { r: "c" }], one: { r: "x" }, i: 1 };

async function agree(source: string): Promise<void> {
  const wanted = (await jsonata(source).evaluate(structuredClone(input))) as unknown;
  expect(JSON.stringify(run(source, input))).toBe(JSON.stringify(wanted));
}

describe("predicates that are the same for every item", () => {
  test.each([
    "($i := 1; list[$i].r)",
    "($i := 1; list[$i - 1].r)",
    "($l := list; $i := 1; $l[$i + 1].r)",
    "($l := list; $l[-$l[0].n[0]])",
    "($l := list; $l[$count($l) - 1].r)",
    "($i := 9; list[$i])",
    "($i := -1; list[$i].r)",
    "($i := 0.7; list[$i].r)",
    "($i := [0, 2]; list[$i].r)",
    "($i := 'yes'; list[$i].r)",
    "($i := ''; list[$i].r)",
    "($i := {}; list[$i])",
    "($i := 0; list.n[$i])",
    "($i := 0; list.n[$i][])",
    "($i := 0; one[$i].r)",
    "($i := 1; one[$i].r)",
    "list[$nothing]",
    "($i := 1; nothing[$i - 1])",
    "($i := 1; list.(n[$i]))",
    "($i := 0; list.n[$i + 1]^($))",
    "$map([0..3], function($i) { list[$i].r })",
    "$map([0..3], function($i) { $$.list[$i].n[$i] })",
    "($f := $count; $i := 1; [5, 6, 7][$i])",
    "($i := 1; $x := 0; list[$i][$x].r)",
    "list#$i[$i = 1].r",
    "list#$k.($k & r)",
    "list@$x.n.($x.r & $)",
    "list#$constructor.($constructor)",
    "($t := 1; list#$t[$t].r)",
    "($l := list; $i := 1; $l[$i])",
    "($l := list; $i := -2.5; $l[$i])",
    "($l := list; $i := -4; $l[$i])",
    "($l := list; $l[$l[1].n])",
    "($l := [[1, 2], 3]; $i := 0; $l[$i])",
    "($l := [[1, 2], 3]; $i := -2; $l[$i])",
    "($l := [[1, 2], 3]; $i := 0; $l[$i][])",
    "($l := [[1, 2], 3]; $i := 0; $l[$i][$i])",
    "($l := [[1]]; $i := 0; $l[$i])",
    "($l := [[]]; $i := 0; $l[$i])",
    "($l := []; $i := 0; $l[$i])",
    "($l := 5; $i := 0; $l[$i])",
    "($l := 5; $i := -2; $l[$i])",
    "($l := list; $i := 0; $l[$i]{ r: n })",
  ])("%s", agree);

  test("fail where what they compute is no finite number", () => {
    expect(errorOf("($l := list; $i := 1e300; $l[$i * $i])", input)).toMatchObject({ code: "D1001" });
  });

  test("fail only where there are items", () => {
    expect(errorOf("($i := 'x'; list[$i - 1])", input)).toMatchObject({ code: "T2001" });
    expect(run("($i := 'x'; nothing.more[$i - 1])", input)).toBeUndefined();
  });
});

describe("one result and several", () => {
  test.each([
    "list.(r = 'b' ? n)",
    "list.(r = 'b' ? n)[]",
    "[list.(r = 'b' ? n)]",
    "[list.(r = 'a' ? n)]",
    "list.(r = 'c' ? 1 : n)",
    "[list.(r = 'c' ? 1 : n)]",
    "list.(r = 'a' ? [] : n)",
    "list.(r = 'a' ? [[1]] : 'x')",
    "list.(r = 'a' ? () : r)",
    "list.[n]",
    "list.[n[0]]",
    "list[r = 'b'].[n]",
    "[list[r = 'b'].[n]]",
    "list.(n[0])",
    "list.(n[1])",
    "list.n[7]",
    "[list.(n[7])]",
    "list.([])",
    "list.(n[])",
    "list.{ 'n': n }",
    "$count(list.(r = 'b' ? n))",
    "list.(r = 'b' ? n).($ + 1)",
    "$map(list, function($l) { [$l.n.($ + 1)] })",
    "$map(list, function($l) { $l.n.[$] })",
  ])("%s", agree);
});
