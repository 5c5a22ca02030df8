import { join } from "node:path";
import type { Said } from "../doubles/script.ts";
import { claudeEnvironment, claudeOutcome, claudeScript } from "./claude-code.ts";
import { fileOf, task } from "./client.ts";
import type { Client } from "./client.ts";

/** Together with the server's they are 85 characters: more than OpenAI takes. */
const server = "workshop-of-the-second-floor";
const tool = "list_all_files_of_the_given_folder_by_their_names";
const name = `mcp__${server}__${tool}`;

/** A tool of the program's own: it must be searched for, and its name is too long for some vendors. */
export const agentSdk: Client = {
  name: "Claude Agent SDK",
  format: "anthropic",
  file: fileOf("@anthropic-ai/claude-agent-sdk/sdk.mjs"),
  calls: 6,
  script(work) {
    const [read, edit, prove, end] = claudeScript(work) as [Said, Said, Said, Said];
    const search = {
      name: "ToolSearch",
      args: { query: `select:${name}`, max_results: 5 },
      gives: new RegExp(name),
    };
    return [
      read,
      { ...edit, calls: [edit.calls![0]!, search] },
      {
        thinking: "There is a tool for that.",
        calls: [{ name, args: { folder: work }, gives: /notes\.txt/ }],
      },
      prove,
      end,
    ];
  },
  start: (place) => ({
    command: process.execPath,
    args: [join(import.meta.dirname, "agent-sdk.mjs"), task, server, tool],
    env: claudeEnvironment(place, "claude-sonnet-4-5"),
  }),
  outcome: claudeOutcome,
};
