import type { ErrorObject, ValidateFunction } from "ajv/dist/2020.js";
import { diagnostic } from "../diagnostics/diagnostic.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { CanonicalError } from "../mapping/canonical.ts";
import { createAjv } from "../text/ajv.ts";
import { parseJson } from "../text/json.ts";
import { compileMatcher } from "../text/schema-match.ts";
import type { Folder, FolderFile } from "./folder.ts";

/**
 * `request.schema.json`: refuses a malformed body before it is decoded, naming the place (`messages.3.content`) and
 * what belongs there. Unknown fields are the mapping's business, not the schema's.
 */
export function compileValidator(folder: Folder, report: (found: Diagnostic) => void): Validator | undefined {
  const file = folder.files.get("request.schema.json");
  if (!file) return undefined;
  const known = validators.get(file) ?? validatorOf(file, report);
  if (known) validators.set(file, known);
  return known;
}

type Validator = (body: unknown) => CanonicalError | undefined;

/** A schema that several folders borrow is the same to all of them. */
const validators = new WeakMap<FolderFile, Validator>();

function validatorOf(file: FolderFile, report: (found: Diagnostic) => void): Validator | undefined {
  const parsed = parseJson(file.text, file.path);
  for (const found of parsed.diagnostics) report(found);
  if (parsed.value === undefined) return undefined;
  const schema = parsed.value as object;
  const matches = compileMatcher(schema);
  let validate: ValidateFunction | undefined;
  if (!matches) {
    try {
      validate = compile(schema);
    } catch (error) {
      report(diagnostic("LB202", `not a JSON Schema: ${(error as Error).message}`, parsed.place([])));
      return undefined;
    }
  }
  return function refuse(body) {
    if (matches?.(body)) return undefined;
    validate ??= compile(schema);
    return validate(body) ? undefined : refusal(validate.errors ?? []);
  };
}

function compile(schema: object): ValidateFunction {
  return createAjv({ strict: false, allErrors: false, verbose: true }).compile(schema);
}

function refusal(errors: readonly ErrorObject[]): CanonicalError {
  const deepest = [...errors].sort((a, b) => b.instancePath.length - a.instancePath.length)[0];
  const at = deepest?.instancePath.slice(1).replaceAll("/", ".") ?? "";
  const what = deepest ? explain(deepest, errors) : "is not what this API takes";
  const param = deepest?.keyword === "required" ? join(at, String(deepest.params["missingProperty"])) : at;
  return {
    type: "invalid_request",
    status: 400,
    message: param ? `${param}: ${what}` : `the body ${what}`,
    ...(param && { param }),
  };
}

function join(at: string, name: string): string {
  return at ? `${at}.${name}` : name;
}

function explain(error: ErrorObject, errors: readonly ErrorObject[]): string {
  switch (error.keyword) {
    case "type": {
      const wanted = new Set(
        errors
          .filter((one) => one.instancePath === error.instancePath && one.keyword === "type")
          .flatMap((one) => one.params["type"] as string),
      );
      return `must be ${[...wanted].join(" or ")}, not ${nameOf(error.data)}`;
    }
    case "required":
      return "is required";
    case "enum":
      return `must be one of ${(error.params["allowedValues"] as unknown[]).map((one) => JSON.stringify(one)).join(", ")}`;
    default:
      return error.message ?? "is not valid";
  }
}

function nameOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
