/** One wide character in a source must not make the names in it wide, and with them all JSON that they are keys of. */
import { expect, test } from "vitest";
import { parseSource } from "../../src/jsonata/reference.ts";
import { bytesPerCharacter } from "../support/wide.ts";
import { run } from "./_run.ts";

/** All texts of a tree that would fit into one byte a character, and do not. */
function needlesslyWide(tree: object, seen: Set<object> = new Set<object>()): string[] {
  seen.add(tree);
  return Object.values(tree).flatMap((value: unknown) => {
    if (typeof value === "string")
      return bytesPerCharacter(value) === 2 && /^[\0-\xff]*$/.test(value) ? [value] : [];
    return typeof value === "object" && value !== null && !seen.has(value) ? needlesslyWide(value, seen) : [];
  });
}

test.each([
  ["a comment", "/* a → b */"],
  ["a literal", '$arrow := "→";'],
])("a wide character in %s leaves names narrow", (_, wide) => {
  const source = [
    "(",
    wide,
    '{ "name_of_a_key": a_long_inner_name.a_long_inner_name^(>another_long_name) }',
    ")",
  ].join("\n");
  expect(bytesPerCharacter(source)).toBe(2);
  expect(needlesslyWide(parseSource(source))).toEqual([]);
});

test("a source that is a piece of a wide text is none", () => {
  const source = ["→", '{ "name_of_a_key": name_of_a_member }'].join("").slice(1);
  expect(bytesPerCharacter(source)).toBe(2);
  expect(needlesslyWide(parseSource(source))).toEqual([]);
});

test("what has to be wide stays as it is", () => {
  const result = run(`{ "→ \\u2028 😀 \\ud800": "é → \\u2028 😀 \\udc00 \\u007f" & \`ключ\` }`, {
    ключ: "ё",
  });
  expect(result).toEqual({ "→ \u2028 😀 \ud800": "é → \u2028 😀 \udc00 \u007fё" });
});
