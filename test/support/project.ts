import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { compileFolder } from "../../src/bridge/compile.ts";
import { checkProviders, loadConfig } from "../../src/bridge/config.ts";
import type { MappingFacts } from "../../src/bridge/config.ts";
import type { Environment } from "../../src/bridge/config-env.ts";
import { findFolders, readFolders } from "../../src/bridge/folder.ts";
import { checkRoutes } from "../../src/bridge/load.ts";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { formatDiagnostics } from "../../src/diagnostics/format.ts";

/** Files by their path in a project: `llmbridge.yaml`, `my-mappings/acme/mapping.yaml` … */
export type Files = Readonly<Record<string, string>>;

/** Writes files into a new folder, and takes it away again. */
export function inProject<Result>(files: Files, use: (folder: string) => Result): Result {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "llmbridge-")));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const upstream = { path: "/" } as MappingFacts["upstream"];
const known = new Map<string, MappingFacts>([
  ["demo", { answer: () => ({ v: 1, candidates: [] }) }],
  ["openai-chat", { upstream: { ...upstream!, baseUrl: "https://api.example.com/v1" } }],
  ["anthropic", { upstream: { ...upstream!, baseUrl: "https://api.example.com/v1" } }],
  ["self-hosted", { upstream }],
  ["clients-only", {}],
]);

/** A mapping folder may leave its mapping.yaml out where the example is about another file. */
function complete(files: Files): Files {
  const folders = Object.keys(files).flatMap((name) => /^my-mappings\/[^/]+/.exec(name) ?? []);
  return {
    ...Object.fromEntries(folders.map((folder) => [`${folder}/mapping.yaml`, "about: Acme\n"])),
    ...files,
  };
}

/** What is wrong with a project's files, without the built-in mappings: a few stand for them. */
export function checkFiles(files: Files, folder: string, env: Environment = {}): Diagnostic[] {
  const found: Diagnostic[] = [];
  const report = (one: Diagnostic): void => void found.push(one);
  const folders =
    files["llmbridge.yaml"] === undefined || Object.keys(files).some((name) => name.startsWith("my-"))
      ? readFolders(findFolders([join(folder, "my-mappings")], report), report)
      : new Map<string, never>();
  const own = [...folders.values()].map((one) => compileFolder(one, { report }));
  found.push(...checkRoutes(new Map(own.map((one) => [one.name, one]))));
  if (files["llmbridge.yaml"] !== undefined) {
    const loaded = loadConfig(join(folder, "llmbridge.yaml"), env);
    const mappings = new Map([...known, ...own.map((one) => [one.name, one] as const)]);
    found.unshift(...loaded.diagnostics, ...checkProviders(loaded, mappings));
  }
  return found;
}

/** The report that a person would see. */
export function reportOn(written: Files, env: Environment = {}): string {
  const files = complete(written);
  return inProject(files, (folder) => {
    return formatDiagnostics(checkFiles(files, folder, env), { cwd: folder }).replaceAll(folder, "");
  });
}
