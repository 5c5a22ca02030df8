import { describe, expect, test } from "vitest";
import { nearest, didYouMean } from "../../src/text/nearest.ts";
import { placeAt } from "../../src/text/place.ts";
import { parseDuration, parseSize } from "../../src/text/units.ts";

describe("placeAt", () => {
  test.each([
    [0, 1, { line: 1, column: 1, length: 1, text: "one" }],
    [2, 9, { line: 1, column: 3, length: 1, text: "one" }],
    [3, 1, { line: 1, column: 4, length: 1, text: "one" }],
    [5, 3, { line: 2, column: 1, length: 3, text: "two" }],
    [10, 1, { line: 3, column: 1, length: 1, text: "" }],
    [11, 5, { line: 4, column: 1, length: 4, text: "four" }],
    [99, 1, { line: 4, column: 5, length: 1, text: "four" }],
  ])("offset %d, length %d", (offset, length, place) => {
    expect(placeAt("one\r\ntwo\r\n\nfour", "f", offset, length)).toEqual({ file: "f", ...place });
  });

  test("an empty file has a first line", () => {
    expect(placeAt("", "f", 0)).toEqual({ file: "f", line: 1, column: 1, length: 1, text: "" });
  });
});

describe("nearest", () => {
  test.each([
    ["opnai", "openai"],
    ["OpenAI", "openai"],
    ["antrhopic", "anthropic"],
    ["gemni", "gemini"],
    ["zzz", undefined],
    ["", undefined],
  ])("%s → %s", (word, expected) => {
    expect(nearest(word, ["openai", "anthropic", "gemini"])).toBe(expected);
  });

  test("prefers the fewest mistakes", () => {
    expect(nearest("stop_paths", ["stop_path", "stop_patch"])).toBe("stop_path");
  });

  test("lists what there is where nothing is near", () => {
    expect(didYouMean("gemni", ["gemini"])).toBe('did you mean "gemini"?');
    expect(didYouMean("zzz", ["a", "b"])).toBe("one of a, b");
    expect(didYouMean("zzz", ["a", "b", "c"], 2)).toBe("one of a, b and 1 more");
    expect(didYouMean("zzz", [])).toBeUndefined();
  });
});

describe("units", () => {
  test.each([
    ["500ms", 500],
    ["30s", 30_000],
    ["1.5m", 90_000],
    ["2h", 7_200_000],
    ["0s", 0],
    ["30", undefined],
    ["30 s", undefined],
    ["-1s", undefined],
    ["1d", undefined],
    ["", undefined],
  ])("duration %s", (text, expected) => expect(parseDuration(text)).toBe(expected));

  test.each([
    ["1b", 1],
    ["32mb", 33_554_432],
    ["0.5kb", 512],
    ["32MB", undefined],
    ["32", undefined],
  ])("size %s", (text, expected) => expect(parseSize(text)).toBe(expected));
});
