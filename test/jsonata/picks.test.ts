import jsonata from "jsonata";
import { describe, expect, test } from "vitest";
import { errorOf, run } from "./_run.ts";

const input = { list: [{ r: "a", n: [1, 2] }, { r: "b", n: [3] }, { r: "c" }], one: { r: "x" }, i: 1 };

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
  ])("%s", async (source) => {
    const wanted = (await jsonata(source).evaluate(structuredClone(input))) as unknown;
    expect(JSON.stringify(run(source, input))).toBe(JSON.stringify(wanted));
  });

  test("fail only where there are items", () => {
    expect(errorOf("($i := 'x'; list[$i - 1])", input)).toMatchObject({ code: "T2001" });
    expect(run("($i := 'x'; nothing.more[$i - 1])", input)).toBeUndefined();
  });
});
