import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { reportOn } from "../support/project.ts";
import type { Files } from "../support/project.ts";

/*
 * Each file here is a test: the report that it must give in its header comment, an empty line, and then what is checked
 * (lines count from there). Its name says as what: config-… is llmbridge.yaml, mapping-…, decode-… and encode-… are
 * files of a mapping folder. `UPDATE=1 npx vitest run test/diagnostics` writes the reports.
 */
const places: Readonly<Record<string, string>> = {
  config: "llmbridge.yaml",
  mapping: "my-mappings/acme/mapping.yaml",
  decode: "my-mappings/acme/stream.decode.yaml",
  encode: "my-mappings/acme/stream.encode.yaml",
};

const here = import.meta.dirname;
const names = readdirSync(here).filter((name) => name.endsWith(".yaml"));

test("there are cases", () => expect(names.length).toBeGreaterThanOrEqual(15));

test.each(names)("%s", (name) => {
  const file = join(here, name);
  const { header, body } = split(readFileSync(file, "utf8"));
  const report = reportOn(filesOf(name, body), { SET: "value", EMPTY: "" }).trimEnd();
  if (process.env["UPDATE"]) writeFileSync(file, `${comment(report)}\n\n${body}`);
  else expect(comment(report)).toBe(header);
});

function filesOf(name: string, body: string): Files {
  const place = places[name.split("-")[0]!];
  if (place === undefined)
    throw new TypeError(`${name} begins with none of ${Object.keys(places).join(", ")}`);
  return { [place]: body };
}

/** The header is the comment up to the first empty line; a new case may begin without one. */
function split(text: string): { header: string; body: string } {
  const lines = text.split("\n");
  const length = lines.findIndex((line) => !line.startsWith("#"));
  if (length <= 0 || lines[length] !== "") return { header: "", body: text };
  return { header: lines.slice(0, length).join("\n"), body: lines.slice(length + 1).join("\n") };
}

function comment(report: string): string {
  return (report || "nothing is wrong")
    .split("\n")
    .map((line) => `# ${line}`.trimEnd())
    .join("\n");
}
