import { words } from "./words.ts";

/**
 * A subset of JSON Schema, as data: what stays, and what becomes of the rest. Whatever a dialect cannot say goes into the
 * description, where a model still reads it.
 */
export interface Dialect {
  /** Keywords that are taken. */
  keep: readonly string[];
  /** String formats that are taken; absent: any. */
  formats?: readonly string[];
  /** The largest `minItems` that is taken. */
  minItems?: number;
  /** `$ref` stays, or its target stands in its place. */
  refs: "keep" | "inline";
  /** What becomes of a schema that refers to itself. */
  recursion: "keep" | "cut" | "refuse";
  /** How null is said: as a type, or by `nullable: true`. */
  nulls: "type" | "nullable";
  /** Which values an `enum` may list. */
  enums: "strings" | "primitives";
  /** No `type` beside `enum` and `const`. */
  literalsAlone?: boolean;
  /** Nothing beside `anyOf`. */
  anyOfAlone?: boolean;
  /** Every object has `additionalProperties: false`. */
  closed?: boolean;
  /** Every property is required; optional ones may be null. */
  allRequired?: boolean;
  /** What becomes of objects whose keys no schema names: they stay, or the schema as a whole cannot be said. */
  maps: "keep" | "refuse";
  /** What becomes of a schema that allows anything: it stays, is a text, number or boolean, or cannot be said. */
  untyped: "keep" | "scalar" | "refuse";
  /** An array must say what its items are. */
  itemsNeeded?: boolean;
  /** The root must be an object. */
  objectRoot?: boolean;
  /** The root is left out if it is an object without properties. */
  emptyRoot?: "nothing";
  /** Objects and arrays inside one another. */
  maxDepth?: number;
}

const structure = "type title description enum items properties required anyOf";
const references = "const additionalProperties $ref $defs definitions";

/**
 * The dialects of semantics §1.4. `openapi` is the older function-declaration schema after OpenAPI 3.0; the strict ones
 * are what constrained decoding takes.
 */
export const dialects: Readonly<Record<string, Dialect>> = {
  openapi: {
    keep: words(`${structure} format nullable default example propertyOrdering minItems maxItems minLength maxLength
      pattern minProperties maxProperties minimum maximum`),
    formats: words("date-time enum float double int32 int64"),
    refs: "inline",
    recursion: "cut",
    nulls: "nullable",
    enums: "strings",
    anyOfAlone: true,
    maps: "keep",
    untyped: "scalar",
    itemsNeeded: true,
    emptyRoot: "nothing",
  },
  "openai-strict": {
    keep: words(`${structure} ${references} pattern format multipleOf minimum maximum exclusiveMinimum exclusiveMaximum
      minItems maxItems`),
    formats: words("date-time time date duration email hostname ipv4 ipv6 uuid"),
    refs: "keep",
    recursion: "keep",
    nulls: "type",
    enums: "primitives",
    closed: true,
    allRequired: true,
    maps: "refuse",
    untyped: "refuse",
    itemsNeeded: true,
    objectRoot: true,
    maxDepth: 10,
  },
  "anthropic-strict": {
    keep: words(`${structure} ${references} format minItems`),
    formats: words("date-time time date duration email hostname uri ipv4 ipv6 uuid"),
    minItems: 1,
    refs: "keep",
    recursion: "refuse",
    nulls: "type",
    enums: "primitives",
    literalsAlone: true,
    closed: true,
    maps: "keep",
    untyped: "refuse",
  },
};

/** What a mapping's own dialect need not say: JSON Schema with references inlined. */
const plain: Dialect = {
  keep: words(structure),
  refs: "inline",
  recursion: "cut",
  nulls: "type",
  enums: "primitives",
  maps: "keep",
  untyped: "keep",
};

/** A dialect by name, or one that a mapping describes itself, as an object with some members of `Dialect`. */
export function dialectOf(described: unknown): Dialect | undefined {
  if (typeof described === "string")
    return Object.hasOwn(dialects, described) ? dialects[described] : undefined;
  if (typeof described !== "object" || described === null) return undefined;
  const own = { ...plain, ...described };
  return Array.isArray(own.keep) ? own : plain;
}
