import { transformJSONSchema } from "@anthropic-ai/sdk/lib/transform-json-schema";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/mapping/canonical.ts";
import { property, write } from "./support.ts";

describe("openai-strict", () => {
  test("closes objects and makes optional properties nullable", () => {
    const properties = {
      a: { type: "string" },
      b: { type: "integer" },
      c: { enum: ["x"] },
      d: { $ref: "#/$defs/d" },
      e: { anyOf: [{ type: "string" }, { type: "integer" }] },
    };
    const { schema, lost } = write("openai-strict", {
      type: "object",
      properties,
      required: ["a"],
      $defs: { d: { type: "object", properties: {} } },
    });
    expect(schema).toEqual({
      type: "object",
      properties: {
        a: { type: "string" },
        b: { type: ["integer", "null"] },
        c: { type: ["string", "null"], enum: ["x", null] },
        d: { anyOf: [{ $ref: "#/$defs/d" }, { type: "null" }] },
        e: { anyOf: [{ type: "string" }, { type: "integer" }, { type: "null" }] },
      },
      required: ["a", "b", "c", "d", "e"],
      additionalProperties: false,
      $defs: { d: { type: "object", properties: {}, required: [], additionalProperties: false } },
    });
    expect(lost).toEqual(["schema.required required"]);
  });

  test.each<[string, JsonObject]>([
    ["a map", { type: "object", additionalProperties: { type: "string" } }],
    ["a free object", { type: "object" }],
    ["anything", { description: "whatever" }],
    ["names by pattern", { type: "object", patternProperties: { "^x": {} } }],
    ["a reference out of the document", { $ref: "https://example.com/x.json" }],
    [
      "too deep",
      Array.from({ length: 12 }).reduce<JsonObject>((inner) => ({ type: "array", items: inner }), {
        type: "string",
      }),
    ],
  ])("cannot say %s", (_, schema) => {
    expect(property("openai-strict", schema)).toBeUndefined();
  });

  test("cannot say a root that is no object", () => {
    expect(write("openai-strict", { type: "string" }).schema).toBeUndefined();
    expect(
      write("openai-strict", { anyOf: [{ type: "object", properties: {} }, { type: "string" }] }).schema,
    ).toBeUndefined();
  });

  test("keeps a schema that refers to itself", () => {
    const $defs: JsonObject = {
      n: {
        type: "object",
        properties: { n: { anyOf: [{ $ref: "#/$defs/n" }, { type: "null" }] } },
        required: ["n"],
      },
    };
    expect(property("openai-strict", { $ref: "#/$defs/n" }, { $defs })).toEqual({ $ref: "#/$defs/n" });
  });

  test("leaves alone what is strict already", () => {
    const strict = {
      type: "object",
      properties: { a: { type: "string", description: "d" } },
      required: ["a"],
      additionalProperties: false,
    };
    expect(write("openai-strict", strict)).toEqual({ schema: strict, lost: [] });
  });
});

describe("anthropic-strict", () => {
  test.each<[string, JsonObject]>([
    ["plain", { type: "object", properties: { a: { type: "string", description: "d" } }, required: ["a"] }],
    [
      "limits in words",
      {
        type: "object",
        properties: {
          a: { type: "integer", minimum: 1, maximum: 5 },
          b: { type: "string", maxLength: 3, description: "d" },
        },
      },
    ],
    [
      "formats",
      {
        type: "object",
        properties: { a: { type: "string", format: "email" }, b: { type: "string", format: "regex" } },
      },
    ],
    [
      "lists",
      {
        type: "object",
        properties: {
          a: { type: "array", items: { type: "string" }, minItems: 1, maxItems: 3 },
          b: { type: "array", items: { type: "string" }, minItems: 2 },
        },
      },
    ],
    [
      "literals",
      { type: "object", properties: { a: { type: "string", enum: ["x", "y"] }, b: { const: 1 } } },
    ],
    [
      "variants",
      {
        type: "object",
        properties: { a: { oneOf: [{ type: "string" }, { type: "null" }, { type: "integer" }] } },
      },
    ],
    [
      "references",
      {
        type: "object",
        properties: { a: { $ref: "#/$defs/a" } },
        $defs: { a: { type: "object", properties: {} } },
      },
    ],
    ["defaults in words", { type: "object", properties: { a: { type: "integer", default: 3 } } }],
  ])("says %s as the SDK does", (_, schema) => {
    const sdk = transformJSONSchema(
      structuredClone(schema) as Parameters<typeof transformJSONSchema>[0],
    ) as JsonObject;
    expect(sorted(write("anthropic-strict", schema).schema)).toEqual(sorted(sdk));
  });

  test("cannot say a schema that refers to itself", () => {
    const $defs = { n: { type: "object", properties: { n: { $ref: "#/$defs/n" } } } };
    expect(property("anthropic-strict", { $ref: "#/$defs/n" }, { $defs })).toBeUndefined();
  });
});

/** Null stands last among variants, wherever it stood. */
function sorted(schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    key === "anyOf"
      ? (value as object[]).toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))
      : value,
  );
}
