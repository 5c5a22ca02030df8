import { readFileSync } from "node:fs";
import type { Diagnostic, Place } from "../diagnostics/diagnostic.ts";
import { bundleSchema } from "../text/schema-bundle.ts";
import { compileProblems, compileSchema } from "../text/schema.ts";
import type { SchemaProblem } from "../text/schema.ts";
import type { Path } from "../text/yaml.ts";

/** Checks a value against one of the project's schemas; mistakes with their places. */
export type Check = (value: unknown, place: (path: Path, what?: "key" | "value") => Place) => Diagnostic[];

/** `schemas/` beside `src/` or `dist/`: what is legal in the files that people write. */
function schemaCheck(name: string): Check {
  let compiled: Check | undefined;
  return function check(value, place) {
    compiled ??= compileSchema(readSchema(name));
    return compiled(value, place);
  };
}

/** One of the project's schemas, whole: what it refers to in other files is put into it. */
export function readSchema(name: string): object {
  const file = new URL(`../../schemas/${name}`, import.meta.url);
  return bundleSchema(readOne(file), (reference) => readOne(new URL(reference, file)));
}

function readOne(file: URL): object {
  return JSON.parse(readFileSync(file, "utf8")) as object;
}

let mappingProblems: ((value: unknown) => SchemaProblem[]) | undefined;

/** What is wrong with a mapping.yaml, by paths. */
export function checkMapping(value: unknown): SchemaProblem[] {
  mappingProblems ??= compileProblems(readSchema("mapping.schema.json"));
  return mappingProblems(value);
}

export const checkDecodeTable: Check = schemaCheck("stream-decode.schema.json");
export const checkEncodeTable: Check = schemaCheck("stream-encode.schema.json");
