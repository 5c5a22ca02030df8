import type { Json, JsonObject } from "../../canonical.ts";
import { mergeSchemas } from "./merge.ts";
import { isObject, lose, step } from "./writing.ts";
import type { Writing } from "./writing.ts";

/**
 * The schema with what it refers to in place: `allOf` merged, `$ref` followed, unless the dialect keeps references and
 * nothing stands beside one. References followed are pushed to `writing.following`.
 */
export function open(schema: JsonObject, at: string, writing: Writing, mustInline = false): JsonObject {
  let opened = schema;
  while (!writing.refused && step(writing)) {
    const { $ref, allOf, ...others } = opened;
    if (typeof $ref === "string") {
      if (!mustInline && stays($ref, opened, writing)) return keep($ref, writing);
      const followed = follow($ref, others, at, writing);
      opened =
        allOf === undefined ? followed : { ...followed, allOf: [...list(followed["allOf"]), ...list(allOf)] };
    } else if (Array.isArray(allOf)) opened = mergeAll(others, allOf.filter(isObject), at, writing);
    else return opened;
  }
  return {};
}

/** Every member may follow the references that the others follow; what is inside them all must not. */
function mergeAll(
  others: JsonObject,
  members: readonly JsonObject[],
  at: string,
  writing: Writing,
): JsonObject {
  const { following } = writing;
  const outer = following.length;
  const followed = new Set<string>();
  let merged = others;
  for (const member of members) {
    merged = mergeSchemas(merged, open(member, at, writing, true), { writing, keyword: "allOf", at });
    for (const reference of following.splice(outer)) followed.add(reference);
  }
  following.push(...followed);
  return merged;
}

/** A reference stays alone, or where it would never end; what stands beside it is said with its target in place. */
function stays($ref: string, schema: JsonObject, writing: Writing): boolean {
  if (writing.dialect.refs !== "keep" || !targetOf($ref, writing.root)) return false;
  const isAlone = Object.keys(schema).every((keyword) => ["$ref", "$defs", "definitions"].includes(keyword));
  return isAlone || writing.following.includes($ref);
}

function follow($ref: string, beside: JsonObject, at: string, writing: Writing): JsonObject {
  const target = targetOf($ref, writing.root);
  if (!target) {
    lose(writing, "$ref", at);
    if (writing.dialect.refs === "keep") writing.refused = true;
    return beside;
  }
  if (writing.following.includes($ref)) return cut(target, beside, at, writing);
  writing.following.push($ref);
  return mergeSchemas(beside, target, { writing, keyword: "$ref", at });
}

function keep($ref: string, writing: Writing): JsonObject {
  writing.hasRefs = true;
  if (writing.dialect.recursion === "refuse" && refersToItself($ref, writing.root)) writing.refused = true;
  return { $ref };
}

/** A schema inside itself is said once; from there on only its type is. */
function cut(target: JsonObject, beside: JsonObject, at: string, writing: Writing): JsonObject {
  if (writing.dialect.recursion === "refuse") writing.refused = true;
  lose(writing, "$ref", at);
  const type = target["type"] ?? "object";
  const title = typeof target["title"] === "string" ? ` ${target["title"]}` : "";
  return { ...beside, type, description: beside["description"] ?? `(nested${title})` };
}

/** What a reference inside the document points to (RFC 6901); nothing for any other. */
export function targetOf($ref: string, root: JsonObject): JsonObject | undefined {
  if ($ref === "#") return root;
  if (!$ref.startsWith("#/")) return undefined;
  let target: Json | undefined = root;
  for (const segment of $ref.slice(2).split("/")) {
    const name = decode(segment).replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof target !== "object" || target === null || !Object.hasOwn(target, name)) return undefined;
    target = (target as JsonObject)[name];
  }
  return isObject(target) ? target : undefined;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function refersToItself($ref: string, root: JsonObject): boolean {
  const seen = new Set<string>();
  const reaches = (value: Json | undefined): boolean => {
    if (typeof value !== "object" || value === null) return false;
    const next = isObject(value) ? value["$ref"] : undefined;
    if (next === $ref) return true;
    if (typeof next === "string" && !seen.has(next)) {
      seen.add(next);
      if (reaches(targetOf(next, root))) return true;
    }
    return Object.values(value).some(reaches);
  };
  return reaches(targetOf($ref, root));
}

function list(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}
