// Loading with a hundred mapping folders more: fifty dialects that borrow from a shipped format and have a small file of
// their own, and fifty formats with all their files.
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median, printTable } from "../figures.mjs";
import { nextMessage, startNode } from "../servers/cores.mjs";
import { writeConfig } from "../servers/gateways.mjs";

const acme = join(import.meta.dirname, "../../docs/examples/acme");
const bases = ["openai-chat", "anthropic", "gemini", "openai-responses"];

function writeDialect(folder, base) {
  mkdirSync(folder, { recursive: true });
  const upstream = "upstream: { base_url: https://api.example.com, path: /answer }";
  writeFileSync(
    join(folder, "mapping.yaml"),
    `about: A dialect\nextends: ${base}\n${upstream}\ncapabilities: [{ candidates: false }]\n`,
  );
  writeFileSync(
    join(folder, "error.decode.jsonata"),
    '{ "type": $http.status = 429 ? "rate_limit" : "server", "message": detail.message ?? message ?? "no reason given" }\n',
  );
}

/** A configuration whose own folder of mappings holds as many. */
export function writeFolders(count) {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const mappings = join(folder, "mappings");
  mkdirSync(mappings);
  for (let i = 0; i < count / 2; i++) {
    writeDialect(join(mappings, `dialect-${i}`), bases[i % bases.length]);
    cpSync(acme, join(mappings, `format-${i}`), { recursive: true });
  }
  return writeConfig(folder, {
    mapping: "anthropic",
    base: "http://127.0.0.1:9",
    more: "mappings: ./mappings\n",
  });
}

export async function measureFolders(isQuick) {
  const sizes = { "the shipped folders alone": writeFolders(0), "100 more": writeFolders(100) };
  const times = Object.fromEntries(Object.keys(sizes).map((name) => [name, []]));
  for (let round = 0; round < (isQuick ? 2 : 7); round++)
    for (const [name, config] of Object.entries(sizes)) {
      const child = startNode([join(import.meta.dirname, "load.mjs"), config]);
      times[name].push(await nextMessage(child));
      child.kill();
    }
  printTable(
    "loading mapping folders in a new process, ms",
    ["", "load, median", "fastest", "CPU, median"],
    Object.entries(times).map(([name, rounds]) => [
      name,
      median(rounds.map(({ ms }) => ms)),
      Math.min(...rounds.map(({ ms }) => ms)),
      median(rounds.map(({ cpu }) => cpu)),
    ]),
  );
  return times;
}
