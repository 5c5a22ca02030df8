import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { codes } from "../src/diagnostics/codes.ts";
import { reportOn } from "./support/project.ts";

/*
 * docs/errors.md has a heading for each code, and no other; where a section names files, what they print is what it
 * shows. `UPDATE=1 npx vitest run test/docs.test.ts` writes what is printed now.
 */
const file = resolve(import.meta.dirname, "../docs/errors.md");
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
