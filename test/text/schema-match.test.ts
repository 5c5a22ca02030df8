import { globSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readSchema } from "../../src/bridge/schemas.ts";
import { compileMatcher } from "../../src/text/schema-match.ts";
import { parseYaml } from "../../src/text/yaml.ts";

const options = { strict: false, validateFormats: false } as const;

/** What ajv says, and what the matcher says. */
function both(schema: object, values: readonly unknown[]): [boolean, boolean | undefined][] {
  const validate = new Ajv2020(options).compile(schema);
  const matches = compileMatcher(schema);
  return values.map((value) => [validate(value), matches?.(value)]);
}

const scalars = [null, true, false, 0, 1, 1.5, -3, "", "a", "user", "\u{1f600}", [], {}];

describe("the matcher", () => {
  test.each([
    { type: "string" },
    { type: ["integer", "null"] },
    { type: "number", minimum: 1, maximum: 1.5 },
    { enum: ["a", 1, null] },
    { const: false },
    { minLength: 1 },
    { minLength: 2 },
    { pattern: "^us" },
    { type: "array", minItems: 1 },
    { type: "object", minProperties: 1 },
    { not: { type: "string" } },
    JSON.parse(
      '{ "if": { "type": "string" }, "then": { "const": "a" }, "else": { "type": "null" } }',
    ) as object,
    { anyOf: [{ type: "string" }, { type: "array" }] },
    { allOf: [{ type: "string" }, { minLength: 1 }] },
    true,
  ])("says what ajv says of scalars: %j", (schema) => {
    for (const [ajv, own] of both({ allOf: [schema] }, scalars)) expect(own).toBe(ajv);
  });

  test("says what ajv says of objects and lists", () => {
    const schema = {
      type: "object",
      required: ["a"],
      properties: { a: { $ref: "#/$defs/list" }, b: { $ref: "#" } },
      additionalProperties: { type: "string" },
      propertyNames: { pattern: "^[abc]$" },
      $defs: { list: { type: "array", items: { anyOf: [{ type: "integer" }, { $ref: "#/$defs/list" }] } } },
    };
    const values = [
      {},
      { a: [] },
      { a: [1, [2]] },
      { a: ["x"] },
      { a: [], b: { a: [] } },
      { a: [], b: {} },
      { a: [], c: "x" },
      { a: [], c: 1 },
      { a: [], d: "x" },
      { a: undefined },
    ];
    for (const [ajv, own] of both(schema, values)) expect(own).toBe(ajv);
  });

  test("does not guess at what it does not know", () => {
    const unknown = [
      { type: "txet" },
      { uniqueItems: true },
      { required: "a" },
      { const: {} },
      { properties: { constructor: true } },
      { $ref: "other.json" },
      { $ref: "#/lost" },
      { $id: "a", allOf: [{ $id: "b" }] },
    ];
    for (const schema of unknown) expect(compileMatcher(schema)).toBeUndefined();
    const loose = { properties: { a: true }, unevaluatedProperties: false };
    expect(compileMatcher(loose)?.({ a: 1 })).toBe(true);
    expect(compileMatcher({ not: loose })).toBeUndefined();
  });

  const bodies = globSync("mappings/*/request.schema.json").map(
    (file) => [file, JSON.parse(readFileSync(file, "utf8")) as object] as const,
  );
  const own = ["config", "mapping", "stream-decode", "stream-encode"].map(
    (name) => [name, readSchema(`${name}.schema.json`)] as const,
  );

  test.each([...bodies, ...own])("knows every keyword of %s", (_name, schema) => {
    expect(compileMatcher(schema)).toBeDefined();
  });

  test.each(bodies)("agrees with ajv on the cases, whole and broken: %s", (file, schema) => {
    const cases = globSync(file.replace("request.schema.json", "cases/*/request.json")).map(
      (path) => JSON.parse(readFileSync(path, "utf8")) as unknown,
    );
    const validate = new Ajv2020(options).compile(schema);
    const matches = compileMatcher(schema)!;
    for (const body of cases) expect(matches(body)).toBe(validate(body));
    const broken = fc
      .tuple(fc.constantFrom(...cases), fc.nat(), fc.constantFrom(...scalars))
      .map(([body, n, value]) => replaceAt(structuredClone(body), n, value));
    fc.assert(
      fc.property(broken, (body) => matches(body) === validate(body)),
      { seed: 7, numRuns: 300 },
    );
  });

  test("finds nothing wrong with the tables and mappings that are shipped", () => {
    for (const [name, schema] of own.slice(1)) {
      const matches = compileMatcher(schema)!;
      const pattern =
        name === "mapping" ? "mappings/*/mapping.yaml" : `mappings/*/${name.replace("-", ".")}.yaml`;
      for (const file of globSync(pattern))
        expect([file, matches(parseYaml(readFileSync(file, "utf8"), file).value)]).toEqual([file, true]);
    }
  });
});

/** Puts a value in the place of the n-th one. */
function replaceAt(root: unknown, n: number, value: unknown): unknown {
  const places: [Record<string, unknown>, string][] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    for (const key of Object.keys(node)) {
      places.push([node as Record<string, unknown>, key]);
      visit((node as Record<string, unknown>)[key]);
    }
  };
  visit(root);
  const [owner, key] = places[n % Math.max(1, places.length)] ?? [];
  if (owner && key !== undefined) owner[key] = value;
  return root;
}
