import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { loadMappings } from "../src/bridge/mappings.ts";
import { modelsOf, pairRows, probesOf } from "../src/golden/matrix.ts";
import type { PairRow } from "../src/golden/matrix.ts";
import { lossCodes } from "../src/mapping/fit/codes.ts";

/* docs/matrix.md is what `llmbridge losses` says of every pair. `UPDATE=1 npx vitest run test/matrix.test.ts` writes it. */
const file = resolve(import.meta.dirname, "../docs/matrix.md");
const all = [...loadMappings().mappings.values()];
const clients = all.filter(({ serves, request }) => serves.length > 0 && request.decode);
const upstreams = all.filter(({ request }) => request.encode);

const head = `# What every pair carries

Written by \`UPDATE=1 npx vitest run test/matrix.test.ts\` from the mappings themselves: every request of the golden cases of
the client's format was sent to every kind of model that the upstream's mapping tells apart. \`llmbridge losses --from FORMAT
--to FORMAT\` says the same of one pair, \`--model NAME\` of one model. The codes are those of [losses.md](losses.md).

| word | means |
| --- | --- |
| carry | it goes as it is |
| clamp, approximate, emulate | as much of it as the target takes, something near it, the same by other means |
| drop | it is gone, and the client is told |
| refuse | the request is not sent |

Several words: it hangs on the model, or on what exactly is asked. Nothing: no golden case asks for it. A format goes to its
own upstream as it is, byte for byte; what stands in that column is what becomes of a request whose model is of another
kind than the client thinks.
`;

function section(from: (typeof all)[number]): string {
  const probes = probesOf(from);
  const columns = upstreams.map(
    (to) => new Map(pairRows(probes, to, modelsOf(to)).map((row) => [row.code, row])),
  );
  const codes = Object.keys(lossCodes).filter((code) => columns.some((rows) => rows.has(code)));
  const own = [...new Set(columns.flatMap((rows) => [...rows.keys()]))]
    .filter((code) => !(code in lossCodes))
    .sort();
  const cell = (row: PairRow | undefined): string => row?.fates.join(", ") ?? "";
  const line = (code: string): string =>
    `| \`${code}\` | ${columns.map((rows) => cell(rows.get(code))).join(" | ")} |`;
  return `
## From ${from.name}

| | ${upstreams.map(({ name }) => name).join(" | ")} |
| --- |${" --- |".repeat(upstreams.length)}
${[...codes, ...own].map(line).join("\n")}
`;
}

test("docs/matrix.md says what the mappings do", () => {
  const page = head + clients.map(section).join("");
  if (process.env["UPDATE"]) writeFileSync(file, page);
  expect(existsSync(file) ? readFileSync(file, "utf8") : "").toBe(page);
});

test.each(clients.map((one) => [one.name, one] as const))(
  "the golden cases of %s ask for all kinds of things",
  (_, from) => {
    const [to] = upstreams.filter(({ name }) => name !== from.name);
    expect(pairRows(probesOf(from), to!, ["any"]).length).toBeGreaterThan(25);
  },
);
