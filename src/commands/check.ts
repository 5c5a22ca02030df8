import { existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { defineCommand } from "citty";
import type { CommandDef } from "citty";
import { load } from "../bridge/load.ts";
import { loadMappings } from "../bridge/mappings.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { diagnosticsJson, formatDiagnostics } from "../diagnostics/format.ts";
import { useColour } from "./common.ts";

const args = {
  paths: {
    type: "positional",
    required: false,
    description:
      "configurations, mapping folders, or directories of them; default: llmbridge.yaml and every mapping",
  },
  config: {
    type: "string",
    valueHint: "FILE",
    description: "the configuration to check; default: llmbridge.yaml, where there is one",
  },
  format: {
    type: "enum",
    options: ["text", "json"] as string[],
    default: "text",
    description: "json: a list of mistakes for tools",
  },
} as const;

/** `llmbridge check`: every mistake at once, each with its code, place, caret and cure. Exit code 1 if one is an error. */
export const checkCommand: CommandDef<typeof args> = defineCommand({
  meta: {
    name: "check",
    description: "Check configuration and mappings: every mistake at once, with its place and its cure.",
  },
  args,
  run({ args: given }) {
    const found =
      given._.length > 0 ? given._.flatMap((path) => checkPath(resolve(path))) : checkConfig(given.config);
    const cwd = process.cwd();
    if (given.format === "json")
      process.stdout.write(`${JSON.stringify(diagnosticsJson(found, cwd), null, 2)}\n`);
    else if (found.length === 0) process.stdout.write("no mistakes found\n");
    else process.stdout.write(formatDiagnostics(found, { color: useColour(process.stdout), cwd }));
    if (found.some((one) => one.severity === "error")) process.exitCode = 1;
  },
});

function checkConfig(config: string | undefined): readonly Diagnostic[] {
  return load(config === undefined ? {} : { config: resolve(config) }).diagnostics;
}

function checkPath(path: string): readonly Diagnostic[] {
  if (!existsSync(path)) throw new TypeError(`${path} is not there`);
  if (!statSync(path).isDirectory()) return checkConfig(path);
  const directory = existsSync(resolve(path, "mapping.yaml")) ? dirname(path) : path;
  const { diagnostics } = loadMappings([directory]);
  return diagnostics.filter((one) => one.place === undefined || resolve(one.place.file).startsWith(path));
}
