import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/mapping/canonical.ts";
import { dialects, write } from "./support.ts";

describe("any schema", () => {
  const names = fc.constantFrom("a", "type", "$ref", "__proto__", "items");
  const { schema } = fc.letrec<{ schema: JsonObject; whole: JsonObject }>((tie) => ({
    schema: fc.oneof({ maxDepth: 3, depthSize: "small" }, fc.constant({}), tie("whole")),
    whole: fc.record(
      {
        type: fc.oneof(
          fc.constantFrom("object", "array", "string", "number", "integer", "null", "odd"),
          fc.constant(["string", "null"]),
          fc.anything(),
        ),
        properties: fc.dictionary(names, tie("schema"), { maxKeys: 3, noNullPrototype: true }),
        required: fc.array(names, { maxLength: 2 }),
        items: fc.oneof(tie("schema"), fc.array(tie("schema"), { maxLength: 2 }), fc.boolean()),
        anyOf: fc.array(tie("schema"), { maxLength: 2 }),
        oneOf: fc.array(tie("schema"), { maxLength: 2 }),
        allOf: fc.array(tie("schema"), { maxLength: 2 }),
        $ref: fc.constantFrom("#", "#/$defs/a", "#/properties/a", "#/nowhere", "x.json", "#/%"),
        $defs: fc.dictionary(names, tie("schema"), { maxKeys: 2, noNullPrototype: true }),
        enum: fc.array(fc.constantFrom("a", 1, null, {}), { maxLength: 3 }),
        const: fc.constantFrom("a", 1, null, []),
        minimum: fc.integer(),
        exclusiveMinimum: fc.oneof(fc.integer(), fc.boolean()),
        nullable: fc.boolean(),
        additionalProperties: fc.oneof(fc.boolean(), tie("schema")),
        not: tie("schema"),
        default: fc.anything(),
      },
      { requiredKeys: [] },
    ) as fc.Arbitrary<JsonObject>,
  }));

  test.each(["openapi", "openai-strict", "anthropic-strict", "json-schema"])(
    "is written in %s or not at all, and holds only its keywords",
    (dialect) => {
      const keep = dialects[dialect]?.["keep"] as string | undefined;
      const allowed = keep && new Set(keep.split(/\s+/));
      fc.assert(
        fc.property(schema, (one) => {
          const written = write(dialect, one).schema;
          expect(Object.prototype).not.toHaveProperty("type");
          if (written !== undefined && allowed)
            expect(strangeKeywords(written as JsonObject, allowed)).toEqual([]);
        }),
        { numRuns: 400 },
      );
    },
  );
});

function strangeKeywords(schema: JsonObject, allowed: ReadonlySet<string>): string[] {
  const { properties = {}, $defs = {}, items, anyOf = [] } = schema as Record<string, object>;
  const inner = [
    ...Object.values(properties),
    ...Object.values($defs),
    ...(items ? [items] : []),
    ...(anyOf as object[]),
  ];
  const own = Object.keys(schema).filter((keyword) => !allowed.has(keyword));
  return [...own, ...inner.flatMap((one) => strangeKeywords(one as JsonObject, allowed))];
}
