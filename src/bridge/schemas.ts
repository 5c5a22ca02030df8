import { readFileSync } from "node:fs";
import { diagnostic } from "../diagnostics/diagnostic.ts";
import type { Diagnostic, Place } from "../diagnostics/diagnostic.ts";
import { bundleSchema } from "../text/schema-bundle.ts";
import { compileMatcher } from "../text/schema-match.ts";
import type { Matches } from "../text/schema-match.ts";
import { compileProblems } from "../text/schema.ts";
import type { SchemaProblem } from "../text/schema.ts";
import type { Path } from "../text/yaml.ts";

/** Checks a value against one of the project's schemas; mistakes with their places. */
export type Check = (value: unknown, place: (path: Path, what?: "key" | "value") => Place) => Diagnostic[];

/** What is wrong with a value, by paths. The validator that finds words for it is made for the first mistake. */
function problemsBy(name: string): (value: unknown) => SchemaProblem[] {
  let matches: Matches | undefined;
  let problems: ((value: unknown) => SchemaProblem[]) | undefined;
  return function problemsOf(value) {
    matches ??= compileMatcher(readSchema(name)) ?? (() => false);
    if (matches(value)) return [];
    problems ??= compileProblems(readSchema(name));
    return problems(value);
  };
}

function schemaCheck(name: string): Check {
  const problemsOf = problemsBy(name);
  return function check(value, place) {
    return problemsOf(value).map(({ code, path, what, message, cure }) =>
      diagnostic(code, message, place(path, what), cure),
    );
  };
}

/** One of the project's schemas (`schemas/` beside `src/` or `dist/`), whole: what it refers to in other files is put into it. */
export function readSchema(name: string): object {
  const file = new URL(`../../schemas/${name}`, import.meta.url);
  return bundleSchema(readOne(file), (reference) => readOne(new URL(reference, file)));
}

function readOne(file: URL): object {
  return JSON.parse(readFileSync(file, "utf8")) as object;
}

/** What is wrong with a mapping.yaml, and with llmbridge.yaml. */
export const checkMapping: (value: unknown) => SchemaProblem[] = problemsBy("mapping.schema.json");
export const checkConfig: (value: unknown) => SchemaProblem[] = problemsBy("config.schema.json");

export const checkDecodeTable: Check = schemaCheck("stream-decode.schema.json");
export const checkEncodeTable: Check = schemaCheck("stream-encode.schema.json");
