import { stripVTControlCharacters } from "node:util";
import { defineCommand, renderUsage, runCommand } from "citty";
import type { ArgsDef, CommandDef } from "citty";
import { checkCommand } from "./commands/check.ts";
import { useColour } from "./commands/common.ts";
import { lossesCommand } from "./commands/losses.ts";
import { serveCommand } from "./commands/serve.ts";
import { testCommand } from "./commands/test.ts";
import { translateCommand } from "./commands/translate.ts";
import { didYouMean } from "./text/nearest.ts";
import { version } from "./version.ts";

const commands: Record<string, CommandDef<ArgsDef>> = {
  serve: serveCommand as CommandDef<ArgsDef>,
  check: checkCommand as CommandDef<ArgsDef>,
  test: testCommand as CommandDef<ArgsDef>,
  translate: translateCommand as CommandDef<ArgsDef>,
  losses: lossesCommand as CommandDef<ArgsDef>,
};

const root: CommandDef = defineCommand({
  meta: {
    name: "llmbridge",
    version,
    description: "Any LLM client talks to any LLM API. Every conversion is a data file.",
  },
  subCommands: commands,
});

/**
 * Runs the command line. Exit codes: 0 done, 1 mistakes were found or a test failed, 2 the command line itself is wrong.
 */
export async function main(argv: readonly string[]): Promise<void> {
  const [name, ...rest] = argv;
  if (name === "--version" || name === "-v") return print(version);
  if (name === undefined || name === "--help" || name === "-h" || name === "help")
    return print(await renderUsage(root));
  const command = commands[name];
  if (!command) return misuse(`unknown command ${name}`, didYouMean(name, Object.keys(commands)));
  if (rest.includes("--help") || rest.includes("-h")) return print(await renderUsage(command, root));
  const unknown = unknownOption(rest, (command.args ?? {}) as ArgsDef);
  if (unknown) return misuse(`${name} has no option ${unknown.option}`, unknown.cure);
  try {
    await runCommand(command, { rawArgs: [...rest] });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    misuse(error.message);
  }
}

function unknownOption(
  args: readonly string[],
  known: ArgsDef,
): { option: string; cure?: string } | undefined {
  const names = Object.entries(known).flatMap(([name, one]) => {
    const negated = one.type === "boolean" ? [`no-${name}`, name.replace(/^no-/, "")] : [];
    return [name, ...negated, ...[("alias" in one && one.alias) || []].flat()];
  });
  for (const arg of args) {
    if (arg === "--") return undefined;
    const option = /^--?([a-zA-Z][\w-]*)/.exec(arg)?.[1];
    if (option === undefined || names.includes(option)) continue;
    const cure = didYouMean(option, names);
    return { option: arg, ...(cure && { cure }) };
  }
  return undefined;
}

function misuse(message: string, cure?: string): void {
  process.stderr.write(`llmbridge: ${message}${cure ? ` (${cure})` : ""}\nTry: llmbridge --help\n`);
  process.exitCode = 2;
}

function print(text: string): void {
  process.stdout.write(`${useColour(process.stdout) ? text : stripVTControlCharacters(text)}\n`);
}
