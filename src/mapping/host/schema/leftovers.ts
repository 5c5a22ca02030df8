import type { Json, JsonObject } from "../../canonical.ts";
import { lose } from "./writing.ts";
import { words } from "./words.ts";
import type { Writing } from "./writing.ts";

/** They name or comment and constrain nothing. */
const silent: ReadonlySet<string> = new Set(
  words(`$schema $id id $comment $anchor $vocabulary $dynamicAnchor $defs definitions deprecated readOnly writeOnly
    nullable propertyOrdering`),
);

/** They inform the model and constrain nothing, so in the description they mean the same. */
const informing: ReadonlySet<string> = new Set(
  words("default example examples contentMediaType contentEncoding"),
);

/** What a dialect has no place for, as words in the description. */
export function describe(
  schema: JsonObject,
  leftovers: ReadonlyMap<string, Json>,
  at: string,
  writing: Writing,
): JsonObject {
  const notes: string[] = [];
  for (const [keyword, value] of leftovers) {
    if (silent.has(keyword) || keyword.startsWith("x-")) continue;
    if (isOpenness(keyword, value)) continue;
    if (!informing.has(keyword)) lose(writing, keyword, at);
    if (!isClosing(keyword, value)) notes.push(`${keyword}: ${brief(value)}`);
  }
  if (notes.length === 0) return schema;
  const own =
    typeof schema["description"] === "string" && schema["description"] !== ""
      ? `${schema["description"]}\n\n`
      : "";
  return { ...schema, description: `${own}{${notes.join(", ")}}` };
}

const openings: ReadonlySet<string> = new Set(
  words("additionalProperties unevaluatedProperties additionalItems unevaluatedItems"),
);

/** That more is allowed is what a schema without the keyword says anyway. */
function isOpenness(keyword: string, value: Json): boolean {
  return (
    openings.has(keyword) &&
    (value === true || (typeof value === "object" && value !== null && Object.keys(value).length === 0))
  );
}

/** That no more is allowed: a model does not make up keys, and the words would only tempt it. */
function isClosing(keyword: string, value: Json): boolean {
  return openings.has(keyword) && value === false;
}

/** As JSON, unless that is endless: what stands in several places is printed in each. */
function brief(value: Json): string {
  let values = 0;
  try {
    return JSON.stringify(value, (_, inner: Json) => {
      if (++values > 1000) throw new RangeError("too long");
      return inner;
    });
  } catch {
    return "…";
  }
}
