import { fileURLToPath } from "node:url";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Mapping } from "../mapping/types.ts";
import { compilingFolder } from "./compile.ts";
import type { CompileOptions } from "./build.ts";
import { findFolders, readingFolders } from "./folder.ts";
import type { Folder } from "./folder.ts";
import { createMemory } from "./memory.ts";
import type { BridgeMemory } from "./memory.ts";
import { atOnce } from "./steps.ts";
import type { Steps } from "./steps.ts";
import { isSame } from "./unchanged.ts";

/** The mappings that come with llmbridge, beside `src/` or `dist/`. */
export const builtInMappings: string = fileURLToPath(new URL("../../mappings", import.meta.url));

export interface LoadedMappings {
  mappings: Map<string, Mapping>;
  diagnostics: Diagnostic[];
}

/** Mappings in use by name, with the folders that they were compiled of. */
export type Kept = Map<string, { folder: Folder; mapping: Mapping }>;

/**
 * Reads, checks and compiles every mapping folder under the given directories; where two have a folder of one name, the
 * first directory's replaces the other whole. The built-in directory is added last.
 */
export function loadMappings(
  directories: readonly string[] = [],
  options: Partial<CompileOptions> = {},
): LoadedMappings {
  return atOnce(loadingMappings(directories, options));
}

/** The same step by step. What `kept` holds and did not change is not compiled again. */
export function* loadingMappings(
  directories: readonly string[],
  options: Partial<CompileOptions>,
  kept: Kept = new Map(),
  memory: BridgeMemory = createMemory(),
): Steps<LoadedMappings> {
  const diagnostics: Diagnostic[] = [];
  const report = (found: Diagnostic): void => {
    diagnostics.push(found);
    options.report?.(found);
  };
  const found = findFolders([...directories, builtInMappings], report);
  const mappings = new Map<string, Mapping>();
  const folders = yield* readingFolders(found, { report, memory });
  for (const name of kept.keys()) if (!folders.has(name)) kept.delete(name);
  for (const [name, folder] of folders) {
    const before = kept.get(name);
    const known = before && isSame(before.folder, folder) ? before.mapping : undefined;
    const count = diagnostics.length;
    const how = { ...options, report, memory: memory.of(name), before };
    const mapping = known ?? (yield* compilingFolder(folder, how));
    mappings.set(name, mapping);
    // What is wrong is told at every load.
    if (diagnostics.length === count) kept.set(name, { folder, mapping });
    else kept.delete(name);
    yield;
  }
  return { mappings, diagnostics: distinct(diagnostics) };
}

/** A mistake in a borrowed file is met once for each folder that borrows it, and told once. */
function distinct(list: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return list.filter((one) => {
    const key = `${one.code} ${one.place?.file}:${one.place?.line}:${one.place?.column} ${one.message}`;
    return seen.has(key) ? false : seen.add(key);
  });
}
