import { hash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { version } from "../version.ts";
import type { Entries } from "./memory.ts";

/** Where the entries of a memory are kept between two starts. */
export interface Cache {
  /** What was kept last; nothing where it is not there, not whole, or another llmbridge's. */
  read(): Entries;
  /** Keeps entries instead of what was there. Where that cannot be done, nothing is kept. */
  write(entries: Entries): void;
}

/**
 * A file in a cache folder that must be private (bin/cache.mjs sees to that): it holds code that will be run. Each
 * configuration has a file of its own; what it holds is good for exactly these sources of llmbridge, and for the texts
 * that its keys name.
 */
export function openCache(folder: string, config = "llmbridge.yaml"): Cache {
  const name = hash("sha256", JSON.stringify([here, resolve(config)]), "hex").slice(0, 16);
  const file = join(folder, `mappings-${name}.txt`);
  return {
    read() {
      try {
        return parse(readFileSync(file));
      } catch {
        return new Map();
      }
    },
    write(entries) {
      const part = `${file}.${process.pid}-${performance.now()}`;
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        writeFileSync(part, print(entries), { mode: 0o600, flag: "wx" });
        renameSync(part, file);
        removeOld(folder);
      } catch {
        discard(part);
      }
    },
  };
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

/** The fingerprint, the hash of what follows, and two lines for each entry: its key, and JSON without a line break. */
function print(entries: Entries): Buffer {
  const lines = [...entries].flatMap(([key, bytes]) => [
    Buffer.from(`${JSON.stringify(key)}\n`),
    bytes,
    newline,
  ]);
  const body = Buffer.concat(lines);
  return Buffer.concat([Buffer.from(`${fingerprint()}\n${hash("sha256", body)}\n`), body]);
}

function parse(file: Buffer): Entries {
  let from = 0;
  function line(): Buffer {
    const end = file.indexOf(newline, from);
    const bytes = file.subarray(from, end);
    from = end + 1;
    return bytes;
  }
  const entries = new Map<string, Buffer>();
  if (line().toString() !== fingerprint() || line().toString() !== hash("sha256", file.subarray(from)))
    return entries;
  while (from < file.length) {
    const key = JSON.parse(line().toString()) as string;
    entries.set(key, line());
  }
  return entries;
}

const newline = Buffer.from("\n");

/** `src/` or `dist/`. */
const here = fileURLToPath(new URL("..", import.meta.url));
/** What decides on facts and code. */
const rooms = ["bridge", "mapping", "jsonata", "text"];
const parsers = ["jsonata", "yaml"];

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

function versionsOfParsers(): string[] {
  const require = createRequire(import.meta.url);
  return parsers.map((name) => (require(`${name}/package.json`) as { version: string }).version);
}
