import { stripVTControlCharacters } from "node:util";
import { defineCommand, renderUsage, runCommand } from "citty";
import type { ArgsDef, CommandDef } from "citty";
import { useColour } from "./commands/common.ts";
import { didYouMean } from "./text/nearest.ts";
import { version } from "./version.ts";

/** Each is loaded when it is asked for: what one needs, another does without. */
const commands: Record<string, () => Promise<CommandDef<ArgsDef>>> = {
  serve: async () => (await import("./commands/serve.ts")).serveCommand as CommandDef<ArgsDef>,
  check: async () => (await import("./commands/check.ts")).checkCommand as CommandDef<ArgsDef>,
  test: async () => (await import("./commands/test.ts")).testCommand as CommandDef<ArgsDef>,
  translate: async () => (await import("./commands/translate.ts")).translateCommand as CommandDef<ArgsDef>,
  losses: async () => (await import("./commands/losses.ts")).lossesCommand as CommandDef<ArgsDef>,
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
 * `cache`: the folder for what need not be found out twice; absent: there is none.
 */
export async function main(argv: readonly string[], cache?: string): Promise<void> {
  const [name, ...rest] = argv;
  if (name === "--version" || name === "-v") return print(version);
  if (name === undefined || name === "--help" || name === "-h" || name === "help")
    return print(await renderUsage(root));
  const loadCommand = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!loadCommand) return misuse(`unknown command ${name}`, didYouMean(name, Object.keys(commands)));
  const command = await loadCommand();
  if (rest.includes("--help") || rest.includes("-h")) return print(await renderUsage(command, root));
  const unknown = unknownOption(rest, (command.args ?? {}) as ArgsDef);
  if (unknown) return misuse(`${name} has no option ${unknown.option}`, unknown.cure);
  try {
    await runCommand(command, { rawArgs: [...rest], data: { cache } });
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
