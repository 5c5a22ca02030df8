import type { Json, JsonObject } from "../../canonical.ts";
import { define } from "./merge.ts";
import { rewrite } from "./rewrite.ts";
import { isObject, isPrimitive, join, lose } from "./writing.ts";
import type { Writing } from "./writing.ts";

type Leftovers = Map<string, Json>;

export function writeObject(
  schema: JsonObject,
  at: string,
  writing: Writing,
  leftovers: Leftovers,
): JsonObject {
  const { dialect } = writing;
  const properties = isObject(schema["properties"]) ? schema["properties"] : undefined;
  refuseMap(schema, properties, writing);
  const written: JsonObject = {};
  if (properties || dialect.closed)
    written["properties"] = writeProperties(properties ?? {}, schema, at, writing);
  const names = Object.keys(properties ?? {});
  const required = dialect.allRequired ? names : ownRequired(schema, names, leftovers);
  if (required.length > 0 || (dialect.allRequired && properties)) written["required"] = required;
  if (dialect.closed) written["additionalProperties"] = false;
  const extra = schema["additionalProperties"];
  const isLost = extra !== undefined && extra !== false && dialect.closed;
  if (isLost) lose(writing, "additionalProperties", at);
  if (isLost && isObject(extra) && Object.keys(extra).length > 0)
    leftovers.set("additionalProperties", extra);
  return written;
}

/** An object that holds keys of the model's choosing is a map, which closed objects cannot be. */
function refuseMap(schema: JsonObject, properties: JsonObject | undefined, writing: Writing): void {
  if (writing.dialect.maps !== "refuse") return;
  const extra = schema["additionalProperties"];
  const isMap = schema["patternProperties"] !== undefined || (extra !== undefined && extra !== false);
  const isFree = !properties && extra !== false && writing.depth > 0;
  if (isMap || isFree) writing.refused = true;
}

function writeProperties(
  properties: JsonObject,
  schema: JsonObject,
  at: string,
  writing: Writing,
): JsonObject {
  const written: JsonObject = {};
  const required = new Set(Array.isArray(schema["required"]) ? schema["required"] : []);
  for (const [name, property] of Object.entries(properties)) {
    const inner = deeper(property, join(at, "properties", name), writing);
    const isOptional = writing.dialect.allRequired === true && !required.has(name);
    if (isOptional) lose(writing, "required", at);
    define(written, name, isOptional ? orNull(inner) : inner);
  }
  return written;
}

/** Names without a property are refused by some, and by all mean that a key must be there which nothing describes. */
function ownRequired(schema: JsonObject, names: readonly string[], leftovers: Leftovers): string[] {
  const all = (Array.isArray(schema["required"]) ? schema["required"] : []).filter(
    (name) => typeof name === "string",
  );
  const strange = all.filter((name) => !names.includes(name));
  if (strange.length > 0) leftovers.set("required", strange);
  return all.filter((name) => names.includes(name));
}

function deeper(schema: Json | undefined, at: string, writing: Writing): JsonObject {
  writing.depth++;
  if (writing.dialect.maxDepth !== undefined && writing.depth > writing.dialect.maxDepth)
    writing.refused = true;
  const written = rewrite(schema, at, writing);
  writing.depth--;
  return written;
}

/** A schema that allows null beside what it allows. */
export function orNull(schema: JsonObject): JsonObject {
  const { type } = schema;
  const types = Array.isArray(type) ? type : [type];
  if (types.includes("null")) return schema;
  if (Array.isArray(schema["anyOf"])) {
    const hasNull = schema["anyOf"].some((one) => isObject(one) && one["type"] === "null");
    return hasNull ? schema : { ...schema, anyOf: [...schema["anyOf"], { type: "null" }] };
  }
  if (type === undefined || schema["const"] !== undefined) return { anyOf: [schema, { type: "null" }] };
  const nullable: JsonObject = { ...schema, type: [...(types as string[]), "null"] };
  if (Array.isArray(schema["enum"])) nullable["enum"] = [...schema["enum"], null];
  return nullable;
}

export function writeArray(
  schema: JsonObject,
  at: string,
  writing: Writing,
  leftovers: Leftovers,
): JsonObject {
  const written: JsonObject = {};
  const tuple = [schema["prefixItems"], schema["items"]].find((items) => Array.isArray(items)) as
    | Json[]
    | undefined;
  const items = tuple ? tupleItems(tuple, schema["items"]) : schema["items"];
  if (tuple) lose(writing, "prefixItems", at);
  if (items !== undefined || writing.dialect.itemsNeeded)
    written["items"] = deeper(items ?? {}, join(at, "items"), writing);
  const { minItems } = schema;
  if (minItems !== undefined) {
    const limit = writing.dialect.minItems;
    const isTaken =
      writing.dialect.keep.includes("minItems") && (limit === undefined || Number(minItems) <= limit);
    if (isTaken) written["minItems"] = minItems;
    else leftovers.set("minItems", minItems);
  }
  return written;
}

/** The places of a tuple have no order here: each item is one of them. */
function tupleItems(tuple: readonly Json[], items: Json | undefined): Json {
  const all = isObject(items) ? [...tuple, items] : [...tuple];
  const texts = new Set(all.map((one) => JSON.stringify(one)));
  if (texts.size === 1) return all[0] as Json;
  return { anyOf: all };
}

export function writeFormat(schema: JsonObject, leftovers: Leftovers, writing: Writing): JsonObject {
  const { format } = schema;
  if (format === undefined) return {};
  const { keep, formats } = writing.dialect;
  if (keep.includes("format") && (!formats || formats.includes(String(format)))) return { format };
  leftovers.set("format", format);
  return {};
}

/** `enum` and `const`: null among the values is said the dialect's way. */
export function writeLiterals(
  schema: JsonObject,
  types: readonly string[],
  leftovers: Leftovers,
  writing: Writing,
): JsonObject {
  const { dialect } = writing;
  const written: JsonObject = {};
  const single = schema["const"];
  const values = Array.isArray(schema["enum"]) ? schema["enum"] : single === undefined ? undefined : [single];
  if (!values)
    return types.includes("string") || schema["format"] === undefined
      ? written
      : { format: schema["format"] };
  if (dialect.enums === "strings") {
    const texts = values.filter((value) => value !== null);
    const isTaken = texts.length > 0 && texts.every((value) => typeof value === "string");
    if (!isTaken) leftovers.set(single === undefined ? "enum" : "const", single ?? values);
    return { ...(isTaken && { enum: texts }), ...(values.includes(null) && { nullable: true }) };
  }
  if (single !== undefined && dialect.keep.includes("const") && isPrimitive(single))
    written["const"] = single;
  else if (values.length > 0 && values.every(isPrimitive)) written["enum"] = withNull(values, types);
  else leftovers.set(single === undefined ? "enum" : "const", single ?? values);
  return written;
}

function withNull(values: readonly Json[], types: readonly string[]): Json[] {
  return types.includes("null") && !values.includes(null) ? [...values, null] : [...values];
}

const bounds = [
  { exclusive: "exclusiveMinimum", inclusive: "minimum", step: 1, pick: Math.max },
  { exclusive: "exclusiveMaximum", inclusive: "maximum", step: -1, pick: Math.min },
] as const;

/** Bounds that exclude themselves, as ones that include: exact for integers. */
export function foldExclusive(
  schema: JsonObject,
  types: readonly string[],
  at: string,
  writing: Writing,
): JsonObject {
  const { keep } = writing.dialect;
  let folded = schema;
  for (const { exclusive, inclusive, step, pick } of bounds) {
    const { [exclusive]: bound, [inclusive]: other, ...others } = folded;
    // Draft 4 says by a boolean that the inclusive bound excludes itself.
    const value = bound === true ? other : bound;
    if (keep.includes(exclusive) ? typeof bound !== "boolean" : typeof value !== "number") continue;
    if (!keep.includes(inclusive) || typeof value !== "number") continue;
    const isWhole = types.includes("integer");
    if (!isWhole) lose(writing, exclusive, at);
    const tight = isWhole ? (step > 0 ? Math.floor(value) : Math.ceil(value)) + step : value;
    folded = {
      ...others,
      [inclusive]: typeof other === "number" && bound !== true ? pick(tight, other) : tight,
    };
  }
  return folded;
}
