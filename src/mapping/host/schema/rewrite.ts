import type { Json, JsonObject } from "../../canonical.ts";
import { foldExclusive, writeArray, writeFormat, writeLiterals, writeObject } from "./keywords.ts";
import { describe } from "./leftovers.ts";
import { open } from "./refs.ts";
import { ofType, typesOf } from "./types.ts";
import { isUnion, writeUnion } from "./union.ts";
import { words } from "./words.ts";
import { isObject, lose, step } from "./writing.ts";
import type { Writing } from "./writing.ts";

/** A schema in the dialect of `writing`; `mustInline` writes the target of a reference in its place. */
export function rewrite(
  schema: Json | undefined,
  at: string,
  writing: Writing,
  mustInline = false,
): JsonObject {
  if (writing.refused) return {};
  if (!step(writing)) return overflow(at, writing);
  const followed = writing.following.length;
  const opened = open(isObject(schema) ? schema : {}, at, writing, mustInline);
  const written = opened["$ref"] === undefined ? writeOpened(opened, at, writing) : opened;
  writing.following.length = followed;
  return written;
}

function writeOpened(schema: JsonObject, at: string, writing: Writing): JsonObject {
  if (isUnion(schema)) return writeUnion(schema, at, writing);
  const types = typesOf(schema);
  const plain = types.filter((type) => type !== "null");
  if (plain.length > 1 && writing.dialect.nulls === "nullable") {
    const { description, title, ...others } = schema;
    const variants = types.map((type) => (type === "null" ? { type } : ofType(others, type)));
    return writeUnion({ ...annotations(title, description), anyOf: variants }, at, writing);
  }
  return plain.length === 0 && types.length === 0
    ? writeUntyped(schema, at, writing)
    : writeTyped(schema, types, at, writing);
}

function annotations(title: Json | undefined, description: Json | undefined): JsonObject {
  return { ...(title !== undefined && { title }), ...(description !== undefined && { description }) };
}

/** A schema that says no type, so that anything goes. */
function writeUntyped(schema: JsonObject, at: string, writing: Writing): JsonObject {
  if (writing.dialect.untyped === "refuse") writing.refused = true;
  if (writing.dialect.untyped !== "scalar") return writeTyped(schema, [], at, writing);
  lose(writing, "type", at);
  const variants = ["string", "number", "boolean"].map((type) => ({ type }));
  const { title, description, ...others } = schema;
  return writeUnion({ ...annotations(title, description), ...others, anyOf: variants }, at, writing);
}

function writeTyped(schema: JsonObject, types: readonly string[], at: string, writing: Writing): JsonObject {
  const folded = foldExclusive(schema, types, at, writing);
  const leftovers = new Map<string, Json>();
  const written: JsonObject = {
    ...typeMember(types, writing),
    ...writeLiterals(folded, types, leftovers, writing),
    ...(types.includes("object") && writeObject(folded, at, writing, leftovers)),
    ...(types.includes("array") && writeArray(folded, at, writing, leftovers)),
    ...writeFormat(folded, leftovers, writing),
  };
  for (const [keyword, value] of Object.entries(folded)) {
    if (keyword in written || leftovers.has(keyword) || handled.has(keyword)) continue;
    const isConstraint = keyword === "anyOf" || keyword === "oneOf";
    if (writing.dialect.keep.includes(keyword) && !isConstraint) written[keyword] = value;
    else leftovers.set(keyword, value);
  }
  if (writing.dialect.literalsAlone && ("enum" in written || "const" in written)) delete written["type"];
  return describe(ordered(written), leftovers, at, writing);
}

/** Taken care of by the writers above, whatever came of it. */
const handled: ReadonlySet<string> = new Set(
  words(
    "type nullable enum const properties required items prefixItems format minItems $ref $defs definitions",
  ),
);

function typeMember(types: readonly string[], writing: Writing): JsonObject {
  if (types.length === 0) return {};
  if (writing.dialect.nulls === "type")
    return { type: types.length === 1 ? (types[0] as string) : [...types] };
  const type = types.find((one) => one !== "null") ?? "string";
  return { type, ...(types.includes("null") && { nullable: true }) };
}

/** What a reader looks for first stands first. */
function ordered(schema: JsonObject): JsonObject {
  const { type, title, description, ...others } = schema;
  return { ...(type !== undefined && { type }), ...annotations(title, description), ...others };
}

function overflow(at: string, writing: Writing): JsonObject {
  lose(writing, "$ref", at);
  writing.refused ||= writing.dialect.recursion === "refuse" || writing.dialect.untyped === "refuse";
  return { type: "object" };
}
