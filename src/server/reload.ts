import { dirname, resolve, sep } from "node:path";
import { watch } from "chokidar";
import type { LoadResult } from "../bridge/types.ts";

export interface ReloadOptions {
  /** Files and folders that the bridge was made of. */
  paths: readonly string[];
  load: () => LoadResult;
  /** Told the outcome of every load. */
  onLoad: (result: LoadResult, ms: number) => void;
}

export interface Reloader {
  close(): Promise<void>;
}

/** Editors save in several steps, and several files at once: the last of a burst is waited for, but not for ever. */
const quietMs = 60;
const longestMs = 200;

/**
 * Loads anew when something is saved. What is watched follows what was loaded. The folders around the paths are watched
 * too, but only for the paths themselves: a path that is taken away is seen when it is put back.
 */
export async function watchBridge({ paths, load, onLoad }: ReloadOptions): Promise<Reloader> {
  let watched = new Set(paths.map((path) => resolve(path)));
  let around = new Set([...watched].map((path) => dirname(path)));
  let timer: NodeJS.Timeout | undefined;
  let firstAt = 0;

  function isWatched(path: string): boolean {
    if (watched.has(path) || around.has(path)) return true;
    for (const one of watched) if (path.startsWith(one + sep)) return !/(?:~|\.sw[a-z])$/.test(path);
    return false;
  }
  const watcher = watch([...around, ...watched], {
    ignoreInitial: true,
    atomic: false,
    ignored: (path) => !isWatched(resolve(path)),
  });

  function follow(next: readonly string[]): void {
    const before = watched;
    watched = new Set(next.map((path) => resolve(path)));
    around = new Set([...watched].map((path) => dirname(path)));
    const fresh = [...watched].filter((path) => !before.has(path));
    if (fresh.length > 0) watcher.add([...fresh.map((path) => dirname(path)), ...fresh]);
  }
  function reload(): void {
    timer = undefined;
    const startedAt = performance.now();
    const result = load();
    follow(result.watch);
    onLoad(result, performance.now() - startedAt);
  }
  function noteChange(): void {
    const now = performance.now();
    if (timer === undefined) firstAt = now;
    clearTimeout(timer);
    timer = setTimeout(reload, Math.max(0, Math.min(quietMs, firstAt + longestMs - now)));
  }
  watcher.on("all", noteChange);
  await new Promise<void>((ready) => watcher.once("ready", () => ready()));
  return {
    async close() {
      clearTimeout(timer);
      await watcher.close();
    },
  };
}
