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

async function tryCell(client: Client, upstream: Vendor): Promise<Cell> {
  const at = { client: client.name, upstream: upstream.name };
  const cell: Cell = isInstalled(client)
    ? { ...at, result: await tryClient(client, upstream, { keep: given.keep === true }) }
    : at;
  const { result } = cell;
  const said = !result
    ? "skipped: it is not installed"
    : result.failures.length > 0
      ? "FAILED"
      : `${result.turns} turns, ${result.calls} tool calls`;
  process.stdout.write(
    `${client.name} → ${upstream.name}: ${said}${result ? ` (${(result.ms / 1000).toFixed(1)} s)` : ""}\n`,
  );
  return cell;
}

if (given.help) process.stdout.write(`${usage}\n`);
else await main();
