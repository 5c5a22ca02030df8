import { getCompileCacheDir } from "node:module";
import { setPriority } from "node:os";
import { dirname, extname } from "node:path";
import { openCache } from "./cache.ts";
import { loading } from "./load.ts";
import type { LoadOptions } from "./load.ts";
import type { Kept } from "./mappings.ts";
import { createMemory } from "./memory.ts";
import { atOnce, bitByBit } from "./steps.ts";
import type { Finding, Task } from "./task.ts";
import type { LoadResult } from "./types.ts";

export interface LoaderOptions extends Omit<LoadOptions, "memory"> {
  /** A private folder that keeps what was found out for the next start; absent: nothing is kept. */
  cache?: string | undefined;
}

/** Loads the same bridge again and again, and remembers what it found out. */
export interface Loader {
  /** Loads now; nothing else happens meanwhile. */
  load(): LoadResult;
  /**
   * Finds out what first runs and the next start need, in another process, where something was missing and is kept. Says
   * whether most of it was: that takes memory, and a new configuration of known mappings does not.
   */
  prepare(): Promise<boolean>;
  /**
   * Loads anew while requests are answered: another process reads, checks and compiles; here functions are made of its
   * code. What did not change stays the same function, as warm as it is.
   */
  reload(): Promise<LoadResult>;
}

export function createLoader({ cache, onUnknown, ...options }: LoaderOptions): Loader {
  const memory = createMemory(openCache(cache, options.config).read());
  const kept: Kept = new Map();
  const all: LoadOptions = { ...options, ...(onUnknown && { onUnknown }), memory };

  async function findOut(): Promise<Finding> {
    // Where it is kept, the helper finds it by itself: to hand it over would hold up requests.
    const known = cache === undefined ? { known: memory.entries } : {};
    const has = new Set(memory.entries.keys());
    const finding = await inHelper({ options, cache, has, ...known });
    memory.learn(finding.news);
    if (finding.isSound) memory.forgetAllBut(finding.used);
    return finding;
  }
  return {
    load: () => atOnce(loading(all, kept)),
    async prepare() {
      if (cache === undefined || memory.fresh.size === 0) return false;
      const isMuch = memory.fresh.size * 2 > memory.used.size;
      await findOut();
      return isMuch;
    },
    async reload() {
      const finding = await findOut().catch(() => undefined);
      // Without a helper it is slower, and not wrong.
      if (finding === undefined || finding.isSound) return bitByBit(loading(all, kept));
      return { diagnostics: finding.diagnostics, watch: finding.watch };
    },
  };
}

/** This file's neighbour, in `src/` and in `dist/`. */
const entry = new URL(`./helper${extname(import.meta.url)}`, import.meta.url);

/** Requests come first. */
const priority = 5;

/** In a process, not a thread: what a thread took of the memory is not given back when it ends. */
function inHelper(task: Task): Promise<Finding> {
  const { promise, resolve, reject } = Promise.withResolvers<Finding>();
  const modules = getCompileCacheDir();
  const { fork } = process.getBuiltinModule("node:child_process");
  const helper = fork(entry, modules === undefined ? [] : [dirname(modules)], {
    serialization: "advanced",
    execArgv: [],
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  helper.once("error", reject);
  helper.once("exit", () => reject(new Error("the process that loads has ended")));
  helper.once("message", (finding: Finding) => resolve(finding));
  helper.send(task);
  // A server that is asked to end does not wait for it.
  helper.unref();
  helper.channel?.unref();
  if (helper.pid !== undefined) lower(helper.pid);
  return promise;
}

function lower(pid: number): void {
  try {
    setPriority(pid, priority);
  } catch {
    // It has ended already, and `exit` tells so.
  }
}
