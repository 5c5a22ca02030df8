import { ascii } from "../jsonata/index.ts";
import type { Memory } from "../jsonata/index.ts";

/** JSON, in ASCII, by keys that hold all it depends on. */
export type Entries = ReadonlyMap<string, Buffer>;

/** What loads found out about texts. */
export interface BridgeMemory extends Memory {
  readonly entries: Entries;
  /** Keys that have been recalled or noted: what the folders of now need. */
  readonly used: ReadonlySet<string>;
  /** What was noted, because it was not known. */
  readonly fresh: Entries;
  /** The same memory, for what one mapping finds out. */
  of(mapping: string): Memory;
  learn(entries: Entries): void;
  forgetAllBut(keys: ReadonlySet<string>): void;
}

/**
 * A memory that begins with what is known. It holds bytes: what is recalled is the caller's own, and what nobody recalls
 * is neither parsed nor moved about by the garbage collector. `later` is told how to find out what first runs of a mapping
 * would.
 */
export function createMemory(
  known?: Entries,
  later?: (mapping: string, find: () => void) => void,
): BridgeMemory {
  const entries = new Map(known);
  const fresh = new Map<string, Buffer>();
  const used = new Set<string>();
  const memory: Memory = {
    recall(key) {
      const bytes = entries.get(key);
      if (bytes === undefined) return undefined;
      used.add(key);
      return JSON.parse(bytes.toString("latin1")) as unknown;
    },
    note(key, value) {
      const bytes = Buffer.from(ascii(JSON.stringify(value)), "latin1");
      used.add(key);
      entries.set(key, bytes);
      fresh.set(key, bytes);
    },
  };
  return {
    ...memory,
    entries,
    used,
    fresh,
    of: (mapping) => (later ? { ...memory, later: (find) => later(mapping, find) } : memory),
    learn(others) {
      for (const [key, bytes] of others) entries.set(key, bytes);
      fresh.clear();
    },
    forgetAllBut(keys) {
      for (const key of entries.keys()) if (!keys.has(key)) entries.delete(key);
    },
  };
}
