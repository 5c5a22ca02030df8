import { describe, expect, test } from "vitest";
import type { JsonObject, Loss } from "../../src/mapping/canonical.ts";
import { collectLosses } from "../../src/mapping/losses.ts";
import { property, schemaIn, write } from "./support.ts";

describe("openapi", () => {
  test.each<[string, JsonObject, JsonObject]>([
    ["null as nullable", { type: ["string", "null"] }, { type: "string", nullable: true }],
    [
      "null as a variant",
      { anyOf: [{ type: "integer" }, { type: "null" }] },
      { type: "integer", nullable: true },
    ],
    ["null as a value", { enum: ["a", null] }, { type: "string", nullable: true, enum: ["a"] }],
    [
      "several types",
      { type: ["string", "number"], minLength: 1, minimum: 2 },
      {
        anyOf: [
          { type: "string", minLength: 1 },
          { type: "number", minimum: 2 },
        ],
      },
    ],
    ["const", { const: "a" }, { type: "string", enum: ["a"] }],
    ["const that is no string", { const: 1 }, { type: "integer", description: "{const: 1}" }],
    [
      "oneOf",
      { oneOf: [{ type: "string" }, { type: "integer" }] },
      { anyOf: [{ type: "string" }, { type: "integer" }] },
    ],
    [
      "allOf",
      {
        allOf: [
          { type: "number", minimum: 1 },
          { type: "integer", minimum: 3, description: "d" },
        ],
      },
      { type: "integer", description: "d", minimum: 3 },
    ],
    [
      "exclusive bounds of integers",
      { type: "integer", exclusiveMinimum: 1, exclusiveMaximum: 5.5 },
      { type: "integer", minimum: 2, maximum: 5 },
    ],
    [
      "exclusive bounds of draft 4",
      { type: "integer", minimum: 1, exclusiveMinimum: true },
      { type: "integer", minimum: 2 },
    ],
    ["exclusive bounds of numbers", { type: "number", exclusiveMinimum: 1 }, { type: "number", minimum: 1 }],
    [
      "comments",
      { type: "string", $comment: "c", $schema: "s", $id: "i", readOnly: true, "x-order": 1 },
      { type: "string" },
    ],
    [
      "words for the rest",
      { type: "string", description: "d", format: "uri", not: { const: "" } },
      { type: "string", description: 'd\n\n{format: "uri", not: {"const":""}}' },
    ],
    [
      "a format that it knows",
      { type: "string", format: "date-time" },
      { type: "string", format: "date-time" },
    ],
    ["a format of numbers", { type: "integer", format: "int32" }, { type: "integer", format: "int32" }],
    [
      "tuples",
      { type: "array", prefixItems: [{ type: "string" }, { type: "integer" }] },
      { type: "array", items: { anyOf: [{ type: "string" }, { type: "integer" }] } },
    ],
    [
      "inferred types",
      { properties: { a: { minimum: 1 } } },
      { type: "object", properties: { a: { type: "number", minimum: 1 } } },
    ],
    [
      "constraints that are no variants",
      { type: "object", properties: { a: { type: "string" } }, anyOf: [{ required: ["a"] }] },
      { type: "object", properties: { a: { type: "string" } }, description: '{anyOf: [{"required":["a"]}]}' },
    ],
    [
      "words beside anyOf",
      { description: "d", anyOf: [{ type: "string" }, { type: "integer", description: "i" }] },
      {
        anyOf: [
          { type: "string", description: "d" },
          { type: "integer", description: "d\n\ni" },
        ],
      },
    ],
    [
      "keywords beside anyOf",
      {
        type: "object",
        properties: { k: { type: "string" } },
        anyOf: [{ properties: { a: { type: "string" } } }, { properties: { b: { type: "string" } } }],
      },
      {
        anyOf: [
          { type: "object", properties: { a: { type: "string" }, k: { type: "string" } } },
          { type: "object", properties: { b: { type: "string" }, k: { type: "string" } } },
        ],
      },
    ],
    ["anything", {}, { anyOf: [{ type: "string" }, { type: "number" }, { type: "boolean" }] }],
    [
      "items that must be said",
      { type: "array" },
      { type: "array", items: { anyOf: [{ type: "string" }, { type: "number" }, { type: "boolean" }] } },
    ],
    [
      "required names without a property",
      { type: "object", properties: { a: { type: "string" } }, required: ["a", "b"] },
      {
        type: "object",
        properties: { a: { type: "string" } },
        required: ["a"],
        description: '{required: ["b"]}',
      },
    ],
  ])("%s", (_, schema, becomes) => {
    expect(property("openapi", schema)).toEqual(becomes);
  });

  test("references stand in place, and a schema inside itself is cut", () => {
    const $defs = {
      node: {
        type: "object",
        title: "Node",
        properties: { next: { $ref: "#/$defs/node" }, tag: { $ref: "#/$defs/a~1b" } },
      },
      "a/b": { type: "string" },
    };
    expect(property("openapi", { $ref: "#/$defs/node", description: "d" }, { $defs })).toEqual({
      type: "object",
      title: "Node",
      description: "d",
      properties: { next: { type: "object", description: "(nested Node)" }, tag: { type: "string" } },
    });
  });

  test("a reference to a reference is followed", () => {
    const $defs = { a: { $ref: "#/$defs/b" }, b: { type: "string" } };
    expect(property("openapi", { $ref: "#/$defs/a" }, { $defs })).toEqual({ type: "string" });
    expect(property("openapi", { allOf: [{ $ref: "#/$defs/a" }, { $ref: "#/$defs/b" }] }, { $defs })).toEqual(
      {
        type: "string",
      },
    );
  });

  test("references that multiply end somewhere", () => {
    const $defs: JsonObject = { d0: { type: "string" } };
    for (let i = 1; i < 40; i++)
      $defs[`d${i}`] = {
        type: "object",
        properties: { a: { $ref: `#/$defs/d${i - 1}` }, b: { $ref: `#/$defs/d${i - 1}` } },
      };
    expect(property("openapi", { $ref: "#/$defs/d39" }, { $defs })).toMatchObject({ type: "object" });
  });

  test("properties named like keywords are properties", () => {
    const properties = {
      format: { type: "string" },
      type: { type: "string" },
      $ref: { type: "string" },
      properties: { type: "string" },
      enum: { type: "string" },
      anyOf: { type: "string" },
    };
    expect(write("openapi", { type: "object", properties }).schema).toEqual({ type: "object", properties });
    expect(write("json-schema", { type: "OBJECT", properties }).schema).toEqual({
      type: "object",
      properties,
    });
  });

  test("a tool without arguments has no schema", () => {
    expect(
      write("openapi", { type: "object", properties: {}, additionalProperties: false }).schema,
    ).toBeUndefined();
  });

  test("a keyword is lost once a schema, at its first place", () => {
    const schema = {
      type: "object",
      properties: { a: { type: "string", format: "uri" }, b: { type: "string", format: "uri" } },
      additionalProperties: false,
    };
    expect(write("openapi", schema).lost).toEqual([
      "schema.format properties.a.format",
      "schema.additionalProperties additionalProperties",
    ]);
    const losses: Loss[] = [];
    collectLosses(() => schemaIn("openapi", schema, "tools.f"), losses);
    expect(losses[0]).toEqual({
      code: "schema.format",
      at: "tools.f.properties.a.format",
      action: "approximate",
    });
  });
});

describe("json-schema", () => {
  test.each<[JsonObject, JsonObject]>([
    [
      { type: "OBJECT", properties: { n: { type: "INTEGER", minimum: 1 } }, maxProperties: "5" },
      { type: "object", properties: { n: { type: "integer", minimum: 1 } }, maxProperties: 5 },
    ],
    [
      { type: "STRING", nullable: true, enum: ["a"], format: "enum" },
      { type: ["string", "null"], enum: ["a", null] },
    ],
    [
      { any_of: [{ type: "STRING" }], nullable: true, property_ordering: ["x"] },
      { anyOf: [{ type: "string" }, { type: "null" }] },
    ],
    [
      { type: "ARRAY", items: { type: "NUMBER" }, min_items: "1", example: [1] },
      { type: "array", items: { type: "number" }, minItems: 1, examples: [[1]] },
    ],
    [{ type: "TYPE_UNSPECIFIED", description: "d" }, { description: "d" }],
  ])("of %j", (schema, becomes) => {
    expect(write("json-schema", schema)).toEqual({ schema: becomes, lost: [] });
  });
});
