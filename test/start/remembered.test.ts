import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openCache } from "../../src/bridge/cache.ts";
import { readCases } from "../../src/bridge/cases.ts";
import { load } from "../../src/bridge/load.ts";
import { createMemory } from "../../src/bridge/memory.ts";
import { perform } from "../../src/bridge/task.ts";
import type { LoadResult } from "../../src/bridge/types.ts";
import { runCase } from "../../src/golden/run.ts";
import { inProject } from "../support/project.ts";

const cache = realpathSync(mkdtempSync(join(tmpdir(), "llmbridge-")));
const config = join(import.meta.dirname, "../support/all.yaml");

/** What a second start has: all of it went through a file. */
function remembered(): { result: LoadResult; memory: ReturnType<typeof createMemory> } {
  perform({ options: { config }, cache });
  const memory = createMemory(openCache(cache, config).read());
  return { result: load({ config, memory }), memory };
}

describe("a bridge of what an earlier one found out", () => {
  const { result, memory } = remembered();

  test("finds nothing out again", () => {
    expect(result.diagnostics).toEqual([]);
    expect(memory.entries.size).toBeGreaterThan(500);
    expect([...memory.fresh.keys()]).toEqual([]);
    rmSync(cache, { recursive: true });
  });

  const all = [...result.bridge!.mappings.values()].flatMap((mapping) =>
    readCases(mapping.name, mapping.folder).map((golden) => ({ mapping, golden })),
  );

  // All of them hold for a bridge without a memory (test/golden.test.ts); the sample meets every row and document.
  test.each(
    all.filter((_, i) => i % 3 === 0).map((one) => [`${one.mapping.name} ${one.golden.name}`, one] as const),
  )("translates %s", (_, { mapping, golden }) => {
    const failed = runCase(mapping, golden).filter((one) => one.status === "failed");
    expect(failed.map((one) => `${one.check}: ${one.message}`)).toEqual([]);
  });

  test("has had its code from there, too", () => {
    expect([...memory.fresh.keys()]).toEqual([]);
  });
});

const mistakes = {
  "llmbridge.yaml": "mappings: ./formats\nproviders: { p: { mapping: nought, api_key: sk-very-secret-1 } }\n",
  "formats/a/mapping.yaml": 'extends: b\nupstream: { path: /x, headers: { y: "=$nought(1)" } }\n',
  "formats/a/lib.jsonata": "( $request := 1; $f := function($x) { $missing($x) } )",
  "formats/a/error.encode.jsonata": '{ "e": $f(message), "t": $template("none.md") }',
  "formats/b/mapping.yaml": "about: one\nabout: two\nupstream: { path: /y }\n",
  "formats/b/request.encode.jsonata": '{ "a": ',
  "formats/b/stream.decode.yaml":
    "key: type\nevents:\n  x: { emit: { type: nought, a: =$index.. } }\n  y: {}\n",
};

describe("mistakes", () => {
  test("are the same with a memory, the first time and every time after it", () => {
    inProject(mistakes, (folder) => {
      const file = join(folder, "llmbridge.yaml");
      const plain = load({ config: file, env: {} });
      const memory = createMemory();
      expect(plain.diagnostics.length).toBeGreaterThan(6);
      for (let i = 0; i < 3; i++) {
        const { bridge, diagnostics } = load({ config: file, env: {}, memory });
        expect(bridge).toBeUndefined();
        expect(diagnostics).toEqual(plain.diagnostics);
      }
    });
  });

  test("keep what was found out from being kept", () => {
    inProject(mistakes, (folder) => {
      const finding = perform({
        options: { config: join(folder, "llmbridge.yaml") },
        cache: join(folder, "cache"),
      });
      expect(finding.isSound).toBe(false);
      expect(readdirSync(folder)).not.toContain("cache");
    });
  });
});

test("keys that stand in a configuration are not legible in the cache", () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "llmbridge-")));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "llmbridge.yaml");
  writeFileSync(file, "providers: { p: { mapping: demo, api_key: sk-very-secret-1 } }\n");
  perform({ options: { config: file, env: {} }, cache: join(folder, "cache") });
  const [name] = readdirSync(join(folder, "cache"));
  const kept = readFileSync(join(folder, "cache", name!), "latin1");
  expect(kept).toContain("sealed");
  expect(kept).not.toContain("very-secret");
  const memory = createMemory(openCache(join(folder, "cache"), file).read());
  const { bridge } = load({ config: file, env: {}, memory });
  expect(bridge?.providers.get("p")?.apiKey).toBe("sk-very-secret-1");
  expect(memory.fresh.size).toBe(0);
});
