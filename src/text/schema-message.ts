import type { ErrorObject } from "ajv";
import { didYouMean, nearest } from "./nearest.ts";
import { resolveRef } from "./schema-branch.ts";

type SchemaObject = Record<string, unknown>;

export interface Description {
  code: "LB201" | "LB202" | "LB203";
  /** The member that the mistake is about, where that is not the value itself. */
  key?: string;
  what: "key" | "value";
  message: string;
  cure?: string;
}

/** Says one mistake in words a person can act on. `path` is the value's, `all` the list that it came from. */
export function describe(
  error: ErrorObject,
  path: readonly string[],
  root: SchemaObject,
  all: readonly ErrorObject[],
): Description {
  switch (error.keyword) {
    case "additionalProperties":
      return unknownKey(error, error.params.additionalProperty as string, root);
    case "unevaluatedProperties":
      return unknownKey(error, error.params.unevaluatedProperty as string, root);
    case "propertyNames":
      return badKey(error, all);
    case "required":
      return missingKey(error, error.params.missingProperty as string, root);
    default:
      return { code: "LB202", what: "value", ...badValue(error, path) };
  }
}

function unknownKey(error: ErrorObject, key: string, root: SchemaObject): Description {
  const legal = Object.keys(propertiesOf(error.parentSchema as SchemaObject, root));
  const unused = legal.filter((name) => !Object.hasOwn(error.data as object, name));
  const meant = nearest(key, legal);
  const cure = meant === undefined ? didYouMean(key, unused) : didYouMean(key, legal);
  return { code: "LB201", key, what: "key", message: `unknown key ${JSON.stringify(key)}`, cure };
}

/** The properties that a schema names itself, and through the schemas that it is combined of. */
function propertiesOf(schema: SchemaObject, root: SchemaObject, depth = 0): SchemaObject {
  if (depth > 4) return {};
  const parts = ["allOf", "anyOf", "oneOf"].flatMap((word) => (schema[word] ?? []) as SchemaObject[]);
  if (typeof schema.$ref === "string") parts.push((resolveRef(schema.$ref, root) ?? {}) as SchemaObject);
  const inherited = parts.map((part) => propertiesOf(part, root, depth + 1));
  return Object.assign({}, ...inherited, schema.properties) as SchemaObject;
}

function badKey(error: ErrorObject, all: readonly ErrorObject[]): Description {
  const key = error.params.propertyName as string;
  const why = all.find((other) => other.propertyName === key && other.instancePath === error.instancePath);
  if (why?.keyword === "enum") {
    const legal = (why.schema as unknown[]).map(String);
    return {
      code: "LB201",
      key,
      what: "key",
      message: `unknown key ${JSON.stringify(key)}`,
      cure: didYouMean(key, legal),
    };
  }
  const { title, examples } = (error.schema ?? {}) as { title?: string; examples?: unknown[] };
  const message = title
    ? `the key ${JSON.stringify(key)} must be ${title}`
    : `the key ${JSON.stringify(key)} is not allowed`;
  return { code: "LB202", key, what: "key", message, cure: exampleOf(examples) };
}

function missingKey(error: ErrorObject, key: string, root: SchemaObject): Description {
  const schema = propertiesOf(error.parentSchema as SchemaObject, root)[key] as
    | { description?: string }
    | undefined;
  const about = schema?.description?.split(/[.:;] |\.$/)[0];
  const cure = about ? `add ${key}: ${about[0]!.toLowerCase()}${about.slice(1)}` : `add ${key}`;
  return { code: "LB203", key, what: "key", message: `missing key ${JSON.stringify(key)}`, cure };
}

interface Words {
  message: string;
  cure?: string;
}

function badValue(error: ErrorObject, path: readonly string[]): Words {
  const name = subject(path);
  const { title, examples } = error.parentSchema as { title?: string; examples?: unknown[] };
  const cure = exampleOf(examples);
  switch (error.keyword) {
    case "type":
      // The title of a whole file is its name, not what it must be.
      return wrongType(error, name, path.length > 0 ? title : undefined, cure);
    case "enum":
      return wrongChoice(error.data, error.schema as unknown[], name);
    case "const":
      return wrongChoice(error.data, [error.schema], name);
    case "pattern":
      return {
        message: `${name} must be ${title ?? `of the form ${String(error.schema)}`}, not ${whatItIs(error.data)}`,
        cure,
      };
    default:
      return { message: `${name} ${bound(error)}`, cure };
  }
}

const bounds: Record<string, (limit: unknown) => string> = {
  minimum: (limit) => `must be at least ${String(limit)}`,
  maximum: (limit) => `must be at most ${String(limit)}`,
  exclusiveMinimum: (limit) => `must be more than ${String(limit)}`,
  exclusiveMaximum: (limit) => `must be less than ${String(limit)}`,
  minLength: (limit) =>
    limit === 1 ? "must not be empty" : `must have at least ${String(limit)} characters`,
  maxLength: (limit) => `must have at most ${String(limit)} characters`,
  minItems: (limit) => (limit === 1 ? "must not be empty" : `must have at least ${String(limit)} items`),
  maxItems: (limit) => `must have at most ${String(limit)} items`,
  minProperties: (limit) => (limit === 1 ? "must not be empty" : `must have at least ${String(limit)} keys`),
  maxProperties: (limit) => `must have at most ${String(limit)} keys`,
  uniqueItems: () => "must not have the same item twice",
  oneOf: () => "fits more than one of the forms that are allowed here, and must fit one",
  not: () => "is not allowed here",
};

function bound(error: ErrorObject): string {
  if (error.schema === false) return "is not allowed here";
  return bounds[error.keyword]?.(error.schema) ?? error.message ?? "is not valid";
}

const typeNames: Record<string, string> = {
  string: "a text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  object: "a map",
  array: "a list",
  null: "null",
};

function wrongType(
  error: ErrorObject,
  name: string,
  title: string | undefined,
  example: string | undefined,
): Words {
  const types = [error.params.type as string | string[]].flat();
  const wanted = title ?? orList(types.map((type) => typeNames[type] ?? type));
  const quoted = typeof error.data === "string" && fitsUnquoted(error.data, types);
  const cure = quoted ? `write ${error.data as string} without quotes` : example;
  return { message: `${name} must be ${wanted}, not ${whatItIs(error.data)}`, cure };
}

function fitsUnquoted(text: string, types: string[]): boolean {
  if (types.includes("boolean")) return text === "true" || text === "false";
  const isNumber = text.trim() !== "" && Number.isFinite(Number(text));
  return (
    isNumber && (types.includes("number") || (types.includes("integer") && Number.isInteger(Number(text))))
  );
}

function wrongChoice(value: unknown, allowed: readonly unknown[], name: string): Words {
  const shown = allowed.map((one) => (typeof one === "string" ? one : JSON.stringify(one)));
  const must = allowed.length > 12 ? `is not known` : `must be ${orList(shown)}`;
  const texts = allowed.filter((one): one is string => typeof one === "string");
  const meant = typeof value === "string" ? nearest(value, texts) : undefined;
  const cure = meant !== undefined ? didYouMean(value as string, texts) : undefined;
  return { message: `${name} ${must}, not ${whatItIs(value)}`, cure };
}

function whatItIs(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  const text = JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 38)}…` : text;
}

function exampleOf(examples: unknown[] | undefined): string | undefined {
  if (!examples?.length) return undefined;
  return `for example ${examples.map((one) => (typeof one === "string" ? one : JSON.stringify(one))).join(", ")}`;
}

function orList(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} or ${words.at(-1)!}`;
}

/** `["providers", "openai", "headers"]` → `headers`; an item of a list is named with it. */
function subject(path: readonly string[]): string {
  const last = path.at(-1);
  if (last === undefined) return "the file";
  const owner = path.at(-2);
  return /^\d+$/.test(last) ? (owner === undefined ? `item ${last}` : `${owner}[${last}]`) : last;
}
