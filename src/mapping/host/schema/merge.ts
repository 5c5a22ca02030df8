import type { Json, JsonObject } from "../../canonical.ts";
import { isObject, lose, step } from "./writing.ts";
import type { Writing } from "./writing.ts";

/** What is being merged for which keyword: it is lost where two schemas cannot be one. */
export interface Merging {
  writing: Writing;
  keyword: string;
  at: string;
}

/** Both values of one keyword as one that means both; nothing where no value does. */
type Merge = (a: Json, b: Json, merging: Merging) => Json | undefined;

const first: Merge = (a) => a;
const larger: Merge = (a, b) => (typeof a === "number" && typeof b === "number" ? Math.max(a, b) : undefined);
const smaller: Merge = (a, b) =>
  typeof a === "number" && typeof b === "number" ? Math.min(a, b) : undefined;
const both: Merge = (a, b) => (Array.isArray(a) && Array.isArray(b) ? [...new Set([...a, ...b])] : undefined);

const merges: Readonly<Record<string, Merge>> = {
  type: mergeTypes,
  enum: mergeEnums,
  required: both,
  properties: mergeMaps,
  patternProperties: mergeMaps,
  $defs: mergeMaps,
  definitions: mergeMaps,
  items: mergeSubschemas,
  additionalProperties: (a, b, merging) =>
    a === false || b === false ? false : mergeSubschemas(a, b, merging),
  minimum: larger,
  exclusiveMinimum: larger,
  minLength: larger,
  minItems: larger,
  minProperties: larger,
  maximum: smaller,
  exclusiveMaximum: smaller,
  maxLength: smaller,
  maxItems: smaller,
  maxProperties: smaller,
  title: first,
  description: first,
  default: first,
  examples: first,
  nullable: (a, b) => a === true && b === true,
};

/** The schema that allows what both allow. Where that cannot be said, `a` wins and the keyword is lost. */
export function mergeSchemas(a: JsonObject, b: JsonObject, merging: Merging): JsonObject {
  const merged: JsonObject = { ...a };
  for (const [keyword, value] of Object.entries(b)) {
    const own = merged[keyword];
    if (own === undefined) define(merged, keyword, value);
    else if (!isSame(own, value)) {
      const merge = Object.hasOwn(merges, keyword) && step(merging.writing) ? merges[keyword] : undefined;
      const result = merge?.(own, value, merging);
      if (result === undefined) lose(merging.writing, merging.keyword, merging.at);
      else merged[keyword] = result;
    }
  }
  return merged;
}

/** Equal at a glance; of what is deeper, merging makes one. */
function isSame(a: Json, b: Json): boolean {
  if (a === b) return true;
  return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => item === b[i]);
}

/** Sets a member of whatever name: a property may be called `__proto__`. */
export function define(object: JsonObject, name: string, value: Json): void {
  if (name === "__proto__")
    Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
  else object[name] = value;
}

function mergeTypes(a: Json, b: Json): Json | undefined {
  const [left, right] = [a, b].map((type) => (Array.isArray(type) ? type : [type]));
  const common = left?.flatMap((type) => {
    if (right?.includes(type)) return [type];
    if (type === "number" && right?.includes("integer")) return ["integer"];
    return type === "integer" && right?.includes("number") ? [type] : [];
  });
  if (!common || common.length === 0) return undefined;
  return common.length === 1 ? common[0] : common;
}

function mergeEnums(a: Json, b: Json): Json | undefined {
  if (!Array.isArray(a) || !Array.isArray(b)) return undefined;
  const common = a.filter((value) => b.includes(value));
  return common.length > 0 ? common : undefined;
}

function mergeMaps(a: Json, b: Json, merging: Merging): Json | undefined {
  if (!isObject(a) || !isObject(b)) return undefined;
  const merged: JsonObject = { ...a };
  for (const [name, value] of Object.entries(b)) {
    const own = Object.hasOwn(a, name) ? a[name] : undefined;
    define(merged, name, own === undefined ? value : (mergeSubschemas(own, value, merging) ?? own));
  }
  return merged;
}

function mergeSubschemas(a: Json, b: Json, merging: Merging): Json | undefined {
  if (a === true) return b;
  if (b === true) return a;
  if (!isObject(a) || !isObject(b)) return undefined;
  if (a["$ref"] !== undefined || b["$ref"] !== undefined) return { allOf: [a, b] };
  return mergeSchemas(a, b, merging);
}
