import type { Json, JsonObject } from "../../canonical.ts";
import { mergeSchemas } from "./merge.ts";
import { isObject, lose } from "./writing.ts";
import type { Writing } from "./writing.ts";

/**
 * The schema with what it refers to in place: `allOf` merged, `$ref` followed, unless the dialect keeps references and
 * nothing stands beside one. References followed are pushed to `writing.following`.
 */
export function open(schema: JsonObject, at: string, writing: Writing, mustInline = false): JsonObject {
  let opened = schema;
  while (!writing.refused) {
    const { $ref, allOf, ...others } = opened;
    if (typeof $ref === "string") {
      const followed = follow($ref, others, at, writing, mustInline);
      if (followed.$ref !== undefined) return followed;
      opened =
        allOf === undefined ? followed : { ...followed, allOf: [...list(followed["allOf"]), ...list(allOf)] };
    } else if (Array.isArray(allOf)) {
      const members = allOf.filter(isObject).map((member) => open(member, at, writing, true));
      opened = members.reduce(
        (all, member) => mergeSchemas(all, member, () => lose(writing, "allOf", at)),
        others,
      );
    } else return opened;
  }
  return opened;
}

function follow(
  $ref: string,
  beside: JsonObject,
  at: string,
  writing: Writing,
  mustInline: boolean,
): JsonObject {
  const { dialect, following } = writing;
  const target = targetOf($ref, writing.root);
  if (!target) {
    lose(writing, "$ref", at);
    if (dialect.refs === "keep") writing.refused = true;
    return beside;
  }
  const isAlone =
    !mustInline && Object.keys(beside).every((keyword) => keyword === "$defs" || keyword === "definitions");
  const recurs = following.includes($ref);
  if (dialect.refs === "keep" && (isAlone || (recurs && !mustInline))) return keep($ref, writing);
  if (recurs) return cut(target, beside, at, writing);
  following.push($ref);
  return mergeSchemas(beside, target, () => lose(writing, "$ref", at));
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
  for (const step of $ref.slice(2).split("/")) {
    const name = decode(step).replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof target !== "object" || target === null || !Object.hasOwn(target, name)) return undefined;
    target = (target as JsonObject)[name];
  }
  return isObject(target) ? target : undefined;
}

function decode(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
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
