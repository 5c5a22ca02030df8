import { fileURLToPath } from "node:url";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Mapping } from "../mapping/types.ts";
import { compileFolder } from "./compile.ts";
import type { CompileOptions } from "./compile.ts";
import { findFolders, readFolders } from "./folder.ts";

/** The mappings that come with llmbridge, beside `src/` or `dist/`. */
export const builtInMappings: string = fileURLToPath(new URL("../../mappings", import.meta.url));

export interface LoadedMappings {
  mappings: Map<string, Mapping>;
  diagnostics: Diagnostic[];
}

/**
 * Reads, checks and compiles every mapping folder under the given directories; where two have a folder of one name, the
 * first directory's replaces the other whole. The built-in directory is added last.
 */
export function loadMappings(
  directories: readonly string[] = [],
  options: Partial<CompileOptions> = {},
): LoadedMappings {
  const diagnostics: Diagnostic[] = [];
  const report = (found: Diagnostic): void => {
    diagnostics.push(found);
    options.report?.(found);
  };
  const found = findFolders([...directories, builtInMappings], report);
  const mappings = new Map<string, Mapping>();
  for (const [name, folder] of readFolders(found, report)) {
    mappings.set(name, compileFolder(folder, { ...options, report }));
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
