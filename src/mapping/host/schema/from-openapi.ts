import type { Json, JsonObject } from "../../canonical.ts";
import { define } from "./merge.ts";
import { isObject } from "./writing.ts";

/** Keywords in the other spelling that senders of such schemas use. */
const spellings: Readonly<Record<string, string>> = {
  any_of: "anyOf",
  min_items: "minItems",
  max_items: "maxItems",
  min_length: "minLength",
  max_length: "maxLength",
  min_properties: "minProperties",
  max_properties: "maxProperties",
};

const counts: ReadonlySet<string> = new Set(
  Object.values(spellings).filter((keyword) => keyword !== "anyOf"),
);

/** They say something of a form that JSON Schema has no word for. */
const dropped: ReadonlySet<string> = new Set(["nullable", "propertyOrdering", "property_ordering"]);

/**
 * JSON Schema of a schema after OpenAPI 3.0: types in lower case, counts as numbers (64-bit integers travel as text),
 * `nullable` as the type null, `example` as `examples`. Properties keep their names, whatever they are called.
 */
export function fromOpenApi(schema: JsonObject): JsonObject {
  const written: JsonObject = {};
  for (const [spelling, value] of Object.entries(schema)) {
    const keyword = Object.hasOwn(spellings, spelling) ? (spellings[spelling] ?? spelling) : spelling;
    if (dropped.has(keyword)) continue;
    const [name, own] = convert(keyword, value);
    if (own !== undefined) define(written, name, own);
  }
  return schema["nullable"] === true ? allowNull(written) : written;
}

function convert(keyword: string, value: Json): [string, Json | undefined] {
  if (counts.has(keyword)) return [keyword, numberOf(value)];
  switch (keyword) {
    case "type":
      return [keyword, typeof value === "string" ? typeName(value) : value];
    case "format":
      return [keyword, value === "enum" ? undefined : value];
    case "example":
      return ["examples", [value]];
    case "properties":
    case "$defs":
      return [keyword, isObject(value) ? mapMembers(value) : value];
    case "items":
    case "additionalProperties":
      return [keyword, isObject(value) ? fromOpenApi(value) : value];
    case "anyOf":
    case "oneOf":
    case "prefixItems":
      return [
        keyword,
        Array.isArray(value) ? value.map((one) => (isObject(one) ? fromOpenApi(one) : one)) : value,
      ];
    default:
      return [keyword, value];
  }
}

function mapMembers(members: JsonObject): JsonObject {
  const written: JsonObject = {};
  for (const [name, schema] of Object.entries(members))
    define(written, name, isObject(schema) ? fromOpenApi(schema) : schema);
  return written;
}

function typeName(type: string): string | undefined {
  return /^type_unspecified$/i.test(type) ? undefined : type.toLowerCase();
}

function numberOf(value: Json): Json {
  return typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
}

function allowNull(schema: JsonObject): JsonObject {
  const { type, anyOf } = schema;
  if (typeof type !== "string")
    return Array.isArray(anyOf) ? { ...schema, anyOf: [...anyOf, { type: "null" }] } : schema;
  const nullable: JsonObject = { ...schema, type: [type, "null"] };
  const values = schema["enum"];
  if (Array.isArray(values) && !values.includes(null)) nullable["enum"] = [...values, null];
  return nullable;
}
