import { describe, expect, test } from "vitest";
import type { Place } from "../../src/diagnostics/diagnostic.ts";
import { parseJson } from "../../src/text/json.ts";
import { parseYaml } from "../../src/text/yaml.ts";
import type { Path } from "../../src/text/yaml.ts";

const shown = ({ text = "", column, length }: Place): string => text.slice(column - 1, column - 1 + length);

const sample = String.raw`
plain: when $exsts(delta) # comment
single: 'it''s $here'
double: "tab\t \u00e9 \"$here\" \U0001F600 $after"
folded plain: one
  two

  $three four
'folded single': 'one
   two $three'
folded double: "one \
   two
   $three"
literal: |
  first

    indented $here
  last $there
folded: >-

  first
  second $here

  third
    more $indented
  fourth
list: [a, {b: $here}]
base: &base { url: $here }
merged: { <<: *base, own: 1 }
alias: *base
tagged: !!str $here
deep:
  - - x: y
      z: $here
`;

describe("placeIn", () => {
  const yaml = parseYaml(sample, "sample.yaml");
  const at = (path: Path): string =>
    path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], yaml.value) as string;

  test.each<[Path, string]>([
    [["plain"], "$exsts"],
    [["single"], "$here"],
    [["double"], "$here"],
    [["double"], "$after"],
    [["folded plain"], "$three"],
    [["folded single"], "$three"],
    [["folded double"], "$three"],
    [["literal"], "$here"],
    [["literal"], "$there"],
    [["folded"], "$here"],
    [["folded"], "third"],
    [["folded"], "$indented"],
    [["folded"], "fourth"],
    [["list", 1, "b"], "$here"],
    [["base", "url"], "$here"],
    [["merged", "url"], "$here"],
    [["alias", "url"], "$here"],
    [["tagged"], "$here"],
    [["deep", 0, 0, "z"], "$here"],
  ])("%j: %s", (path, word) => {
    const offset = at(path).indexOf(word);
    expect(offset).toBeGreaterThanOrEqual(0);
    expect(shown(yaml.placeIn(path, offset, word.length))).toBe(word);
  });

  test("finds the file's own text with CRLF", () => {
    const crlf = parseYaml(sample.replaceAll("\n", "\r\n"), "sample.yaml");
    expect(crlf.value).toEqual(yaml.value);
    for (const name of ["literal", "folded", "folded plain", "folded double"]) {
      const value = at([name]);
      const offset = value.lastIndexOf("$");
      expect(shown(crlf.placeIn([name], offset, 3))).toBe(value.slice(offset, offset + 3));
    }
  });

  test("gives the end of the text, and the whole value past it", () => {
    expect(shown(yaml.placeIn(["single"], 10, 1))).toBe("'");
    expect(shown(yaml.placeIn(["single"], 99, 1))).toBe("'it''s $here'");
    expect(yaml.placeIn(["list"], 0, 1)).toEqual(yaml.place(["list"]));
  });

  test("falls back to the node where an indentation indicator says otherwise", () => {
    const odd = parseYaml("a: |1\n   x $here\n", "odd.yaml");
    expect(odd.placeIn(["a"], 4, 5).line).toBe(1);
  });
});

describe("place", () => {
  const yaml = parseYaml("a:\n  b: [1, {c: x}]\n  d:\n  404: y\n'e f': { g: }\n", "f.yaml");

  test.each<[Path, "key" | "value", string, number]>([
    [["a", "b"], "value", "[1, {c: x}]", 2],
    [["a", "b"], "key", "b", 2],
    [["a", "b", 0], "value", "1", 2],
    [["a", "b", 1, "c"], "key", "c", 2],
    [["a", "b", "1", "c"], "value", "x", 2],
    [["a", "d"], "value", "d", 3],
    [["a", "404"], "value", "y", 4],
    [["a", 404], "key", "404", 4],
    [["a"], "value", "a", 1],
    [[], "value", "a", 1],
    [["a", "nope", "deeper"], "value", "a", 1],
    [["e f", "g"], "value", "g", 5],
    [["e f"], "key", "'e f'", 5],
  ])("%j %s", (path, what, text, line) => {
    const place = yaml.place(path, what);
    expect([shown(place), place.line]).toEqual([text, line]);
  });

  test("an empty file has a place too", () => {
    const empty = parseYaml("", "f.yaml");
    expect(empty.place(["a"])).toEqual({ file: "f.yaml", line: 1, column: 1, length: 1, text: "" });
    expect(empty.value).toBeNull();
  });
});

describe("parseYaml", () => {
  test("is YAML 1.2: on, yes and 0o are what they look like", () => {
    expect(parseYaml("{ on: yes, off: no, d: 2023-06-01, n: ~ }", "f").value).toEqual({
      on: "yes",
      off: "no",
      d: "2023-06-01",
      n: null,
    });
  });

  test("keeps the value where only a key stands twice", () => {
    const { value, diagnostics } = parseYaml("a: 1\na: 2\n", "f");
    expect(value).toEqual({ a: 2 });
    expect(diagnostics).toMatchObject([
      { code: "LB103", message: "the key a stands twice", place: { line: 2, column: 1 } },
    ]);
  });

  test("refuses aliases that multiply without end", () => {
    const bomb = [
      "a: &a [x,x,x,x,x,x,x,x,x]",
      ..."bcdefghi"
        .split("")
        .map((name, i) => `${name}: &${name} [${Array(9).fill(`*${"abcdefgh"[i]}`).join(",")}]`),
    ];
    const { value, diagnostics } = parseYaml(bomb.join("\n"), "f");
    expect(value).toBeUndefined();
    expect(diagnostics).toMatchObject([{ code: "LB103" }]);
  });
});

describe("parseJson", () => {
  test("gives the value and its places", () => {
    const json = parseJson('{\n  "a": [1, "x $here"]\n}', "f.json");
    expect(json.value).toEqual({ a: [1, "x $here"] });
    expect(shown(json.placeIn(["a", 1], 2, 5))).toBe("$here");
  });

  test.each([
    ['{"a":1,}', 8, "a comma stands before the end"],
    ['{"a":1 "b":2}', 8, "a comma is missing"],
    ['{"a" 1}', 6, "a colon is expected here"],
    ['{"a":}', 6, "a value is expected here"],
    ["{1:2}", 2, "a key is expected here"],
    ["[1,2}", 5, "} closes nothing"],
    ["[1", 2, "the file ends too early"],
    ["", 1, "the file ends too early"],
    ["1 1", 3, "something stands after the end"],
    ["{'a':1}", 2, "a text stands in single quotes"],
    ['["a\nb"]', 2, "the text is not closed, or holds a bad escape or a raw line break"],
    ["[1, // one\n2]", 5, "JSON has no comments"],
    ["[nul]", 2, '"n" is not JSON'],
    ["[01]", 2, '"0" is not JSON'],
  ])("says where %s is wrong", (text, column, message) => {
    expect(parseJson(text, "f.json").diagnostics).toMatchObject([
      { code: "LB104", message, place: { column } },
    ]);
  });
});
