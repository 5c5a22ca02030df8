import { openCache } from "./cache.ts";
import { load } from "./load.ts";
import type { LoadOptions } from "./load.ts";
import { createMemory } from "./memory.ts";
import type { Entries } from "./memory.ts";
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
  const kept = cache === undefined ? undefined : openCache(cache, options.config);
  const work: { mapping: string; find: () => void }[] = [];
  const memory = createMemory(new Map([...(kept?.read() ?? []), ...(known ?? [])]), (mapping, find) =>
    work.push({ mapping, find }),
  );
  const { bridge, diagnostics, watch } = load({ ...options, memory });
  const wanted = bridge && inUse(bridge);
  // What is found out may name more to find out.
  if (wanted) for (const { mapping, find } of work) if (wanted.has(mapping)) find();
  const { fresh, used, entries } = memory;
  const needed = [...used].map((key) => [key, entries.get(key)!] as const);
  if (bridge && fresh.size > 0) kept?.write(new Map(needed));
  const news = new Map(needed.filter(([key]) => has?.has(key) !== true));
  return { isSound: bridge !== undefined, diagnostics, watch, news, used };
}

/** Mappings that clients or providers may speak. */
function inUse({ mappings, providers }: Bridge): ReadonlySet<string> {
  const serving = [...mappings.values()].filter(({ serves }) => serves.length > 0);
  return new Set([
    ...serving.map(({ name }) => name),
    ...[...providers.values()].map(({ mapping }) => mapping),
  ]);
}
