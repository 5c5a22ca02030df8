import { hash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { version } from "../version.ts";
import { parseEntries, printEntries } from "./entries-file.ts";
import type { Entries } from "./memory.ts";

/** In `dist/`. Sources have none: they change, and it would not. */
const file = fileURLToPath(new URL("../mappings.txt", import.meta.url));

/**
 * What a package knows of the mappings that come with it, so that its very first start need not find it out. It holds for
 * mappings that were changed since, too: a key names the text that it is about.
 */
export function readShipped(): Entries {
  try {
    return parseEntries(readFileSync(file), fingerprint());
  } catch {
    return new Map();
  }
}

/** Keeps entries in the program that was built a moment ago. */
export function writeShipped(entries: Entries): void {
  writeFileSync(file, printEntries(entries, fingerprint()));
}

/** What was installed beside a package may be another version than it was built with. */
function fingerprint(): string {
  return hash("sha256", JSON.stringify([version, ...versionsOfParsers()]));
}

const parsers = ["jsonata", "yaml"];

/** Of the packages that read mappings: what is known of a text hangs on them. */
export function versionsOfParsers(): string[] {
  const require = createRequire(import.meta.url);
  return parsers.map((name) => (require(`${name}/package.json`) as { version: string }).version);
}
