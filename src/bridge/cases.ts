import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { parseJson } from "../text/json.ts";
import { parseYaml } from "../text/yaml.ts";

/** A difference that a case allows, and why. Paths are dotted, `*` stands for any one segment. */
export interface Difference {
  path: string;
  why: string;
}

export interface CaseNotes {
  about?: string;
  /** Places of the wire that encode(canonical) may write otherwise. */
  differences: readonly Difference[];
  /** Places of the canonical form that decode(encode(canonical)) may give otherwise. */
  canonical: readonly Difference[];
  direction: "decode" | "encode" | "both";
  target?: Record<string, unknown>;
  capabilities?: Record<string, unknown>;
}

/** A golden case: a folder with pairs of files. */
export interface GoldenCase {
  mapping: string;
  name: string;
  dir: string;
  notes: CaseNotes;
  has(file: string): boolean;
  /** Bytes of a file. */
  bytes(file: string): Buffer;
  json(file: string): unknown;
  /** One JSON value a line; empty lines and lines that begin with `//` are skipped. */
  lines(file: string): unknown[];
  write(file: string, text: string): void;
  diagnostics: Diagnostic[];
}

/** The golden cases under `<folder>/cases`, by name. */
export function readCases(mapping: string, folder: string): GoldenCase[] {
  const root = join(folder, "cases");
  if (!existsSync(root)) return [];
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
    .map((name) => readCase(mapping, name, join(root, name)));
}

/** One case; its folder must be there. */
export function readCase(mapping: string, name: string, dir: string): GoldenCase {
  const diagnostics: Diagnostic[] = [];
  const text = (file: string): string => readFileSync(join(dir, file), "utf8");
  function parsed(source: string, file: string): unknown {
    const result = parseJson(source, join(dir, file));
    diagnostics.push(...result.diagnostics);
    return result.value;
  }
  return {
    mapping,
    name,
    dir,
    diagnostics,
    notes: readNotes(dir, diagnostics),
    has: (file) => existsSync(join(dir, file)),
    bytes: (file) => readFileSync(join(dir, file)),
    json: (file) => parsed(text(file), file),
    lines: (file) =>
      text(file)
        .split("\n")
        .filter((line) => line.trim() !== "" && !line.startsWith("//"))
        .map((line) => parsed(line, file)),
    write: (file, content) => writeFileSync(join(dir, file), content),
  };
}

function readNotes(dir: string, diagnostics: Diagnostic[]): CaseNotes {
  const empty: CaseNotes = { differences: [], canonical: [], direction: "both" };
  const file = join(dir, "case.yaml");
  if (!existsSync(file)) return empty;
  const yaml = parseYaml(readFileSync(file, "utf8"), file);
  diagnostics.push(...yaml.diagnostics);
  return { ...empty, ...(yaml.value as Partial<CaseNotes>) };
}
