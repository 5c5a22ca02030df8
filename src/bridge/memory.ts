import type { Memory } from "../jsonata/index.ts";

/** JSON by keys that hold all it depends on. */
export type Entries = ReadonlyMap<string, string>;

/** What loads found out about texts. */
export interface BridgeMemory extends Memory {
  readonly entries: Entries;
  /** Keys that have been recalled or noted: what the folders of now need. */
  readonly used: ReadonlySet<string>;
  /** What was noted, because it was not known. */
  readonly fresh: Entries;
  learn(entries: Entries): void;
  forgetAllBut(keys: ReadonlySet<string>): void;
}

/**
 * A memory that begins with what is known. It holds texts: what is recalled is the caller's own, and what nobody recalls
 * costs no parsing. `later` is told how to find out what first runs would.
 */
export function createMemory(known?: Entries, later?: Memory["later"]): BridgeMemory {
  const entries = new Map(known);
  const fresh = new Map<string, string>();
  const used = new Set<string>();
  return {
    entries,
    used,
    fresh,
    recall(key) {
      const text = entries.get(key);
      if (text === undefined) return undefined;
      used.add(key);
      return JSON.parse(text) as unknown;
    },
    note(key, value) {
      const text = JSON.stringify(value);
      used.add(key);
      entries.set(key, text);
      fresh.set(key, text);
    },
    learn(others) {
      for (const [key, text] of others) entries.set(key, text);
      fresh.clear();
    },
    forgetAllBut(keys) {
      for (const key of entries.keys()) if (!keys.has(key)) entries.delete(key);
    },
    ...(later && { later }),
  };
}
