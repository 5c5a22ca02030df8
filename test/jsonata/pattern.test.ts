import { describe, expect, test } from "vitest";
import { costOf, mayTakeLong } from "../../src/jsonata/runtime/pattern.ts";

describe("what a regular expression may cost", () => {
  test.each([
    [/^x-header:/, { loops: 0, choices: 1, isWild: false }],
    [/header:/, { loops: 1, choices: 1, isWild: false }],
    [/^[!-~]{1,64}$/, { loops: 0, choices: 64, isWild: false }],
    [/^\s*</, { loops: 1, choices: 1, isWild: false }],
    [/^\s*</m, { loops: 2, choices: 1, isWild: false }],
    [/a+b/, { loops: 2, choices: 1, isWild: false }],
    [/a*?a{2,}/, { loops: 3, choices: 1, isWild: false }],
    [/[*+?{2,}(|)\]]x/, { loops: 1, choices: 1, isWild: false }],
    [/\(a\*\|/, { loops: 1, choices: 1, isWild: false }],
    [/^(a|b|c)(d|e)?/, { loops: 0, choices: 12, isWild: false }],
    [/^a|b/, { loops: 1, choices: 2, isWild: false }],
    [/^(?:ab){3}/, { loops: 0, choices: 1, isWild: false }],
    [/^(?:ab)+/, { loops: 1, choices: 1, isWild: false }],
    [/^(?<n>a)\k<n>/, { loops: 1, choices: 1, isWild: false }],
    [/^(a+)+$/, { loops: 2, choices: 1, isWild: true }],
    [/^((a?))+$/, { loops: 1, choices: 2, isWild: true }],
    [/^(a|aa)*$/, { loops: 1, choices: 2, isWild: true }],
    [/^(a?){30}$/, { loops: 0, choices: 2, isWild: true }],
    [/^(?=(a*)*)/, { loops: 2, choices: 1, isWild: true }],
  ])("%s", (regex, cost) => {
    expect(costOf(regex)).toEqual(cost);
  });

  test("short texts and simple patterns are not watched", () => {
    expect(mayTakeLong(costOf(/^x-header:/), 1e8)).toBe(false);
    expect(mayTakeLong(costOf(/a+b/), 1000)).toBe(false);
    expect(mayTakeLong(costOf(/a+b/), 10_000)).toBe(true);
    expect(mayTakeLong(costOf(/(a+)+b/), 30)).toBe(true);
  });
});
