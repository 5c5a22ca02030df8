import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Call, Script } from "../doubles/script.ts";
import { bareEnvironment, binOf, lastWords, linesOf, logo, proof, task } from "./client.ts";
import type { Client, Outcome, Place } from "./client.ts";

const key = "key-of-the-client";

const patch = `*** Begin Patch
*** Update File: notes.txt
@@
-colour: red
+colour: grün 😀
*** End Patch
`;

const run = (cmd: string, gives: RegExp): Call => ({ name: "exec_command", args: { cmd }, gives });
const write = (code: string, gives: RegExp): Call => ({ name: "exec", input: code, gives });
const picture: Call = { name: "view_image", args: { path: "logo.png" }, shows: logo };
const inCode = (cmd: string): string => `await tools.exec_command({ cmd: ${JSON.stringify(cmd)} })`;

interface Variant {
  model: string;
  /** With Codex's own provider, which would rather have a WebSocket. */
  isBuiltIn?: boolean;
  /** A call of each of the first three answers. */
  read: Call;
  edit: Call[];
  prove: Call[];
}

/** How the tools are offered, model by model. */
const variants: Variant[] = [
  // Functions only: a patch is a command. Some of them stand in a namespace.
  {
    model: "gpt-5",
    isBuiltIn: true,
    read: run("cat notes.txt", /colour: red/),
    edit: [run(`apply_patch <<'EOF'\n${patch}EOF`, /Success/), run("ls", /notes\.txt/)],
    prove: [run(proof, /colour: grün 😀/), picture],
  },
  // A custom tool that takes a patch as free text.
  {
    model: "gpt-5.5",
    read: run("cat notes.txt", /colour: red/),
    edit: [{ name: "apply_patch", input: patch, gives: /Success/ }, run("ls", /notes\.txt/)],
    prove: [run(proof, /colour: grün 😀/), picture],
  },
  // No list of tools at all: they are part of the input, and one that takes a program is all it needs.
  {
    model: "gpt-5.6-sol",
    read: write(`text(${inCode("cat notes.txt")})`, /colour: red/),
    edit: [
      write(`text(await tools.apply_patch(${JSON.stringify(patch)}));\ntext(${inCode("ls")});`, /notes\.txt/),
    ],
    prove: [
      {
        ...write(
          `text(${inCode(proof)});\nimage(await tools.view_image({ path: "logo.png" }));`,
          /colour: grün 😀/,
        ),
        shows: logo,
      },
    ],
  },
];

const general = `check_for_update_on_startup = false
[analytics]
enabled = false
[features]
plugins = false
apps = false
`;

function settings({ model, isBuiltIn }: Variant, { url }: Place): string {
  if (isBuiltIn) return `model = "${model}"\nopenai_base_url = "${url}/v1"\n${general}`;
  return `model = "${model}"
model_provider = "bridge"
${general}[model_providers.bridge]
name = "bridge"
base_url = "${url}/v1"
env_key = "BRIDGE_KEY"
wire_api = "responses"
request_max_retries = 0
stream_max_retries = 0
stream_idle_timeout_ms = 20000
`;
}

interface Event {
  type: string;
  item?: { type: string; text?: string; status?: string };
  usage?: { input_tokens: number; output_tokens: number };
}

function outcome(output: string): Outcome {
  const events = linesOf(output) as unknown as Event[];
  const items = events.flatMap(({ type, item }) => (type === "item.completed" && item ? item : []));
  const isCall = (type: string): boolean => type === "command_execution" || type === "file_change";
  const usage = events.findLast(({ type }) => type === "turn.completed")?.usage;
  return {
    text: items.findLast(({ type }) => type === "agent_message")?.text ?? "",
    calls: items.filter(({ type, status }) => isCall(type) && status === "completed").length,
    input: usage?.input_tokens ?? 0,
    output: usage?.output_tokens ?? 0,
  };
}

/** Codex, once for each way in which it offers its tools. */
export const codexClis: Client[] = variants.map((variant) => ({
  name: `Codex CLI, ${variant.model}`,
  format: "openai-responses",
  file: binOf("codex"),
  // It does not tell that it looks at pictures.
  calls: 4,
  script: (): Script => [
    {
      thinking: "Where is the colour?\n\nI must see the file: é, 😀.",
      text: "I read the file first.",
      calls: [variant.read],
    },
    { thinking: "It is red. I change it, and look around meanwhile.", calls: variant.edit },
    { thinking: "Is it green, and the logo, too?", calls: variant.prove },
    { text: lastWords },
  ],
  start(place) {
    const folder = join(place.home, ".codex");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "config.toml"), settings(variant, place));
    return {
      command: binOf("codex"),
      args: ["exec", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox", "--json", task],
      env: { ...bareEnvironment(place.home), CODEX_HOME: folder, BRIDGE_KEY: key, CODEX_API_KEY: key },
    };
  },
  outcome,
}));
