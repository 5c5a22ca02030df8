import { formatDiagnostics } from "../diagnostics/format.ts";
import { openCache } from "./cache.ts";
import { load } from "./load.ts";
import type { LoadOptions } from "./load.ts";
import { loadingMappings } from "./mappings.ts";
import { createMemory } from "./memory.ts";
import type { BridgeMemory, Entries } from "./memory.ts";
import { atOnce } from "./steps.ts";
import type { Bridge, LoadResult } from "./types.ts";

/** What another process does: all of a load that takes time. */
export interface Task {
  options: Pick<LoadOptions, "config" | "env" | "listen">;
  /** What is known beside what is kept. */
  known?: Entries;
  /** Keys of what need not be told: who asks has it. */
  has?: ReadonlySet<string>;
  /** Where what was found out is kept; absent: nowhere. */
  cache: string | undefined;
}

/** What a load finds out that can be handed to another process: all but the functions. */
export interface Finding extends Omit<LoadResult, "bridge"> {
  /** Whether there is nothing wrong that keeps a bridge from being made. */
  isSound: boolean;
  /** What a load needs and who asked does not have. */
  news: Entries;
  /** All keys that a load needs. */
  used: ReadonlySet<string>;
}

/** Loads what is on disk now, generates the code of the mappings in use, and keeps both if it is sound. */
export function perform({ options, known, has, cache }: Task): Finding {
  const kept = openCache(cache, options.config);
  const { memory, findRest } = explore([...kept.read(), ...(known ?? [])]);
  const { bridge, diagnostics, watch } = load({ ...options, memory });
  if (bridge) findRest(inUse(bridge));
  const { fresh, used } = memory;
  const needed = entriesOf(memory, used);
  if (bridge && fresh.size > 0) kept.write(needed);
  const news = new Map([...needed].filter(([key]) => has?.has(key) !== true));
  return { isSound: bridge !== undefined, diagnostics, watch, news, used };
}

/** What any start needs to know of the mappings that come with llmbridge. Throws where one of them has a mistake. */
export function findShipped(): Entries {
  const { memory, findRest } = explore([]);
  const { mappings, diagnostics } = atOnce(loadingMappings([], {}, new Map(), memory));
  if (diagnostics.length > 0) throw new Error(formatDiagnostics(diagnostics));
  findRest(new Set(mappings.keys()));
  return entriesOf(memory, memory.used);
}

/** A memory, and what finds out all that first runs of the mappings would that were loaded with it. */
function explore(known: Iterable<readonly [string, Buffer]>): {
  memory: BridgeMemory;
  findRest: (mappings: ReadonlySet<string>) => void;
} {
  const work: { mapping: string; find: () => void }[] = [];
  const memory = createMemory(new Map(known), (mapping, find) => work.push({ mapping, find }));
  return {
    memory,
    findRest(mappings) {
      // What is found out may name more to find out.
      for (const { mapping, find } of work) if (mappings.has(mapping)) find();
    },
  };
}

function entriesOf({ entries }: BridgeMemory, keys: ReadonlySet<string>): Entries {
  return new Map([...keys].map((key) => [key, entries.get(key)!]));
}

/** Mappings that clients or providers may speak. */
function inUse({ mappings, providers }: Bridge): ReadonlySet<string> {
  const serving = [...mappings.values()].filter(({ serves }) => serves.length > 0);
  return new Set([
    ...serving.map(({ name }) => name),
    ...[...providers.values()].map(({ mapping }) => mapping),
  ]);
}
