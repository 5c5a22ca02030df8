import type { Ajv2020, ErrorObject, Options } from "ajv/dist/2020.js";
import { diagnostic } from "../diagnostics/diagnostic.ts";
import type { Diagnostic, Place } from "../diagnostics/diagnostic.ts";
import { createAjv } from "./ajv.ts";
import type { Path } from "./yaml.ts";
import { collapseBranches, splitPointer } from "./schema-branch.ts";
import { describe } from "./schema-message.ts";

/** A mistake against a schema, by its path in the value: for values that no person wrote into a file. */
export interface SchemaProblem {
  code: "LB201" | "LB202" | "LB203";
  path: string[];
  /** LB203: the key that is missing at `path`. */
  missing?: string;
  /** What the mistake is about: the value, or its key. */
  what: "key" | "value";
  message: string;
  cure?: string;
}

export type At = (path: Path, what: "key" | "value") => Place;

// Compiling is most of what it does, once for each schema at start: it is not asked to optimise what runs once, nor to
// check schemas that are the project's own (test/config/schemas.test.ts does).
const options: Options = {
  strict: true,
  allowUnionTypes: true,
  strictRequired: false,
  allErrors: true,
  verbose: true,
  addUsedSchema: false,
  validateFormats: false,
  validateSchema: false,
  code: { optimize: false },
};

let shared: Ajv2020 | undefined;

/**
 * Compiles a JSON Schema (2020-12) to a function that gives all the mistakes of a value, in words. Throws where it
 * does not understand the schema.
 */
export function compileProblems(schema: object): (value: unknown) => SchemaProblem[] {
  const ajv = (shared ??= createAjv(options));
  const validate = ajv.compile(schema);
  ajv.removeSchema(schema);
  const root = schema as Record<string, unknown>;
  return function problems(value) {
    if (validate(value)) return [];
    const seen = new Set<string>();
    const all = collapseBranches(validate.errors ?? [], root)
      .filter((error) => error.propertyName === undefined)
      .map((error) => toProblem(error, root, validate.errors ?? []))
      .filter((one) => isNew(`${one.path.join("/")} ${one.message}`, seen));
    return all.filter((one) => !isMisspelt(one, all));
  };
}

/** The same, as diagnostics at the places that `at` knows. */
export function compileSchema(schema: object): (value: unknown, at: At) => Diagnostic[] {
  const problems = compileProblems(schema);
  return (value, at) =>
    problems(value).map(({ code, path, what, message, cure }) =>
      diagnostic(code, message, at(path, what), cure),
    );
}

function toProblem(
  error: ErrorObject,
  root: Record<string, unknown>,
  all: readonly ErrorObject[],
): SchemaProblem {
  const path = splitPointer(error.instancePath);
  const { code, key, what, message, cure } = describe(error, path, root, all);
  const at = { code, what, message, ...(cure !== undefined && { cure }) };
  if (code === "LB203") return { ...at, path, missing: key };
  return { ...at, path: key === undefined ? path : [...path, key] };
}

/** A required key that is there under a mistyped name is one mistake, not two. */
function isMisspelt(problem: SchemaProblem, all: readonly SchemaProblem[]): boolean {
  if (problem.code !== "LB203") return false;
  const owner = problem.path.join("/");
  return all.some(({ code, path, cure }) => {
    return (
      code === "LB201" &&
      path.slice(0, -1).join("/") === owner &&
      cure === `did you mean ${JSON.stringify(problem.missing)}?`
    );
  });
}

function isNew(key: string, seen: Set<string>): boolean {
  return seen.size !== seen.add(key).size;
}

/** A copy of a value without what stands at some paths, so that what is right in it can still be read. */
export function withoutPaths(value: unknown, paths: readonly (readonly string[])[]): unknown {
  const copy = structuredClone(value);
  for (const path of paths) {
    const owner = path
      .slice(0, -1)
      .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], copy);
    const last = path.at(-1);
    if (last === undefined || typeof owner !== "object" || owner === null) continue;
    // A list keeps its length, so that the places of the other items stay right.
    if (Array.isArray(owner)) owner[Number(last)] = "";
    else delete (owner as Record<string, unknown>)[last];
  }
  return copy;
}
