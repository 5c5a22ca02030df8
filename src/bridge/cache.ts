import { hash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { version } from "../version.ts";
import { parseEntries, printEntries } from "./entries-file.ts";
import type { Entries } from "./memory.ts";
import { readShipped, versionsOfParsers } from "./shipped.ts";

/** Where the entries of a memory are kept between two starts. */
export interface Cache {
  /** What was kept last; where that is not there, not whole, or another llmbridge's, what the package brings. */
  read(): Entries;
  /** Keeps entries instead of what was there. Where that cannot be done, or there is no folder, nothing is kept. */
  write(entries: Entries): void;
}

/**
 * A file in a cache folder that must be private (bin/cache.mjs sees to that): it holds code that will be run. Each
 * configuration has a file of its own; what it holds is good for exactly these sources of llmbridge, and for the texts
 * that its keys name.
 */
export function openCache(folder: string | undefined, config = "llmbridge.yaml"): Cache {
  if (folder === undefined) return { read: readShipped, write: () => undefined };
  const name = hash("sha256", JSON.stringify([here, resolve(config)]), "hex").slice(0, 16);
  const file = join(folder, `mappings-${name}.txt`);
  return {
    read() {
      const entries = readIfThere(file);
      return entries.size > 0 ? entries : readShipped();
    },
    write(entries) {
      const part = `${file}.${process.pid}-${performance.now()}`;
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        writeFileSync(part, printEntries(entries, fingerprint()), { mode: 0o600, flag: "wx" });
        renameSync(part, file);
        removeOld(folder);
      } catch {
        discard(part);
      }
    },
  };
}

function readIfThere(file: string): Entries {
  try {
    return parseEntries(readFileSync(file), fingerprint());
  } catch {
    return new Map();
  }
}

function discard(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Where nothing can be written, nothing was.
  }
}

/** Configurations come and go; those used last are kept. */
const mostFiles = 8;

function removeOld(folder: string): void {
  const names = readdirSync(folder).filter((name) => name.startsWith("mappings-"));
  const files = names.map((name) => ({ path: join(folder, name), at: statSync(join(folder, name)).mtimeMs }));
  for (const { path } of files.sort((a, b) => b.at - a.at).slice(mostFiles)) rmSync(path, { force: true });
}

/** `src/` or `dist/`. */
const here = fileURLToPath(new URL("..", import.meta.url));
/** What decides on facts and code. */
const rooms = ["bridge", "mapping", "jsonata", "text"];

let known: string | undefined;

/** Changes with the version, and with every source that has a say: in a checkout they change without it. */
function fingerprint(): string {
  return (known ??= hash(
    "sha256",
    JSON.stringify([version, process.version, ...versionsOfParsers(), ...sources()]),
  ));
}

/** A change of a file's content is a change of these, whatever tool makes it. */
function sources(): unknown[] {
  return rooms.flatMap((room) => {
    const files = readdirSync(join(here, room), { recursive: true, withFileTypes: true });
    const paths = files.filter((file) => file.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    return paths.sort().map((path) => {
      const { size, mtimeMs, ctimeMs } = statSync(path);
      return [path, size, mtimeMs, ctimeMs];
    });
  });
}
