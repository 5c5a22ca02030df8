import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { readSchema } from "../../src/bridge/schemas.ts";

const names = ["config", "mapping", "stream-decode", "stream-encode"];
type Schema = {
  properties?: Record<string, Schema>;
  additionalProperties?: unknown;
  unevaluatedProperties?: unknown;
  description?: string;
  $ref?: string;
  [key: string]: unknown;
};

/** Every schema inside a schema, with its path. */
function* schemasIn(node: unknown, path = "#"): Generator<[string, Schema]> {
  if (typeof node !== "object" || node === null) return;
  if (!Array.isArray(node)) yield [path, node as Schema];
  for (const [key, value] of Object.entries(node)) yield* schemasIn(value, `${path}/${key}`);
}

describe.each(names)("%s.schema.json", (name) => {
  const file = `${name}.schema.json`;
  const written = JSON.parse(
    readFileSync(resolve(import.meta.dirname, "../../schemas", file), "utf8"),
  ) as Schema;

  test("is a JSON Schema, strict", () => {
    expect(() =>
      new Ajv2020({ strict: true, allowUnionTypes: true }).compile(readSchema(file)),
    ).not.toThrow();
  });

  test("describes every property, because editors show it", () => {
    const silent = [...schemasIn(readSchema(file))].flatMap(([path, { properties }]) =>
      Object.entries(properties ?? {})
        .filter(([, one]) => !one.description)
        .map(([key]) => `${path}/${key}`),
    );
    expect(silent).toEqual([]);
  });

  test("knows the keys of every map: an unknown one is a mistake", () => {
    const open = [...schemasIn(written)].filter(([path, one]) => {
      return (
        one.properties &&
        !path.endsWith("/lookup") &&
        one.additionalProperties !== false &&
        one.unevaluatedProperties !== false
      );
    });
    expect(open.map(([path]) => path)).toEqual([]);
  });
});
