import { dirname, resolve, sep } from "node:path";
import type { LoadResult } from "../bridge/types.ts";
import { diagnostic } from "../diagnostics/diagnostic.ts";

/** Makes a bridge of what is on disk now. One that takes its time lets requests go on meanwhile. */
export type Load = () => LoadResult | Promise<LoadResult>;

export interface ReloadOptions {
  /** Files and folders that the bridge was made of. */
  paths: readonly string[];
  load: Load;
  /** Told the outcome of every load. */
  onLoad: (result: LoadResult, ms: number) => void;
}

export interface Reloader {
  close(): Promise<void>;
}

/**
 * Loads anew when something is saved. What is watched follows what was loaded. The folders around the paths are watched
 * too, but only for the paths themselves: a path that is taken away is seen when it is put back.
 */
export async function watchBridge({ paths, load, onLoad }: ReloadOptions): Promise<Reloader> {
  const { watch } = await import("chokidar");
  let watched = new Set(paths.map((path) => resolve(path)));
  let around = foldersOf(watched);

  function isWatched(path: string, isFolder: boolean): boolean {
    if (watched.has(path) || around.has(path)) return true;
    for (const one of watched)
      if (path.startsWith(one + sep)) return isRead(path.slice(one.length + 1), isFolder);
    return false;
  }
  const watcher = watch(rootsOf(around), {
    ignoreInitial: true,
    atomic: false,
    ignored: (path, stats) => !isWatched(resolve(path), stats?.isDirectory() === true),
  });

  function follow(next: readonly string[]): void {
    const before = watched;
    watched = new Set(next.map((path) => resolve(path)));
    const roots = new Set(rootsOf(around));
    around = foldersOf(watched);
    const fresh = [...watched].filter((path) => !before.has(path));
    watcher.add([...rootsOf(around).filter((root) => !roots.has(root)), ...fresh]);
  }
  const burst = createBurst(async () => {
    const startedAt = performance.now();
    const result = await loadSafely(load, [...watched]);
    if (watcher.closed) return;
    follow(result.watch);
    onLoad(result, performance.now() - startedAt);
  });
  watcher.on("all", burst.note);
  await new Promise<void>((ready) => watcher.once("ready", () => ready()));
  return {
    close() {
      burst.cancel();
      return watcher.close();
    },
  };
}

/** In a folder of mappings: its folders and their files; golden cases stand deeper, thousands of them. */
function isRead(path: string, isFolder: boolean): boolean {
  const depth = path.split(sep).length;
  return depth <= (isFolder ? 1 : 2) && !/(?:~|\.sw[a-z])$/.test(path);
}

function foldersOf(paths: ReadonlySet<string>): Set<string> {
  return new Set([...paths].map((path) => dirname(path)));
}

/** Folders that are not found from another one; one that is watched twice would be ready before it is watched. */
function rootsOf(folders: ReadonlySet<string>): string[] {
  return [...folders].filter((folder) => dirname(folder) === folder || !folders.has(dirname(folder)));
}

/** A file that makes the loader itself fail must not end a server that is running well. */
async function loadSafely(load: Load, paths: readonly string[]): Promise<LoadResult> {
  try {
    return await load();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      diagnostics: [diagnostic("LB901", `the configuration could not be loaded: ${reason}`)],
      watch: paths,
    };
  }
}

/** Editors save in several steps, and several files at once: the last of a burst is waited for, but not for ever. */
const quietMs = 60;
const longestMs = 200;

/** Runs once after each burst of changes, never twice at a time; a change while it runs makes it run again. */
function createBurst(run: () => Promise<void>): { note: () => void; cancel: () => void } {
  let timer: NodeJS.Timeout | undefined;
  let firstAt = 0;
  let isRunning = false;
  let isDue = false;
  async function start(): Promise<void> {
    timer = undefined;
    isRunning = true;
    await run();
    isRunning = false;
    if (isDue) note();
  }
  function note(): void {
    isDue = isRunning;
    if (isRunning) return;
    const now = performance.now();
    if (timer === undefined) firstAt = now;
    clearTimeout(timer);
    timer = setTimeout(() => void start(), Math.max(0, Math.min(quietMs, firstAt + longestMs - now)));
  }
  return { note, cancel: () => clearTimeout(timer) };
}
