import { styleText } from "node:util";
import { defineCommand } from "citty";
import type { CommandDef } from "citty";
import { loadMappings } from "../bridge/mappings.ts";
import { modelsOf, pairRows, probesOf } from "../golden/matrix.ts";
import type { Fate, PairRow } from "../golden/matrix.ts";
import type { Mapping } from "../mapping/types.ts";
import { didYouMean } from "../text/nearest.ts";
import { configuredMappings, printDiagnostics, useColour } from "./common.ts";

const args = {
  from: { type: "string", required: true, valueHint: "FORMAT", description: "format of the client" },
  to: { type: "string", required: true, valueHint: "FORMAT", description: "format of the upstream" },
  model: {
    type: "string",
    valueHint: "NAME",
    description: "the upstream's model; default: one of each kind that the mapping tells apart",
  },
  config: {
    type: "string",
    valueHint: "FILE",
    default: "llmbridge.yaml",
    description: "the configuration whose `mappings:` are known too",
  },
  format: {
    type: "enum",
    options: ["text", "json"] as string[],
    default: "text",
    description: "json: one object for tools",
  },
} as const;

/** `llmbridge losses`: what an upstream carries, approximates, drops and refuses of a client's requests. */
export const lossesCommand: CommandDef<typeof args> = defineCommand({
  meta: {
    name: "losses",
    description:
      "Say what one format carries of another's requests: computed from the mappings and their golden cases.",
  },
  args,
  run({ args: given }) {
    const { mappings, diagnostics } = loadMappings(configuredMappings(given.config));
    printDiagnostics(diagnostics);
    const from = find(
      mappings,
      given.from,
      ({ request }) => request.decode !== undefined,
      "reads no requests",
    );
    const to = find(mappings, given.to, ({ request }) => request.encode !== undefined, "writes no requests");
    const models = given.model === undefined ? modelsOf(to) : [given.model];
    const rows = pairRows(probesOf(from), to, models);
    if (given.format === "json")
      process.stdout.write(`${JSON.stringify({ from: from.name, to: to.name, models, rows }, null, 2)}\n`);
    else process.stdout.write(describe(from, to, models, rows));
  },
});

function find(
  mappings: ReadonlyMap<string, Mapping>,
  name: string,
  can: (mapping: Mapping) => boolean,
  why: string,
): Mapping {
  const known = [...mappings.values()].filter(can).map((one) => one.name);
  const mapping = mappings.get(name);
  if (!mapping) throw new TypeError(`no format "${name}" (${didYouMean(name, known)})`);
  if (!can(mapping)) throw new TypeError(`${name} ${why} (${known.join(", ")})`);
  return mapping;
}

const colours: Readonly<Record<Fate, "green" | "yellow" | "red">> = {
  carry: "green",
  clamp: "yellow",
  approximate: "yellow",
  emulate: "yellow",
  drop: "red",
  refuse: "red",
};

function describe(from: Mapping, to: Mapping, models: readonly string[], rows: readonly PairRow[]): string {
  const width = Math.max(...rows.map(({ code }) => code.length), 4);
  const paint = (fate: Fate): string => (useColour(process.stdout) ? styleText(colours[fate], fate) : fate);
  const lines = rows.map(({ code, fates, meaning, cases }) => {
    const about = fates.length === 1 && fates[0] === "carry" ? "" : (meaning ?? `as in ${cases.join(", ")}`);
    const padding = " ".repeat(Math.max(1, 28 - fates.join(", ").length));
    return `${code.padEnd(width)}  ${fates.map(paint).join(", ")}${about && padding + about}`;
  });
  const which = models.length === 1 ? `model ${models[0]}` : `${models.length} kinds of models`;
  return `${from.name} → ${to.name}, ${which}. Several words: it hangs on the model, or on what exactly is asked.\n\n${lines.join("\n")}\n`;
}
