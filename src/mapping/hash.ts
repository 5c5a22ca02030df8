import { createHash } from "node:crypto";

/** The first `digits` hex digits of a hash of `text`: the same everywhere and for ever, so that prompt caches hit. */
export function hexOf(text: string, digits: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, digits);
}
