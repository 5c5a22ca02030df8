import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { diagnostic } from "../diagnostics/diagnostic.ts";
import type { Diagnostic, Place } from "../diagnostics/diagnostic.ts";
import type { Memory } from "../jsonata/index.ts";
import { didYouMean, nearest } from "../text/nearest.ts";
import { parseYaml } from "../text/yaml.ts";
import type { Source } from "../text/yaml.ts";
import { atOnce } from "./steps.ts";
import type { Steps } from "./steps.ts";

/** A file of a mapping folder, and the folder that it really stands in (`extends` borrows). */
export interface FolderFile {
  path: string;
  text: string;
  folder: string;
}

/** A mapping folder as written, with what it borrows already taken in. */
export interface Folder {
  name: string;
  dir: string;
  files: ReadonlyMap<string, FolderFile>;
  /** `mapping.yaml` of this folder itself, for places; and its keys with the borrowed ones. */
  yaml: Source;
  written: Record<string, unknown>;
  /** `lib.jsonata`, `lib.<topic>.jsonata`: the borrowed ones first. */
  libs: readonly FolderFile[];
}

/** Files of documents: what goes through them, and in which direction. */
export const documentFiles: readonly string[] = ["request", "response", "error", "count", "models"].flatMap(
  (name) => [`${name}.decode.jsonata`, `${name}.encode.jsonata`],
);
const known = [
  "mapping.yaml",
  "stream.decode.yaml",
  "stream.encode.yaml",
  "answer.jsonata",
  "lib.jsonata",
  "request.schema.json",
  ...documentFiles,
];

/** Finds the mapping folders under some directories; the first directory that has a name wins. */
export function findFolders(
  directories: readonly string[],
  report: (found: Diagnostic) => void,
): Map<string, string> {
  const found = new Map<string, string>();
  for (const directory of directories) {
    try {
      for (const entry of readdirSync(directory, { withFileTypes: true })) {
        if (!entry.isDirectory() || entry.name.startsWith(".") || found.has(entry.name)) continue;
        found.set(entry.name, join(directory, entry.name));
      }
    } catch {
      report(
        diagnostic(
          "LB101",
          `mappings folder ${directory} not found`,
          undefined,
          "create it, or correct `mappings:`",
        ),
      );
    }
  }
  return found;
}

/** Reads every mapping folder and resolves `extends`; folders without `mapping.yaml` are reported and left out. */
export function readFolders(
  directories: ReadonlyMap<string, string>,
  report: (found: Diagnostic) => void,
): Map<string, Folder> {
  return atOnce(readingFolders(directories, { report }));
}

/** The same step by step. */
export function* readingFolders(
  directories: ReadonlyMap<string, string>,
  { report, memory }: ReadOptions,
): Steps<Map<string, Folder>> {
  const own = new Map<string, Folder>();
  for (const [name, dir] of directories) {
    const folder = readFolder(name, dir, { report, memory });
    if (folder) own.set(name, folder);
    yield;
  }
  const resolved = new Map<string, Folder>();
  for (const name of own.keys()) {
    const folder = resolve(name, own, [], report);
    if (folder) resolved.set(name, folder);
  }
  return resolved;
}

interface ReadOptions {
  report: (found: Diagnostic) => void;
  memory?: Memory | undefined;
}

function readFolder(name: string, dir: string, { report, memory }: ReadOptions): Folder | undefined {
  const files = new Map<string, FolderFile>();
  try {
    for (const entry of readdirSync(dir, { withFileTypes: true })) {
      if (!entry.isFile()) continue;
      if (checkName(entry.name, dir, report)) {
        const path = join(dir, entry.name);
        files.set(entry.name, { path, text: readFileSync(path, "utf8"), folder: name });
      }
    }
  } catch (error) {
    report(diagnostic("LB102", `cannot read ${dir}: ${(error as Error).message}`));
    return undefined;
  }
  const file = files.get("mapping.yaml");
  if (!file) {
    const place: Place = { file: join(dir, "mapping.yaml"), line: 1, column: 1, length: 1 };
    report(
      diagnostic(
        "LB101",
        `mapping folder "${name}" has no mapping.yaml`,
        place,
        "a mapping.yaml may be as short as `about: my format`",
      ),
    );
    return undefined;
  }
  const yaml = parseYaml(file.text, file.path, memory);
  for (const found of yaml.diagnostics) report(found);
  const written = (yaml.value ?? {}) as Record<string, unknown>;
  const libs = [...files].filter(([file]) => isLibrary(file)).sort(([a], [b]) => (a < b ? -1 : 1));
  return { name, dir, files, yaml, written, libs: libs.map(([, file]) => file) };
}

function checkName(file: string, dir: string, report: (found: Diagnostic) => void): boolean {
  if (known.includes(file) || isLibrary(file)) return true;
  if (/\.(md|txt)$/.test(file)) return true;
  if (file.startsWith(".") || file.endsWith("~") || /\.(tmp|swp|bak|orig)$/.test(file)) return false;
  const guess = nearest(file, known);
  const place: Place = { file: join(dir, file), line: 1, column: 1, length: 1 };
  report(
    diagnostic(
      "LB105",
      `${file} is not a file that a mapping folder has`,
      place,
      guess ? `did you mean ${guess}?` : undefined,
      "warning",
    ),
  );
  return false;
}

/** `lib.jsonata`, or several by topic: `lib.usage.jsonata`. */
function isLibrary(file: string): boolean {
  return /^lib(?:\.[\w-]+)?\.jsonata$/.test(file);
}

function resolve(
  name: string,
  own: ReadonlyMap<string, Folder>,
  chain: readonly string[],
  report: (found: Diagnostic) => void,
): Folder | undefined {
  const folder = own.get(name);
  const base = folder?.written["extends"];
  if (!folder || typeof base !== "string") return folder;
  // A place is asked for where something is wrong: the file may have to be parsed for it.
  const at = (): Place => folder.yaml.place(["extends"], "value");
  if (base === name || chain.includes(base)) {
    // Each folder of a circle is told once: when the circle comes back to where it was entered.
    if (base === (chain[0] ?? name))
      report(diagnostic("LB107", circle([...chain, name]), at(), "extend another folder, or none"));
    return undefined;
  }
  if (!own.has(base)) {
    const others = [...own.keys()].filter((one) => one !== name);
    if (chain.length === 0)
      report(
        diagnostic(
          "LB106",
          `"${name}" extends "${base}", which is not there`,
          at(),
          didYouMean(base, others) ?? "there is no other folder",
        ),
      );
    return undefined;
  }
  const borrowed = resolve(base, own, [...chain, name], report);
  return borrowed && borrow(folder, borrowed);
}

function circle(names: readonly string[]): string {
  const through = names.slice(1).map((one) => `"${one}"`);
  return `"${names[0]}" extends itself${through.length > 0 ? ` through ${through.join(", ")}` : ""}`;
}

/** Absent files and keys come from the base; lookup tables, capabilities and library functions are added to its own. */
function borrow(folder: Folder, base: Folder): Folder {
  const { extends: _extends, ...written } = folder.written;
  const { serves: _serves, ...borrowed } = base.written;
  const lookup = { ...(base.written["lookup"] as object), ...(written["lookup"] as object) };
  const capabilities = [...asList(base.written["capabilities"]), ...asList(written["capabilities"])];
  return {
    ...folder,
    files: new Map([...base.files, ...folder.files]),
    written: { protocol: base.name, ...borrowed, ...written, lookup, capabilities },
    libs: [...base.libs, ...folder.libs],
  };
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
