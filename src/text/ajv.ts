import { createRequire } from "node:module";
import type { Ajv2020, Options } from "ajv/dist/2020.js";

const require = createRequire(import.meta.url);

/**
 * The JSON Schema validator, loaded when it is first asked for: only to find words for a mistake, or for a schema that
 * `compileMatcher` does not know.
 */
export function createAjv(options: Options): Ajv2020 {
  const { Ajv2020 } = require("ajv/dist/2020.js") as typeof import("ajv/dist/2020.js");
  return new Ajv2020(options);
}
