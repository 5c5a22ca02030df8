import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { formatDiagnostics } from "../diagnostics/format.ts";
import { parseYaml } from "../text/yaml.ts";

/** Prints mistakes to stderr, in colour on a terminal. */
export function printDiagnostics(list: readonly Diagnostic[]): void {
  if (list.length === 0) return;
  process.stderr.write(formatDiagnostics(list, { color: useColour(process.stderr), cwd: process.cwd() }));
}

/** Colours only on a terminal, and not where NO_COLOR asks for none. */
export function useColour(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && !process.env["NO_COLOR"];
}

/** The directories that a configuration's `mappings:` names, as absolute paths; none where there is no such file. */
export function configuredMappings(file: string): string[] {
  const path = resolve(file);
  if (!existsSync(path)) return [];
  const { value } = parseYaml(readFileSync(path, "utf8"), path);
  const named = (value as { mappings?: string | string[] } | undefined)?.mappings;
  return (named === undefined ? [] : [named].flat()).map((one) => resolve(dirname(path), one));
}

/** A file's text, or standard input for `-` or nothing. */
export function readText(file: string | undefined): string {
  return readFileSync(file === undefined || file === "-" ? 0 : resolve(file), "utf8");
}
