import { describe, expect, test } from "vitest";
import { readCases } from "../src/bridge/cases.ts";
import { loadMappings } from "../src/bridge/mappings.ts";
import { formatDiagnostics } from "../src/diagnostics/format.ts";
import { runCase } from "../src/golden/run.ts";

const { mappings, diagnostics } = loadMappings();

test("the built-in mappings have no mistake", () => {
  expect(formatDiagnostics(diagnostics, { color: false, cwd: process.cwd() }).trim()).toBe("");
});

for (const mapping of mappings.values()) {
  const cases = readCases(mapping.name, mapping.folder);
  describe.skipIf(cases.length === 0)(mapping.name, () => {
    test.each(cases.map((one) => [one.name, one] as const))("%s", (_, golden) => {
      const failed = runCase(mapping, golden).filter((one) => one.status === "failed");
      expect(failed.map((one) => `${one.check}: ${one.message}`)).toEqual([]);
    });
  });
}
