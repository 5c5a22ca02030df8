import { isObject } from "../../src/golden/leaves.ts";

/**
 * Everything that a wire value says, as one text: what stands in base64 (media, envelopes) stands beside it decoded,
 * three layers deep, since clients encode what they take for bytes.
 */
export function spelledOut(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  let all = text;
  // What stands before a text in JSON must not be taken for its beginning.
  let layer = text.replaceAll(/\\(?:u[0-9a-f]{4}|.)/gi, " ");
  for (let depth = 0; depth < 3; depth++) {
    layer = [...layer.matchAll(/[A-Za-z0-9+/_-]{10,}={0,2}/g)]
      .map(([found]) => decoded(found))
      .filter(Boolean)
      .join("\n");
    if (layer === "") break;
    all += `\n${layer}`;
  }
  return all;
}

/** What base64 says, where that is a text. */
function decoded(found: string): string {
  const bytes = Buffer.from(found, "base64").toString("latin1");
  return /[^\P{Cc}\t\r\n]/u.test(bytes) ? "" : bytes;
}

export function stands(value: unknown, needle: string): boolean {
  return spelledOut(value).includes(needle);
}

/** The places of a value whose leaf, or whose member's name, holds the needle. */
export function placesOf(
  value: unknown,
  needle: string,
  path: readonly (string | number)[] = [],
): (readonly (string | number)[])[] {
  if (Array.isArray(value)) return value.flatMap((item, i) => placesOf(item, needle, [...path, i]));
  if (isObject(value)) {
    return Object.entries(value).flatMap(([name, member]) =>
      name.includes(needle) ? [[...path, name]] : placesOf(member, needle, [...path, name]),
    );
  }
  return typeof value === "string" && stands(value, needle) ? [path] : [];
}
