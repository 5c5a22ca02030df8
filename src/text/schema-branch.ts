import type { ErrorObject } from "ajv";

type SchemaObject = Record<string, unknown>;

/**
 * Makes the mistakes of a value that fits no branch of an anyOf or oneOf readable: those of the branch that it was
 * most likely meant to be, instead of those of all branches. `errors` is what ajv gives with `verbose`; `root` the
 * schema that its `$ref`s point into.
 */
export function collapseBranches(errors: readonly ErrorObject[], root: SchemaObject): ErrorObject[] {
  // ajv lists an alternative after what its branches complained of, so the last one is inside no other.
  const outermost = errors.findLast(isAlternative);
  if (!outermost) return errors.filter((error) => error.keyword !== "if");
  const branches = outermost.schema as unknown[];
  const shares = branches.map((branch) => errors.filter((error) => isOf(error, outermost, branch, root)));
  const inside = new Set(shares.flat());
  const rest = errors.filter((error) => error !== outermost && !inside.has(error));
  return [
    ...collapseBranches(rest, root),
    ...bestShare(
      shares.map((share) => collapseBranches(share, root)),
      outermost,
    ),
  ];
}

function isAlternative(error: ErrorObject): boolean {
  return error.keyword === "anyOf" || (error.keyword === "oneOf" && error.params.passingSchemas === null);
}

function isOf(error: ErrorObject, alternative: ErrorObject, branch: unknown, root: SchemaObject): boolean {
  if (error === alternative || !isBelow(error, alternative)) return false;
  const steps = pathBelow(error, alternative);
  return steps.reduce(stepInto, closure([branch], root)).has(error.parentSchema as SchemaObject);

  function stepInto(schemas: Set<SchemaObject>, key: string): Set<SchemaObject> {
    return closure(
      [...schemas].flatMap((schema) => childSchemas(schema, key)),
      root,
    );
  }
}

function isBelow(error: ErrorObject, alternative: ErrorObject): boolean {
  return (
    error.instancePath === alternative.instancePath ||
    error.instancePath.startsWith(`${alternative.instancePath}/`)
  );
}

function pathBelow(error: ErrorObject, alternative: ErrorObject): string[] {
  return splitPointer(error.instancePath.slice(alternative.instancePath.length));
}

/** `/a~1b/0` → `["a/b", "0"]` */
export function splitPointer(pointer: string): string[] {
  const parts = pointer.split("/").slice(1);
  return parts.map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The schemas that look at the same value as these do: through `$ref`, combinations and conditions. */
function closure(schemas: readonly unknown[], root: SchemaObject): Set<SchemaObject> {
  const seen = new Set<SchemaObject>();
  const open = [...schemas];
  for (let schema = open.pop(); schema !== undefined; schema = open.pop()) {
    if (!isObject(schema) || seen.has(schema)) continue;
    seen.add(schema);
    for (const word of ["allOf", "anyOf", "oneOf"])
      if (Array.isArray(schema[word])) open.push(...schema[word]);
    open.push(...["if", "then", "else", "not", "propertyNames"].map((word) => schema[word] ?? false));
    if (typeof schema.$ref === "string") open.push(resolveRef(schema.$ref, root) ?? false);
  }
  return seen;
}

function childSchemas(schema: SchemaObject, key: string): unknown[] {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const patterns = isObject(schema.patternProperties) ? Object.entries(schema.patternProperties) : [];
  const prefix = Array.isArray(schema.prefixItems) ? schema.prefixItems : [];
  return [
    Object.hasOwn(properties, key) ? properties[key] : undefined,
    ...patterns.filter(([pattern]) => new RegExp(pattern, "u").test(key)).map(([, value]) => value),
    schema.additionalProperties,
    schema.unevaluatedProperties,
    schema.items,
    prefix[Number(key)],
  ].filter(isObject);
}

/** `#/$defs/name` in the same schema; other references do not occur in branches that need telling apart. */
export function resolveRef(ref: string, root: SchemaObject): unknown {
  if (!ref.startsWith("#")) return undefined;
  return splitPointer(decodeURIComponent(ref.slice(1))).reduce<unknown>(
    (at, key) => (isObject(at) ? at[key] : undefined),
    root,
  );
}

function isObject(value: unknown): value is SchemaObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function bestShare(shares: ErrorObject[][], alternative: ErrorObject): ErrorObject[] {
  const fitting = shares.filter((share) => !share.some((error) => isWrongType(error, alternative)));
  if (fitting.length === 0) return [mergedType(shares, alternative)];
  const chosen = fitting.filter((share) => !share.some((error) => isWrongTag(error, alternative)));
  if (chosen.length > 0) return fewest(chosen);
  return mergedTag(fitting, alternative) ?? fewest(fitting);
}

function fewest(shares: ErrorObject[][]): ErrorObject[] {
  return shares.reduce((best, share) => (share.length < best.length ? share : best));
}

function isWrongType(error: ErrorObject, alternative: ErrorObject): boolean {
  return error.keyword === "type" && error.instancePath === alternative.instancePath;
}

/** A branch of objects is chosen by a member with a fixed value (`type: "text"`); a branch of texts by its values. */
function isWrongTag(error: ErrorObject, alternative: ErrorObject): boolean {
  return (error.keyword === "const" || error.keyword === "enum") && pathBelow(error, alternative).length <= 1;
}

function mergedType(shares: ErrorObject[][], alternative: ErrorObject): ErrorObject {
  const wrong = shares.flatMap((share) => share.filter((error) => isWrongType(error, alternative)));
  const types = new Set(wrong.flatMap((error) => error.params.type as string | string[]));
  return { ...alternative, keyword: "type", params: { type: [...types] } };
}

function mergedTag(shares: ErrorObject[][], alternative: ErrorObject): ErrorObject[] | undefined {
  const tags = shares.map((share) => share.find((error) => isWrongTag(error, alternative))!);
  const [first] = tags;
  if (!first || tags.some((tag) => tag.instancePath !== first.instancePath)) return undefined;
  const values = tags.flatMap((tag): unknown[] =>
    tag.keyword === "const" ? [tag.schema] : (tag.schema as unknown[]),
  );
  return [{ ...first, keyword: "enum", schema: values, params: { allowedValues: values } }];
}
