import { appendFileSync } from "node:fs";
import type { Result } from "./try.ts";

/** How one client did against one upstream; without a result it was not there. */
export interface Cell {
  client: string;
  upstream: string;
  result?: Result;
}

type Named = readonly { name: string }[];

/** Prints a table of what was done, and what failed; gives whether all is well. */
export function report(
  cells: readonly Cell[],
  { clients, upstreams }: { clients: Named; upstreams: Named },
): boolean {
  const rows = clients.filter(({ name }) => cells.some(({ client }) => client === name));
  const columns = upstreams.filter(({ name }) => cells.some(({ upstream }) => upstream === name));
  const table = [
    ["turns / tool calls", ...columns.map(({ name }) => name)],
    ["---", ...columns.map(() => "---")],
    ...rows.map(({ name }) => [
      name,
      ...columns.map((column) =>
        shown(cells.find(({ client, upstream }) => client === name && upstream === column.name)),
      ),
    ]),
  ];
  const text = table.map((row) => `| ${row.join(" | ")} |\n`).join("");
  process.stdout.write(`\n${text}\n`);
  const summary = process.env["GITHUB_STEP_SUMMARY"];
  if (summary) appendFileSync(summary, `### Real clients through the bridge\n\n${text}`);

  const failed = cells.filter(({ result }) => result && result.failures.length > 0);
  for (const { client, upstream, result } of failed) {
    const failures = result!.failures.map((failure) => `  - ${failure}\n`).join("");
    process.stdout.write(
      `${client} → ${upstream} failed${result!.folder && `; all that was said is in ${result!.folder}`}\n${failures}\n`,
    );
  }
  const skipped = new Set(cells.filter(({ result }) => !result).map(({ client }) => client));
  for (const client of skipped)
    process.stdout.write(`${client} was SKIPPED: it is not installed (npm ci --prefix test/clients)\n`);
  return failed.length === 0;
}

function shown(cell: Cell | undefined): string {
  if (!cell) return "";
  if (!cell.result) return "skipped";
  const { failures, turns, calls } = cell.result;
  return failures.length > 0 ? "**failed**" : `${turns} / ${calls}`;
}
