import type { Json, JsonObject } from "../../canonical.ts";
import { orNull } from "./keywords.ts";
import { describe } from "./leftovers.ts";
import { mergeSchemas } from "./merge.ts";
import { rewrite } from "./rewrite.ts";
import { isObject, join, lose } from "./writing.ts";
import type { Writing } from "./writing.ts";

const structural = ["$ref", "type", "properties", "items", "enum", "const", "anyOf", "oneOf", "allOf"];

/** Whether a schema is one of several. `anyOf: [{required: [a]}, …]` only constrains one schema, and is words. */
export function isUnion(schema: JsonObject): boolean {
  return variantsOf(schema).some(
    (one) => isObject(one) && structural.some((keyword) => one[keyword] !== undefined),
  );
}

function variantsOf(schema: JsonObject): Json[] {
  const variants = schema["anyOf"] ?? schema["oneOf"];
  return Array.isArray(variants) ? variants : [];
}

/** Keywords that stand beside `anyOf` and mean every variant. */
function sharedWith(schema: JsonObject): { shared: JsonObject; beside: Map<string, Json> } {
  const shared: JsonObject = {};
  const beside = new Map<string, Json>();
  for (const [keyword, value] of Object.entries(schema)) {
    if (["anyOf", "oneOf", "title", "description", "nullable"].includes(keyword)) continue;
    if (informing.has(keyword) || keyword.startsWith("$") || keyword === "definitions")
      beside.set(keyword, value);
    else shared[keyword] = value;
  }
  return { shared, beside };
}

const informing: ReadonlySet<string> = new Set([
  "default",
  "example",
  "examples",
  "deprecated",
  "readOnly",
  "writeOnly",
]);

export function writeUnion(schema: JsonObject, at: string, writing: Writing): JsonObject {
  const { dialect } = writing;
  if (schema["oneOf"] !== undefined) lose(writing, "oneOf", at);
  const { shared, beside } = sharedWith(schema);
  const all = variantsOf(schema).filter(isObject);
  const others = all.filter((variant) => variant["type"] !== "null");
  const isNullable = schema["nullable"] === true || others.length < all.length;
  const own = others.map((variant) => mergeSchemas(variant, shared, { writing, keyword: "anyOf", at }));
  const about: JsonObject = {
    ...(schema["title"] !== undefined && { title: schema["title"] }),
    ...(schema["description"] !== undefined && { description: schema["description"] }),
  };
  const described = describe(about, beside, at, writing);
  if (own.length === 1) return single(own[0] as JsonObject, { about: described, isNullable }, at, writing);
  const isAlone = dialect.anyOfAlone === true;
  const variants = own.map((variant, i) => {
    const told = isAlone ? describedBy(variant, described) : variant;
    const nullable = isNullable && dialect.nulls === "nullable" ? { ...told, nullable: true } : told;
    return rewrite(nullable, join(at, "anyOf", i), writing);
  });
  if (isNullable && dialect.nulls === "type") variants.push({ type: "null" });
  return isAlone ? { anyOf: variants } : { ...described, anyOf: variants };
}

interface Around {
  /** Title and description of the union. */
  about: JsonObject;
  isNullable: boolean;
}

/** One variant, perhaps beside null, needs no union. */
function single(
  variant: JsonObject,
  { about, isNullable }: Around,
  at: string,
  writing: Writing,
): JsonObject {
  if (writing.dialect.nulls === "nullable") {
    return rewrite({ ...describedBy(variant, about), ...(isNullable && { nullable: true }) }, at, writing);
  }
  if (typeof variant["$ref"] !== "string") {
    const written = rewrite(describedBy(variant, about), at, writing);
    return isNullable ? orNull(written) : written;
  }
  const written = rewrite(variant, at, writing);
  return isNullable ? { ...about, anyOf: [written, { type: "null" }] } : { ...about, ...written };
}

/** The words about the union go where they are read: to its variants. */
function describedBy(variant: JsonObject, about: JsonObject): JsonObject {
  const words = [about["description"], variant["description"]].filter(
    (text) => typeof text === "string" && text !== "",
  );
  return {
    ...(about["title"] !== undefined && { title: about["title"] }),
    ...variant,
    ...(words.length > 0 && { description: [...new Set(words)].join("\n\n") }),
  };
}
