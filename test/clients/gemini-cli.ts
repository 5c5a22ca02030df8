import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Call, Script } from "../doubles/script.ts";
import { bareEnvironment, binOf, lastWords, linesOf, logo, proof, task } from "./client.ts";
import type { Client, Outcome } from "./client.ts";

const settings = {
  security: { auth: { selectedType: "gemini-api-key" }, folderTrust: { enabled: false } },
  privacy: { usageStatisticsEnabled: false },
  telemetry: { enabled: false },
  general: {
    enableAutoUpdate: false,
    disableAutoUpdate: true,
    disableUpdateNag: true,
    checkpointing: { enabled: false },
  },
};

interface Event {
  type: string;
  role?: string;
  content?: string;
  status?: string;
  stats?: { input_tokens: number; total_tokens: number };
}

/** Words come in pieces; those after the last tool are the last ones. */
function outcome(output: string): Outcome {
  const events = linesOf(output) as unknown as Event[];
  const lastTool = events.findLastIndex(({ type }) => type === "tool_result");
  const words = events
    .slice(lastTool + 1)
    .flatMap(({ type, role, content }) =>
      type === "message" && role === "assistant" ? (content ?? "") : [],
    );
  const stats = events.findLast(({ type }) => type === "result")?.stats;
  return {
    text: words.join(""),
    calls: events.filter(({ type, status }) => type === "tool_result" && status === "success").length,
    input: stats?.input_tokens ?? 0,
    // Its own count of the output leaves the thoughts out.
    output: (stats?.total_tokens ?? 0) - (stats?.input_tokens ?? 0),
  };
}

const shell = (command: string, description: string, gives: RegExp): Call => ({
  name: "run_shell_command",
  args: { command, description },
  gives,
});

const replace: Call = {
  name: "replace",
  args: {
    file_path: "notes.txt",
    instruction: "Make the colour green.",
    old_string: "colour: red",
    new_string: "colour: grün 😀",
    allow_multiple: false,
  },
  gives: /Successfully modified/,
};

const script: Script = [
  {
    thinking: "Where is the colour?\n\nI must see the file: é, 😀.",
    text: "I read the file first.",
    calls: [{ name: "read_file", args: { file_path: "notes.txt" }, gives: /colour: red/ }],
  },
  {
    thinking: "It is red. I change it, and look around meanwhile.",
    calls: [replace, shell("ls", "Lists the files", /notes\.txt/)],
  },
  {
    thinking: "Is it green, and the logo, too?",
    calls: [
      shell(proof, "Shows the file", /colour: grün 😀/),
      { name: "read_file", args: { file_path: "logo.png" }, shows: logo },
    ],
  },
  { text: lastWords },
];

/** Gemini CLI, once with a model by its name, and once where it first asks, in JSON, which model is needed. */
export const geminiClis: Client[] = ["gemini-2.5-flash", "auto"].map((model) => ({
  name: `Gemini CLI, ${model}`,
  format: "gemini",
  file: binOf("gemini"),
  calls: 5,
  aside: JSON.stringify({ complexity_reasoning: "It is simple.", complexity_score: 10 }),
  script: () => script,
  start({ home, url }) {
    mkdirSync(join(home, ".gemini"));
    writeFileSync(join(home, ".gemini", "settings.json"), JSON.stringify(settings));
    return {
      command: binOf("gemini"),
      args: ["-m", model, "--yolo", "--output-format", "stream-json", "-p", task],
      env: {
        ...bareEnvironment(home),
        GEMINI_API_KEY: "key-of-the-client",
        GOOGLE_GEMINI_BASE_URL: url,
        GEMINI_CLI_TRUST_WORKSPACE: "true",
      },
    };
  },
  outcome,
}));
