import { styleText } from "node:util";
import { defineCommand } from "citty";
import type { CommandDef } from "citty";
import { loadMappings } from "../bridge/mappings.ts";
import { Rejection } from "../mapping/rejection.ts";
import type { HttpFacts, Mapping } from "../mapping/types.ts";
import { translate } from "../pipeline/offline.ts";
import type { Kind, Side, TranslateOptions } from "../pipeline/offline.ts";
import { didYouMean } from "../text/nearest.ts";
import { parseJson } from "../text/json.ts";
import type { Runs } from "./explain.ts";
import { configuredMappings, printDiagnostics, readText } from "./common.ts";

const args = {
  from: {
    type: "string",
    required: true,
    valueHint: "FORMAT",
    description: "format of the input; `canonical` is one too",
  },
  to: { type: "string", required: true, valueHint: "FORMAT", description: "format of the output" },
  kind: {
    type: "enum",
    options: ["request", "response", "stream", "error"] as string[],
    default: "request",
    description: "what the input is",
  },
  model: {
    type: "string",
    valueHint: "NAME",
    description: "the upstream's model, if another than the input names",
  },
  config: {
    type: "string",
    valueHint: "FILE",
    default: "llmbridge.yaml",
    description: "the configuration whose `mappings:` are known too",
  },
  explain: {
    type: "boolean",
    description:
      "say of each field of the output where it came from, and which line of the mapping put it there",
  },
  format: {
    type: "enum",
    options: ["text", "json"] as string[],
    default: "text",
    description: "of --explain; json: one object for tools",
  },
  file: { type: "positional", required: false, description: "a file; - or nothing: standard input" },
} as const;

/** `llmbridge translate`: what the bridge would send, without a network. Losses go to stderr. */
export const translateCommand: CommandDef<typeof args> = defineCommand({
  meta: {
    name: "translate",
    description: "Translate a request, an answer, a stream or an error offline. Losses go to stderr.",
  },
  args,
  async run({ args: given }) {
    const directories = configuredMappings(given.config);
    const { mappings, diagnostics } = loadMappings(directories);
    printDiagnostics(diagnostics);
    const from = find(mappings, given.from);
    const to = find(mappings, given.to);
    const kind = given.kind as Kind;
    const input = readInput(kind, given.file);
    if (input === undefined) return;
    const options = { http: httpOf(from, given.model), ...(given.model && { model: given.model }) };
    try {
      if (given.explain) return await tellWhy({ kind, from, to, input, options, directories }, given.format);
      const { output, losses } = translate(kind, from, to, input, options);
      write(kind, output);
      for (const loss of losses) {
        const note = loss.note ? `: ${loss.note}` : "";
        process.stderr.write(
          `${styleText("yellow", "loss", { stream: process.stderr })} ${loss.code} (${loss.action})${loss.at ? ` at ${loss.at}` : ""}${note}\n`,
        );
      }
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      process.stderr.write(
        `${styleText("red", "refused", { stream: process.stderr })} ${error.error.status} ${error.error.type}: ${error.error.message}\n`,
      );
      process.exitCode = 1;
    }
  },
});

interface Asked {
  kind: Kind;
  from: Side;
  to: Side;
  input: unknown;
  options: TranslateOptions;
  directories: readonly string[];
}

/** What it takes to explain is loaded when it is asked for. */
async function tellWhy(
  { kind, from, to, input, options, directories }: Asked,
  format: string,
): Promise<void> {
  if (kind === "stream")
    throw new TypeError("--explain takes requests, answers and errors; a stream's frames are not explained");
  const [{ explain }, { sourcesOf }, { describeExplanation }] = await Promise.all([
    import("./explain.ts"),
    import("./explain-sources.ts"),
    import("./explain-print.ts"),
  ]);
  const mapping = to === "canonical" ? from : to;
  const draw = (one: Mapping): unknown =>
    translate(kind, to === "canonical" ? one : from, to === "canonical" ? to : one, input, options).output;
  const document = `${kind}.${to === "canonical" ? "decode" : "encode"}`;
  const sources = mapping === "canonical" ? new Map() : sourcesOf(directories, { mapping, document, draw });
  const runs: Runs = {
    translate: (changed) => translate(kind, from, to, changed, options),
    decode: (changed) => translate(kind, from, "canonical", changed, options).output,
  };
  const told = explain(input, runs, sources);
  process.stdout.write(format === "json" ? `${JSON.stringify(told, null, 2)}\n` : describeExplanation(told));
}

function find(mappings: ReadonlyMap<string, Mapping>, name: string): Side {
  if (name === "canonical") return name;
  const mapping = mappings.get(name);
  if (!mapping)
    throw new TypeError(`no format "${name}" (${didYouMean(name, ["canonical", ...mappings.keys()])})`);
  return mapping;
}

function readInput(kind: Kind, file: string | undefined): unknown {
  const text = readText(file);
  if (kind === "stream") return text;
  const parsed = parseJson(text, file ?? "standard input");
  printDiagnostics(parsed.diagnostics);
  if (parsed.diagnostics.length > 0) process.exitCode = 1;
  return parsed.value;
}

/** What a client would have said beside the body: where the path carries the model, it is `--model`. */
function httpOf(from: Side, model: string | undefined): HttpFacts {
  const route = from === "canonical" ? undefined : from.serves.find((one) => one.kind === "request");
  return { method: "POST", path: route?.path ?? "/", params: model ? { model } : {}, query: {}, headers: {} };
}

function write(kind: Kind, output: unknown): void {
  if (typeof output === "string") process.stdout.write(output);
  else if (kind === "stream")
    for (const event of output as unknown[]) process.stdout.write(`${JSON.stringify(event)}\n`);
  else process.stdout.write(`${JSON.stringify(output, null, 2)}\n`);
}
