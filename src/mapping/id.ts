import { hash } from "node:crypto";

/**
 * A deterministic identifier: the same seeds give the same text, so that replays of one recorded stream, and the
 * same conversation one turn later, are byte for byte the same.
 */
export function stableId(prefix: string, ...seeds: readonly unknown[]): string {
  const text = seeds
    .map((seed) => (typeof seed === "string" ? seed : (JSON.stringify(seed) ?? "")))
    .join("\u0000");
  return prefix + hash("sha256", text, "hex").slice(0, 24);
}
