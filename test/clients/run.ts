import { parseArgs } from "node:util";
import { anthropic } from "../doubles/anthropic.ts";
import { codex } from "../doubles/codex.ts";
import { gemini } from "../doubles/gemini.ts";
import { openaiChat } from "../doubles/openai-chat.ts";
import { openaiResponses } from "../doubles/openai-responses.ts";
import type { Vendor } from "../doubles/vendor.ts";
import { agentSdk } from "./agent-sdk.ts";
import { claudeCodes } from "./claude-code.ts";
import { isInstalled } from "./client.ts";
import type { Client } from "./client.ts";
import { codexClis } from "./codex-cli.ts";
import { geminiClis } from "./gemini-cli.ts";
import { report } from "./report.ts";
import type { Cell } from "./report.ts";
import { tryClient } from "./try.ts";
import type { Result } from "./try.ts";

const usage = `node test/clients/run.ts [--client NAME] [--upstream NAME] [--keep]

Lets real clients do a task with tools through the bridge, against doubles of every vendor.
  --client NAME     only the clients whose name contains this
  --upstream NAME   only this upstream
  --keep            leave what each of them wrote, also where all went well`;

const clients: Client[] = [...claudeCodes, agentSdk, ...codexClis, ...geminiClis];
const upstreams: Vendor[] = [anthropic, openaiChat, openaiResponses, codex, gemini];

const { values: given } = parseArgs({
  options: {
    client: { type: "string" },
    upstream: { type: "string" },
    keep: { type: "boolean" },
    help: { type: "boolean" },
  },
});

async function main(): Promise<void> {
  const cells: Cell[] = [];
  for (const client of clients.filter(({ name }) =>
    name.toLowerCase().includes((given.client ?? "").toLowerCase()),
  ))
    for (const upstream of upstreams.filter(({ name }) => name === (given.upstream ?? name)))
      cells.push(await tryCell(client, upstream));
  process.exitCode = report(cells, { clients, upstreams }) ? 0 : 1;
}

/** When no further client is started: one that hangs must not hold up the others for long. */
const deadline = performance.now() + 8 * 60_000;
const tooLate: Result = { turns: 0, calls: 0, ms: 0, failures: ["there was no time left"], folder: "" };

async function tryCell(client: Client, upstream: Vendor): Promise<Cell> {
  const cell: Cell = { client: client.name, upstream: upstream.name };
  if (isInstalled(client))
    cell.result =
      performance.now() > deadline
        ? tooLate
        : await tryClient(client, upstream, { keep: given.keep === true });
  process.stdout.write(`${client.name} → ${upstream.name}: ${outcomeOf(cell)}\n`);
  return cell;
}

function outcomeOf({ result }: Cell): string {
  if (!result) return "skipped: it is not installed";
  const { turns, calls, ms, failures } = result;
  return failures.length > 0 ? "FAILED" : `${turns} turns, ${calls} tool calls (${(ms / 1000).toFixed(1)} s)`;
}

if (given.help) process.stdout.write(`${usage}\n`);
else await main();
