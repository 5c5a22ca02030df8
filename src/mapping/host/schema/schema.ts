import type { HostFunction } from "../../../jsonata/types.ts";
import type { JsonObject } from "../../canonical.ts";
import { recordLoss } from "../../losses.ts";
import { dialectOf } from "./dialects.ts";
import type { Dialect } from "./dialects.ts";
import { fromOpenApi } from "./from-openapi.ts";
import { rewrite } from "./rewrite.ts";
import { isObject } from "./writing.ts";
import type { Writing } from "./writing.ts";

interface Written {
  schema?: JsonObject;
  losses: readonly { keyword: string; at: string }[];
}

/**
 * `$schema(dialect, schema, at)`: a JSON Schema in a dialect of mapping.yaml, or in `json-schema`: the way back from the
 * schema of OpenAPI 3.0. Each keyword whose meaning changes is one loss, `schema.<keyword>` at its first place, after
 * `at`. Gives nothing for what is no schema, for what the dialect cannot say, and for an object without properties where
 * the dialect leaves it out.
 */
export function schemaFunction(
  dialects: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): HostFunction {
  const writers = new Map(
    Object.entries(dialects).map(([name, written]) => [name, writerOf(dialectOf(written))]),
  );
  writers.set("json-schema", writerOf());
  return function schemaIn(dialect, schema, at) {
    const written = isObject(schema) ? writers.get(String(dialect))?.(schema) : undefined;
    for (const { keyword, at: place } of written?.losses ?? []) {
      const path = typeof at === "string" && at !== "" ? `${at}.${place}` : place;
      recordLoss({ code: `schema.${keyword}`, at: path, action: "approximate" });
    }
    return written?.schema;
  };
}

/** Remembers what it wrote: a request's schemas are read by more than one expression, and tools share them. */
function writerOf(dialect?: Dialect): (schema: JsonObject) => Written {
  const known = new WeakMap<object, Written>();
  return function write(schema) {
    let written = known.get(schema);
    if (!written) {
      written = dialect ? writeIn(dialect, schema) : { schema: fromOpenApi(schema), losses: [] };
      known.set(schema, written);
    }
    return written;
  };
}

function writeIn(dialect: Dialect, root: JsonObject): Written {
  const writing: Writing = {
    dialect,
    root,
    losses: new Map(),
    following: [],
    depth: 0,
    steps: 0,
    hasRefs: false,
    refused: false,
  };
  const body = rewrite(root, "", writing, true);
  if (dialect.emptyRoot && isEmptyObject(body)) return { losses: [] };
  const schema = writing.hasRefs ? { ...body, ...definitions(writing) } : body;
  if (writing.refused || (dialect.objectRoot && body["type"] !== "object")) return { losses: [] };
  return { schema, losses: [...writing.losses].map(([keyword, at]) => ({ keyword, at })) };
}

function definitions(writing: Writing): JsonObject {
  const written: JsonObject = {};
  for (const place of ["$defs", "definitions"]) {
    const own = writing.root[place];
    if (!isObject(own)) continue;
    const entries = Object.entries(own).map(([name, schema]) => [
      name,
      rewrite(schema, `${place}.${name}`, writing),
    ]);
    written[place] = Object.fromEntries(entries) as JsonObject;
  }
  return written;
}

function isEmptyObject(schema: JsonObject): boolean {
  const { type, properties } = schema;
  return type === "object" && (!isObject(properties) || Object.keys(properties).length === 0);
}
