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

/** A request's schemas are read by more than one expression, and tools share them. */
const known = new WeakMap<object, Map<unknown, Written>>();

/**
 * A JSON Schema in a dialect: one of `dialectOf`, or `json-schema` for the way back from `openapi`. Each keyword whose
 * meaning changes is one loss, `schema.<keyword>` at its first place, after `at`. Gives nothing for what is no schema,
 * what the dialect cannot say, and an object without properties where the dialect leaves it out.
 */
export function schemaIn(dialect: unknown, schema: unknown, at?: unknown): JsonObject | undefined {
  if (!isObject(schema)) return undefined;
  const written = remember(dialect, schema);
  for (const { keyword, at: place } of written.losses) {
    const path = typeof at === "string" && at !== "" ? `${at}.${place}` : place;
    recordLoss({ code: `schema.${keyword}`, at: path, action: "approximate" });
  }
  return written.schema;
}

function remember(dialect: unknown, schema: JsonObject): Written {
  let written = known.get(schema);
  if (!written) known.set(schema, (written = new Map()));
  let found = written.get(dialect);
  if (!found) written.set(dialect, (found = write(dialect, schema)));
  return found;
}

function write(name: unknown, schema: JsonObject): Written {
  if (name === "json-schema") return { schema: fromOpenApi(schema), losses: [] };
  const dialect = dialectOf(name);
  return dialect ? writeIn(dialect, schema) : { schema, losses: [] };
}

function writeIn(dialect: Dialect, root: JsonObject): Written {
  const writing: Writing = {
    dialect,
    root,
    losses: new Map(),
    following: [],
    depth: 0,
    nodes: 0,
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
