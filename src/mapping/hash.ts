import { hash } from "node:crypto";

/** The first `digits` hex digits of a hash of `text`: the same everywhere and for ever, so that prompt caches hit. */
export function hexOf(text: string, digits: number): string {
  return hash("sha256", text, "hex").slice(0, digits);
}
