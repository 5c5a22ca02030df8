import { hash } from "node:crypto";
import type { Entries } from "./memory.ts";

const newline = Buffer.from("\n");

/** The fingerprint, the hash of what follows, and two lines for each entry: its key, and JSON without a line break. */
export function printEntries(entries: Entries, fingerprint: string): Buffer {
  const lines = [...entries].flatMap(([key, bytes]) => [
    Buffer.from(`${JSON.stringify(key)}\n`),
    bytes,
    newline,
  ]);
  const body = Buffer.concat(lines);
  return Buffer.concat([Buffer.from(`${fingerprint}\n${hash("sha256", body)}\n`), body]);
}

/** What was printed; nothing where the file is not whole, or has another fingerprint. */
export function parseEntries(file: Buffer, fingerprint: string): Entries {
  let from = 0;
  function line(): Buffer {
    const end = file.indexOf(newline, from);
    const bytes = file.subarray(from, end);
    from = end + 1;
    return bytes;
  }
  const entries = new Map<string, Buffer>();
  if (line().toString() !== fingerprint || line().toString() !== hash("sha256", file.subarray(from)))
    return entries;
  while (from < file.length) {
    const key = JSON.parse(line().toString()) as string;
    entries.set(key, line());
  }
  return entries;
}
