import { readFileSync, readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { lossCodes } from "../../src/mapping/fit/codes.ts";
import type { Fate } from "../../src/mapping/fit/codes.ts";

const table: Readonly<Record<string, readonly [Fate, string]>> = lossCodes;
const folder = new URL("../../src/mapping/fit/", import.meta.url);
const sources = readdirSync(folder)
  .filter((name) => name !== "codes.ts")
  .map((name) => readFileSync(new URL(name, folder), "utf8"))
  .join("\n");

test("docs/losses.md lists every code with its action and its meaning", () => {
  const page = readFileSync(new URL("../../docs/losses.md", import.meta.url), "utf8");
  const rows = page.split("\n").filter((line) => line.startsWith("| `") && line.split("|").length === 5);
  const codes = Object.entries(table).map(
    ([code, [fate, meaning]]) => `| \`${code}\` | ${fate} | ${meaning} |`,
  );
  expect(rows.filter((row) => !row.includes("<"))).toEqual(codes);
});

test.each(Object.keys(table))("%s is recorded somewhere", (code) => {
  const stem = code.replace(/[^.]+$/, "");
  const patterns = [`"${code}"`, `\`${stem}$`, code.includes(".") ? "" : `["speed", "metadata", "safety"]`];
  expect(patterns.some((pattern) => pattern !== "" && sources.includes(pattern))).toBe(true);
});
