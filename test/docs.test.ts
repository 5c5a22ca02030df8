import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { readSchema } from "../src/bridge/schemas.ts";
import { codes } from "../src/diagnostics/codes.ts";
import { formatDiagnostics } from "../src/diagnostics/format.ts";
import { compileSchema } from "../src/text/schema.ts";
import { parseYaml } from "../src/text/yaml.ts";
import { reportOn } from "./support/project.ts";

/*
 * docs/errors.md has a heading for each code, and no other; where a section names files, what they print is what it
 * shows. `UPDATE=1 npx vitest run test/docs.test.ts` writes what is printed now.
 */
const root = resolve(import.meta.dirname, "..");
const file = join(root, "docs/errors.md");
const sections = readFileSync(file, "utf8")
  .split(/^(?=## )/m)
  .slice(1);

test("errors.md has the codes in order, with their meanings", () => {
  const headings = sections.map((section) => section.split("\n")[0]);
  expect(headings).toEqual(Object.entries(codes).map(([code, title]) => `## ${code} ${title}`));
});

describe.each(sections.map((section) => [section.slice(3, 8), section] as const))("%s", (code, section) => {
  const fences = [...section.matchAll(/^```(\w+) ?(\S*)\n(.*?)^```$/gms)].map(([, language, name, text]) => ({
    language,
    name: name!,
    text: text!,
  }));
  const files = Object.fromEntries(fences.filter(({ name }) => name).map(({ name, text }) => [name, text]));
  const shown = fences.filter(({ language }) => language === "text").map(({ text }) => text);

  test("shows what is printed", () => {
    expect(shown).toHaveLength(1);
    if (Object.keys(files).length === 0) return;
    const printed = reportOn(files).replace(/\d+ (problem|warning)s?.*\n$/, "");
    if (process.env["UPDATE"])
      writeFileSync(
        file,
        readFileSync(file, "utf8").replace(section, () =>
          section.replace(/^```text\n.*?^```$/ms, () => `\`\`\`text\n${printed}\`\`\``),
        ),
      );
    else expect(shown[0]).toBe(printed);
  });

  test("is about its code", () => {
    if (!process.env["UPDATE"]) expect(new Set(shown[0]!.match(/\bLB\d+\b/g))).toEqual(new Set([code]));
  });

  test("ends with the cure", () => {
    expect(section.trimEnd()).not.toMatch(/```$/);
  });
});

/** Which schema a fence is held to: by its keys, because readers see no file names. Fragments with … are only parsed. */
function schemaOf(value: object, text: string): string | undefined {
  if (text.includes("…")) return undefined;
  if ("providers" in value || "models" in value || "listen" in value) return "config.schema.json";
  if ("serves" in value || "upstream" in value || "lookup" in value) return "mapping.schema.json";
  if ("events" in value) return "key" in value ? "stream-decode.schema.json" : "stream-encode.schema.json";
  return undefined;
}

const pages = [
  "README.md",
  "CHANGELOG.md",
  "mappings/README.md",
  ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`),
].filter((name) => name.endsWith(".md") && name !== "docs/errors.md" && existsSync(join(root, name)));

describe.each(pages)("yaml in %s", (page) => {
  const text = readFileSync(join(root, page), "utf8");
  const fences = [...text.matchAll(/^```ya?ml.*\n([^]*?)^```$/gm)];

  test.each(fences.map((fence) => [text.slice(0, fence.index).split("\n").length, fence[1]!] as const))(
    "line %d",
    (_, yaml) => {
      const { value, diagnostics, place } = parseYaml(yaml, page);
      const schema = typeof value === "object" && value !== null ? schemaOf(value, yaml) : undefined;
      const problems = schema ? compileSchema(readSchema(schema))(value, place) : [];
      expect(formatDiagnostics([...diagnostics, ...problems])).toBe("");
    },
  );

  test("is read", () => expect(text).not.toBe(""));
});
