import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openCache } from "../../src/bridge/cache.ts";
import { createMemory } from "../../src/bridge/memory.ts";
import type { Entries } from "../../src/bridge/memory.ts";

function folder(): string {
  const made = realpathSync(mkdtempSync(join(tmpdir(), "llmbridge-")));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

function entriesOf(values: Record<string, unknown>): Entries {
  const memory = createMemory();
  for (const [key, value] of Object.entries(values)) memory.note(key, value);
  return memory.entries;
}

const values = { "text a\nb": { names: ["ä", "\u2028", "\n"] }, "code c": { text: '"use strict";\n"é"' } };

function recall(entries: Entries): Record<string, unknown> {
  const memory = createMemory(entries);
  return Object.fromEntries([...entries.keys()].map((key) => [key, memory.recall(key)]));
}

/** A cache of the values, and its only file. */
function kept(): { read: () => Entries; file: string; bytes: Buffer } {
  const place = folder();
  openCache(place).write(entriesOf(values));
  const file = join(place, readdirSync(place)[0]!);
  return { read: () => openCache(place).read(), file, bytes: readFileSync(file) };
}

describe("what is kept for the next start", () => {
  test("comes back as it was", () => {
    expect(recall(kept().read())).toEqual(values);
  });

  test("is one configuration's own", () => {
    const place = folder();
    openCache(place, "one.yaml").write(entriesOf({ a: 1 }));
    openCache(place, "two.yaml").write(entriesOf({ a: 2 }));
    expect(recall(openCache(place, "one.yaml").read())).toEqual({ a: 1 });
    expect(openCache(place, "three.yaml").read().size).toBe(0);
  });

  test("is not used where a byte of it is another, or missing", () => {
    const { read, file, bytes } = kept();
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1;
      writeFileSync(file, changed);
      expect(read().size, `byte ${at}`).toBe(0);
      writeFileSync(file, bytes.subarray(0, at));
      expect(read().size, `${at} bytes`).toBe(0);
    }
    writeFileSync(file, bytes);
    expect(read().size).toBe(2);
  });

  test("is nothing where nothing was kept, or cannot be", () => {
    const place = join(folder(), "file");
    writeFileSync(place, "");
    expect(() => openCache(join(place, "below")).write(entriesOf(values))).not.toThrow();
    expect(openCache(join(place, "below")).read().size).toBe(0);
  });

  test("leaves nothing half written behind, and no more files than a few", () => {
    const place = folder();
    for (let i = 0; i < 12; i++) openCache(place, `${i}.yaml`).write(entriesOf({ i }));
    expect(readdirSync(place)).toHaveLength(8);
    expect(recall(openCache(place, "11.yaml").read())).toEqual({ i: 11 });
  });
});
