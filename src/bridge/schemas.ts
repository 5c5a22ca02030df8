import { readFileSync } from "node:fs";
import type { Diagnostic, Place } from "../diagnostics/diagnostic.ts";
import { compileSchema } from "../text/schema.ts";
import type { Path } from "../text/yaml.ts";

/** Checks a value against one of the project's schemas; mistakes with their places. */
export type Check = (value: unknown, place: (path: Path, what?: "key" | "value") => Place) => Diagnostic[];

/** `schemas/` beside `src/` or `dist/`: what is legal in the files that people write. */
function schemaCheck(name: string): Check {
  let compiled: Check | undefined;
  return function check(value, place) {
    compiled ??= compileSchema(JSON.parse(readFileSync(new URL(`../../schemas/${name}`, import.meta.url), "utf8")) as object);
    return compiled(value, place);
  };
}

export const checkMapping: Check = schemaCheck("mapping.schema.json");
export const checkDecodeTable: Check = schemaCheck("stream-decode.schema.json");
export const checkEncodeTable: Check = schemaCheck("stream-encode.schema.json");
