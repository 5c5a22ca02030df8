import type { Json, JsonObject } from "../../canonical.ts";
import { words } from "./words.ts";

/** Keywords that say something of one type only. */
const keywordsOf: Readonly<Record<string, readonly string[]>> = {
  object:
    words(`properties required additionalProperties patternProperties propertyNames propertyOrdering minProperties
    maxProperties unevaluatedProperties dependentRequired dependentSchemas`),
  array: words("items prefixItems additionalItems contains minItems maxItems uniqueItems unevaluatedItems"),
  string: words("minLength maxLength pattern format contentMediaType contentEncoding"),
  number: words("minimum maximum exclusiveMinimum exclusiveMaximum multipleOf"),
};

/** The types that a schema allows, said or to be seen from its other keywords; none if it allows any. */
export function typesOf(schema: JsonObject): string[] {
  const said = schema["type"];
  const types = (Array.isArray(said) ? said : [said]).filter((type) => typeof type === "string");
  const known = types.length > 0 ? types : inferred(schema);
  return schema["nullable"] === true && known.length > 0 && !known.includes("null")
    ? [...known, "null"]
    : known;
}

function inferred(schema: JsonObject): string[] {
  if (Array.isArray(schema["enum"])) return [...new Set(schema["enum"].map(typeOf))];
  if (schema["const"] !== undefined) return [typeOf(schema["const"])];
  for (const [type, keywords] of Object.entries(keywordsOf)) {
    if (keywords.some((keyword) => schema[keyword] !== undefined)) return [type];
  }
  return [];
}

function typeOf(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value === "number" && Number.isInteger(value) ? "integer" : typeof value;
}

/** The schema for one of its types: without the keywords of the others. */
export function ofType(schema: JsonObject, type: string): JsonObject {
  const own = type === "integer" ? "number" : type;
  // `format` says something of numbers too.
  const mine = [...(keywordsOf[own] ?? []), ...(own === "number" ? ["format"] : [])];
  const strange = Object.values(keywordsOf).flatMap((keywords) =>
    keywords.filter((one) => !mine.includes(one)),
  );
  const kept = Object.entries(schema).filter(([keyword]) => !strange.includes(keyword));
  return { ...Object.fromEntries(kept), type, ...enumOf(schema, own) };
}

function enumOf(schema: JsonObject, type: string): JsonObject {
  if (!Array.isArray(schema["enum"])) return {};
  const values = schema["enum"].filter(
    (value) => (typeof value === "number" ? "number" : typeOf(value)) === type,
  );
  return { enum: values };
}
