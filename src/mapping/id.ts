import { hash } from "node:crypto";

/**
 * A deterministic identifier: the same seeds give the same text, so that replays of one recorded stream, and the
 * same conversation one turn later, are byte for byte the same.
 */
export function stableId(prefix: string, ...seeds: readonly unknown[]): string {
  let text = "";
  for (let i = 0; i < seeds.length; i++) {
    const seed = seeds[i];
    if (i > 0) text += "\u0000";
    text += typeof seed === "string" ? seed : (JSON.stringify(seed) ?? "");
  }
  return prefix + hash("sha256", text, "hex").slice(0, 24);
}
