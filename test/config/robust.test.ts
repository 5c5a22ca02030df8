import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readSchema } from "../../src/bridge/schemas.ts";
import { reportOn } from "../support/project.ts";

/** Every name that stands under `properties` somewhere in a schema. */
function keysOf(node: unknown): string[] {
  if (typeof node !== "object" || node === null) return [];
  const own = (node as { properties?: object }).properties;
  return [...Object.keys(own ?? {}), ...Object.values(node).flatMap(keysOf)];
}

/** Values that have the right keys in wrong places, and wrong values in right ones. */
function scrambled(schema: string): fc.Arbitrary<string> {
  const key = fc.constantFrom(...new Set(keysOf(readSchema(schema))), "x", "a/b", "*", "__proto__");
  const leaf = fc.constantFrom(
    null,
    true,
    3,
    -1.5,
    "",
    "x",
    "a/b",
    "=$",
    "30s",
    "/v1",
    "${X}",
    "${",
    "${X:-y}",
    "http://h",
    "=$exsts(",
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5, depthSize: "medium" },
      leaf,
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(key, tie("value"), { maxKeys: 5, noNullPrototype: true }),
    ),
  }));
  return fc
    .dictionary(key, value, { minKeys: 1, maxKeys: 6, noNullPrototype: true })
    .map((one) => JSON.stringify(one, null, 2));
}

describe("whatever stands in a file, there is a report and no crash", () => {
  test.each([
    ["config.schema.json", "llmbridge.yaml"],
    ["mapping.schema.json", "my-mappings/acme/mapping.yaml"],
    ["stream-decode.schema.json", "my-mappings/acme/stream.decode.yaml"],
    ["stream-encode.schema.json", "my-mappings/acme/stream.encode.yaml"],
  ])("%s", (schema, file) => {
    fc.assert(
      fc.property(scrambled(schema), (text) => {
        for (const line of reportOn({ [file]: text }).match(/^\S+:\d+:\d+ /gm) ?? [])
          expect(line).toMatch(/:[1-9]\d*:[1-9]\d* $/);
      }),
      { numRuns: 150 },
    );
  });
});

test("folders that extend each other are told, each once", () => {
  const report = reportOn({
    "my-mappings/a/mapping.yaml": "extends: b",
    "my-mappings/b/mapping.yaml": "extends: c",
    "my-mappings/c/mapping.yaml": "extends: a",
    "my-mappings/d/mapping.yaml": "extends: a",
  });
  expect(report.match(/LB\d+ .*/g)).toEqual([
    'LB107  "a" extends itself through "b", "c"',
    'LB107  "b" extends itself through "c", "a"',
    'LB107  "c" extends itself through "a", "b"',
  ]);
});
