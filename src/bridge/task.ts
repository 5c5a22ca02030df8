import { openCache } from "./cache.ts";
import { load } from "./load.ts";
import type { LoadOptions } from "./load.ts";
import { createMemory } from "./memory.ts";
import type { Entries } from "./memory.ts";
import type { Bridge, LoadResult } from "./types.ts";

/** What another process does: all of a load that takes time. */
export interface Task {
  options: Pick<LoadOptions, "config" | "env" | "listen">;
  /** What is known already. */
  known: Entries;
  /** Where to keep what is found out; absent: nowhere. */
  cache: string | undefined;
}

/** What a load finds out that can be handed to another process: all but the functions. */
export interface Finding extends Omit<LoadResult, "bridge"> {
  /** Whether there is nothing wrong that keeps a bridge from being made. */
  isSound: boolean;
  /** What was not known. */
  fresh: Entries;
  /** All keys that a load needs. */
  used: ReadonlySet<string>;
}

/** Loads what is on disk now, generates the code of the mappings in use, and keeps both if it is sound. */
export function perform({ options, known, cache }: Task): Finding {
  const work: { mapping: string; find: () => void }[] = [];
  const memory = createMemory(known, (mapping, find) => work.push({ mapping, find }));
  const { bridge, diagnostics, watch } = load({ ...options, memory });
  const wanted = bridge && inUse(bridge);
  // What is found out may name more to find out.
  if (wanted) for (const { mapping, find } of work) if (wanted.has(mapping)) find();
  const { fresh, used, entries } = memory;
  if (bridge && cache !== undefined && fresh.size > 0)
    openCache(cache, options.config).write(new Map([...used].map((key) => [key, entries.get(key)!])));
  return { isSound: bridge !== undefined, diagnostics, watch, fresh, used };
}

/** Mappings that clients or providers may speak. */
function inUse({ mappings, providers }: Bridge): ReadonlySet<string> {
  const serving = [...mappings.values()].filter(({ serves }) => serves.length > 0);
  return new Set([
    ...serving.map(({ name }) => name),
    ...[...providers.values()].map(({ mapping }) => mapping),
  ]);
}
