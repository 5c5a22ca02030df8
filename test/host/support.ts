import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { HostFunction } from "../../src/jsonata/types.ts";
import type { JsonObject, Loss } from "../../src/mapping/canonical.ts";
import { schemaFunction } from "../../src/mapping/host/schema/schema.ts";
import { collectLosses } from "../../src/mapping/losses.ts";
import { freeze } from "../fit/support.ts";

type Dialects = Record<string, Record<string, unknown>>;

/** The dialects that the mappings declare: what is tested is what runs. */
function dialectsOf(mapping: string): Dialects {
  const file = new URL(`../../mappings/${mapping}/mapping.yaml`, import.meta.url);
  return (parse(readFileSync(file, "utf8")) as { dialects: Dialects }).dialects;
}
export const dialects: Dialects = {
  ...dialectsOf("gemini"),
  ...dialectsOf("openai-responses"),
  ...dialectsOf("anthropic"),
};
export const schemaIn: HostFunction = schemaFunction(dialects);

export function write(dialect: string, schema: JsonObject): { schema: unknown; lost: string[] } {
  const losses: Loss[] = [];
  const written = collectLosses(() => schemaIn(dialect, freeze(schema)), losses);
  return { schema: written, lost: losses.map((loss) => `${loss.code} ${loss.at}`) };
}

/** A schema of one property, and the property in the dialect. */
export function property(dialect: string, schema: JsonObject, others: JsonObject = {}): unknown {
  const written = write(dialect, {
    type: "object",
    properties: { p: schema },
    required: ["p"],
    ...others,
  }).schema;
  return (written as { properties: { p: unknown } } | undefined)?.properties.p;
}
