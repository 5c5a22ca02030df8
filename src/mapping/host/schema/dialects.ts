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

/** What a dialect need not say: a plain JSON Schema with its references inlined. */
const plain: Dialect = {
  keep: words("type title description enum items properties required anyOf"),
  refs: "inline",
  recursion: "cut",
  nulls: "type",
  enums: "primitives",
  maps: "keep",
  untyped: "keep",
};

/** A dialect as mapping.yaml writes it; its members are checked there. */
export function dialectOf(written: Readonly<Record<string, unknown>>): Dialect {
  const { keep } = written;
  const said = { ...plain, ...written } as Dialect;
  return typeof keep === "string" ? { ...said, keep: words(keep) } : said;
}
