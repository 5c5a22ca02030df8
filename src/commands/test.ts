import { basename, dirname, resolve } from "node:path";
import { existsSync } from "node:fs";
import { styleText } from "node:util";
import { defineCommand } from "citty";
import type { CommandDef } from "citty";
import { readCases } from "../bridge/cases.ts";
import { loadMappings } from "../bridge/mappings.ts";
import { runCase } from "../golden/run.ts";
import type { Outcome } from "../golden/report.ts";
import { configuredMappings, printDiagnostics } from "./common.ts";

const args = {
  paths: {
    type: "positional",
    required: false,
    description:
      "mapping folders, or directories of them; default: the built-in ones and those of llmbridge.yaml",
  },
  config: {
    type: "string",
    valueHint: "FILE",
    description: "the configuration whose `mappings:` are tested",
    default: "llmbridge.yaml",
  },
  filter: { type: "string", valueHint: "NAME", description: "only cases whose mapping/name contains this" },
  update: {
    type: "boolean",
    description: "write what the mappings give now into the golden files, and show what changed",
  },
  format: {
    type: "enum",
    options: ["text", "json"] as string[],
    default: "text",
    description: "json: one object for tools",
  },
} as const;

/** `llmbridge test`: golden cases in the mapping folders, and the laws over them. Exit code 1 if one fails. */
export const testCommand: CommandDef<typeof args> = defineCommand({
  meta: { name: "test", description: "Run the golden cases of mapping folders, built-in and your own." },
  args,
  run({ args: given }) {
    const directories =
      given._.length > 0 ? given._.map((path) => resolve(path)) : configuredMappings(given.config);
    const folders = directories.map((one) => (existsSync(resolve(one, "mapping.yaml")) ? dirname(one) : one));
    const only = new Set(
      directories.filter((one) => existsSync(resolve(one, "mapping.yaml"))).map((one) => basename(one)),
    );
    const { mappings, diagnostics } = loadMappings([...new Set(folders)]);
    printDiagnostics(diagnostics);
    const outcomes: Outcome[] = [];
    for (const mapping of mappings.values()) {
      if (given._.length > 0 && !isNamed(mapping.folder, directories, only)) continue;
      for (const golden of readCases(mapping.name, mapping.folder)) {
        if (given.filter && !`${mapping.name}/${golden.name}`.includes(given.filter)) continue;
        outcomes.push(...runCase(mapping, golden, { update: given.update }));
      }
    }
    if (given.format === "json")
      process.stdout.write(`${JSON.stringify({ outcomes, diagnostics }, null, 2)}\n`);
    else printOutcomes(outcomes);
    if (
      outcomes.some((one) => one.status === "failed") ||
      diagnostics.some((one) => one.severity === "error")
    )
      process.exitCode = 1;
  },
});

function isNamed(folder: string, directories: readonly string[], only: ReadonlySet<string>): boolean {
  return directories.includes(folder) || (only.size === 0 && directories.includes(dirname(folder)));
}

function printOutcomes(outcomes: readonly Outcome[]): void {
  const colour = (style: "red" | "yellow" | "green", text: string): string =>
    styleText(style, text, { stream: process.stdout });
  for (const one of outcomes) {
    if (one.status === "passed") continue;
    const head = one.status === "failed" ? colour("red", "failed ") : colour("yellow", "updated");
    const lines = (one.message ?? "")
      .split("\n")
      .map((line) => `    ${line}\n`)
      .join("");
    process.stdout.write(`${head} ${one.mapping}/${one.case}  ${one.check}\n${lines}`);
  }
  const count = (status: Outcome["status"]): number => outcomes.filter((one) => one.status === status).length;
  const cases = new Set(outcomes.map((one) => `${one.mapping}/${one.case}`)).size;
  const updated = count("updated") > 0 ? `, ${count("updated")} updated` : "";
  process.stdout.write(
    `${cases} cases: ${count("passed")} checks passed, ${count("failed")} failed${updated}\n`,
  );
}
