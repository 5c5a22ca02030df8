import { join } from "node:path";
import type { Script } from "../doubles/script.ts";
import { bareEnvironment, fileOf, lastWords, linesOf, logo, proof, task } from "./client.ts";
import type { Client, Outcome, Place } from "./client.ts";

/** Finds the native program by itself; `bin/claude` must be put in its place by a script of the installation. */
const program = fileOf("@anthropic-ai/claude-code/cli-wrapper.cjs");

/** The first call stands after text; two are made at once; every answer but the last has its thoughts. */
export function claudeScript(work: string): Script {
  const file_path = join(work, "notes.txt");
  return [
    {
      thinking: "Where is the colour?\n\nI must see the file: é, 😀.",
      text: "I read the file first.",
      calls: [{ name: "Read", args: { file_path }, gives: /colour: red/ }],
    },
    {
      thinking: "It is red. I change it, and look around meanwhile.",
      calls: [
        {
          name: "Edit",
          args: { file_path, old_string: "colour: red", new_string: "colour: grün 😀", replace_all: false },
          gives: /updated/,
        },
        { name: "Bash", args: { command: "ls", description: "List the files" }, gives: /notes\.txt/ },
      ],
    },
    {
      thinking: "Is it green, and the logo, too?",
      calls: [
        { name: "Bash", args: { command: proof, description: "Show the file" }, gives: /colour: grün 😀/ },
        { name: "Read", args: { file_path: join(work, "logo.png") }, shows: logo },
      ],
    },
    { text: lastWords },
  ];
}

/** Environment of Claude Code and of its SDK: no traffic but the model's, and no second try that would hide a mistake. */
export function claudeEnvironment({ home, url }: Place, model: string): Record<string, string> {
  return {
    ...bareEnvironment(home),
    CLAUDE_CONFIG_DIR: join(home, ".claude"),
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_AUTH_TOKEN: "key-of-the-client",
    ANTHROPIC_MODEL: model,
    ANTHROPIC_SMALL_FAST_MODEL: model,
    ANTHROPIC_DEFAULT_HAIKU_MODEL: model,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    CLAUDE_CODE_DISABLE_NONSTREAMING_FALLBACK: "1",
    CLAUDE_CODE_MAX_RETRIES: "1",
    API_TIMEOUT_MS: "30000",
    DISABLE_AUTOUPDATER: "1",
    DISABLE_TELEMETRY: "1",
    DISABLE_ERROR_REPORTING: "1",
  };
}

interface Message {
  type: string;
  result?: string;
  usage?: { input_tokens: number; cache_read_input_tokens: number; output_tokens: number };
  message?: { content?: string | { type: string; is_error?: boolean }[] };
}

export function claudeOutcome(output: string): Outcome {
  const messages = linesOf(output) as unknown as Message[];
  const results = messages.flatMap(({ type, message }) =>
    type === "user" && Array.isArray(message?.content) ? message.content : [],
  );
  const result = messages.findLast(({ type }) => type === "result");
  return {
    text: result?.result ?? "",
    calls: results.filter(({ type, is_error }) => type === "tool_result" && is_error !== true).length,
    input: (result?.usage?.input_tokens ?? 0) + (result?.usage?.cache_read_input_tokens ?? 0),
    output: result?.usage?.output_tokens ?? 0,
  };
}

/** Claude Code, once with a model whose thoughts have a budget, and once with one to which it speaks in newer ways. */
export const claudeCodes: Client[] = ["claude-sonnet-4-5", "claude-opus-4-8"].map((model) => ({
  name: `Claude Code, ${model}`,
  format: "anthropic",
  file: program,
  calls: 5,
  script: claudeScript,
  start: (place) => ({
    command: process.execPath,
    args: [
      program,
      "-p",
      task,
      "--output-format",
      "stream-json",
      "--verbose",
      "--allowedTools",
      "Read,Edit,Bash",
    ],
    env: claudeEnvironment(place, model),
  }),
  outcome: claudeOutcome,
}));
