import { resolveRef } from "./schema-branch.ts";

/** Whether a value is certainly what a schema describes. */
export type Matches = (value: unknown) => boolean;

type Schema = Record<string, unknown>;

/**
 * Compiles a JSON Schema to a test that is true only where the value is valid: what is right, which is nearly everything,
 * is known without the validator that finds words for what is wrong. Gives nothing for a schema with a keyword, or a
 * value of one, that it does not know; test/text/schema-match.test.ts holds it to ajv.
 */
export function compileMatcher(schema: object): Matches | undefined {
  const context: Context = {
    root: schema as Schema,
    code: [isObjectCode],
    known: new Map(),
    isLoose: false,
    isNegated: false,
  };
  try {
    const name = functionOf(schema, context);
    if (context.isLoose && context.isNegated) return undefined;
    // What stands in a schema reaches the code in literals that JSON.stringify printed, and nowhere else.
    return new Function(`"use strict";\n${context.code.join("\n")}\nreturn ${name};`)() as Matches;
  } catch (error) {
    if (error instanceof Unknown) return undefined;
    throw error;
  }
}

interface Context {
  root: Schema;
  /** Declarations of the generated code. */
  code: string[];
  /** Names of the functions that test what is referred to: a schema may refer to itself. */
  known: Map<string, string>;
  /** A test may be false of what is valid; that must not be turned into true by another. */
  isLoose: boolean;
  isNegated: boolean;
}

class Unknown extends Error {}

const isObjectCode = 'const isObject = (v) => typeof v === "object" && v !== null && !Array.isArray(v);';

/** Declares a function of `v` with the given body. */
function declare(body: string, context: Context): string {
  const name = `f${context.code.length}`;
  context.code.push(`const ${name} = (v) => { ${body} return true; };`);
  return name;
}

function functionOf(schema: unknown, context: Context): string {
  return declare(`if (!(${testOf(schema, "v", context)})) return false;`, context);
}

/** Code that is true where what `v` names is valid. */
function testOf(schema: unknown, v: string, context: Context): string {
  if (schema === true) return "true";
  if (!isObject(schema) || (schema["$id"] !== undefined && schema !== context.root)) throw new Unknown();
  const tests = Object.entries(schema).flatMap(([keyword, value]) => {
    if (silent.has(keyword)) return [];
    const test = Object.hasOwn(keywords, keyword) ? keywords[keyword] : undefined;
    if (!test) throw new Unknown();
    return `(${test({ value, schema, v, context })})`;
  });
  return tests.length === 0 ? "true" : tests.join(" && ");
}

/** Keywords that test nothing, or are read with another one. */
const silent = new Set(
  "$schema $id $defs $comment title description examples default deprecated then else".split(" "),
);

interface Keyword {
  value: unknown;
  schema: Schema;
  v: string;
  context: Context;
}

const keywords: Readonly<Record<string, (keyword: Keyword) => string>> = {
  $ref: ({ value, v, context }) => `${referred(text(value), context)}(${v})`,
  type: ({ value, v }) =>
    [value]
      .flat()
      .map((name) => typeTest(text(name), v))
      .join(" || "),
  const: ({ value, v }) => isOneOf([value], v),
  enum: ({ value, v }) => isOneOf(list(value), v),
  properties: ({ value, v, context }) => `${properties(members(value), context)}(${v})`,
  additionalProperties: ({ value, schema, v, context }) =>
    `${others(members(schema["properties"] ?? {}), value, context)}(${v})`,
  unevaluatedProperties: ({ value, schema, v, context }) =>
    `${others(evaluated(schema, value, context), false, context)}(${v})`,
  propertyNames: ({ value, v, context }) =>
    `!isObject(${v}) || Object.keys(${v}).every(${functionOf(value, context)})`,
  required: ({ value, v }) =>
    [
      `!isObject(${v})`,
      list(value)
        .map((name) => `${member(v, text(name))} !== undefined`)
        .join(" && ") || "true",
    ].join(" || "),
  items: ({ value, v, context }) => `${items(value, context)}(${v})`,
  minItems: ({ value, v }) => `!Array.isArray(${v}) || ${v}.length >= ${literal(value)}`,
  minProperties: ({ value, v }) => `!isObject(${v}) || Object.keys(${v}).length >= ${literal(value)}`,
  minLength: ({ value, v }) =>
    `typeof ${v} !== "string" || ${value === 1 ? `${v} !== ""` : `[...${v}].length >= ${literal(value)}`}`,
  minimum: ({ value, v }) => `typeof ${v} !== "number" || ${v} >= ${literal(value)}`,
  maximum: ({ value, v }) => `typeof ${v} !== "number" || ${v} <= ${literal(value)}`,
  pattern: ({ value, v, context }) =>
    `typeof ${v} !== "string" || ${regularExpression(text(value), context)}.test(${v})`,
  allOf: ({ value, v, context }) =>
    list(value)
      .map((one) => `(${testOf(one, v, context)})`)
      .join(" && "),
  anyOf: ({ value, v, context }) =>
    list(value)
      .map((one) => `(${testOf(one, v, context)})`)
      .join(" || "),
  not: ({ value, v, context }) => {
    context.isNegated = true;
    return `!(${testOf(value, v, context)})`;
  },
  if: ({ value, schema, v, context }) => {
    context.isNegated = true;
    const [condition, then, otherwise] = [value, schema["then"] ?? true, schema["else"] ?? true].map((one) =>
      testOf(one, v, context),
    );
    return `(${condition}) ? (${then}) : (${otherwise})`;
  },
};

function referred(reference: string, context: Context): string {
  const known = context.known.get(reference);
  if (known !== undefined) return known;
  const name = `r${context.known.size}`;
  context.known.set(reference, name);
  const test = functionOf(resolveRef(reference, context.root), context);
  context.code.push(`function ${name}(v) { return ${test}(v); }`);
  return name;
}

const types: Readonly<Record<string, (v: string) => string>> = {
  string: (v) => `typeof ${v} === "string"`,
  boolean: (v) => `typeof ${v} === "boolean"`,
  number: (v) => `Number.isFinite(${v})`,
  integer: (v) => `Number.isInteger(${v})`,
  null: (v) => `${v} === null`,
  array: (v) => `Array.isArray(${v})`,
  object: (v) => `isObject(${v})`,
};

function typeTest(name: string, v: string): string {
  const test = Object.hasOwn(types, name) ? types[name] : undefined;
  if (!test) throw new Unknown();
  return test(v);
}

function isOneOf(values: readonly unknown[], v: string): string {
  if (values.some((value) => typeof value === "object" && value !== null)) throw new Unknown();
  return values.map((value) => `${v} === ${JSON.stringify(value)}`).join(" || ") || "false";
}

/** A member's value. One that every object inherits is not read: what is there may not be its own. */
function member(v: string, name: string): string {
  if (name in {}) throw new Unknown();
  return `${v}[${JSON.stringify(name)}]`;
}

function properties(schemas: Schema, context: Context): string {
  const tests = Object.entries(schemas).map(([name, schema]) => {
    const test = testOf(schema, "m", context);
    return `m = ${member("v", name)}; if (m !== undefined && !(${test})) return false;`;
  });
  return declare(`if (!isObject(v)) return true; let m; ${tests.join("\n")}`, context);
}

/** Tests the members that have no name in `known`. */
function others(known: Schema, schema: unknown, context: Context): string {
  const names = Object.keys(known).map((name) => `case ${JSON.stringify(name)}:`);
  const test = schema === false ? "false" : testOf(schema, "v[k]", context);
  const cases = names.length === 0 ? "" : `switch (k) { ${names.join(" ")} continue; }`;
  return declare(`if (isObject(v)) for (const k in v) { ${cases} if (!(${test})) return false; }`, context);
}

/** Members that the schema names, itself or through what it refers to, are evaluated whatever else holds. */
function evaluated(schema: Schema, rest: unknown, context: Context): Schema {
  if (rest !== false) throw new Unknown();
  context.isLoose = true;
  const named: Schema = {};
  for (let at: Schema | undefined = schema; at;) {
    Object.assign(named, at["properties"]);
    at = at["$ref"] === undefined ? undefined : members(resolveRef(text(at["$ref"]), context.root));
    if (at === schema) throw new Unknown();
  }
  return named;
}

function items(schema: unknown, context: Context): string {
  const test = testOf(schema, "m", context);
  return declare(
    `if (Array.isArray(v)) for (let i = 0; i < v.length; i++) { const m = v[i]; if (!(${test})) return false; }`,
    context,
  );
}

function regularExpression(pattern: string, context: Context): string {
  try {
    new RegExp(pattern, "u");
  } catch {
    throw new Unknown();
  }
  const name = `e${context.code.length}`;
  context.code.push(`const ${name} = new RegExp(${JSON.stringify(pattern)}, "u");`);
  return name;
}

function isObject(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function members(value: unknown): Schema {
  if (!isObject(value)) throw new Unknown();
  return value;
}

function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new Unknown();
  return value;
}

function literal(value: unknown): string {
  if (typeof value !== "number") throw new Unknown();
  return String(value);
}

function text(value: unknown): string {
  if (typeof value !== "string") throw new Unknown();
  return value;
}
