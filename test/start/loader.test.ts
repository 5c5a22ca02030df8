import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { createLoader } from "../../src/bridge/loader.ts";
import type { Loader } from "../../src/bridge/loader.ts";
import type { Bridge } from "../../src/bridge/types.ts";

interface Project {
  loader: Loader;
  /** What another start has. */
  restart: () => Loader;
  cache: string;
  write: (file: string, text: string) => void;
}

function project(): Project {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "llmbridge-")));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  function write(file: string, text: string): void {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  write(
    "llmbridge.yaml",
    "mappings: ./formats\nproviders: { p: { mapping: base }, q: { mapping: dialect }, r: { mapping: other } }\n",
  );
  write("formats/base/mapping.yaml", 'upstream: { base_url: "http://127.0.0.1:1", path: /a }\n');
  write("formats/base/lib.jsonata", '( $greet := function($x) { "Hello " & $x } )');
  write("formats/base/error.encode.jsonata", '{ "says": $greet(message) }');
  write("formats/dialect/mapping.yaml", "extends: base\n");
  write("formats/other/mapping.yaml", 'upstream: { base_url: "http://127.0.0.1:1", path: /b }\n');
  write("formats/other/error.encode.jsonata", '{ "other": message }');
  const cache = join(folder, "cache");
  mkdirSync(cache, { mode: 0o700 });
  const restart = (): Loader => createLoader({ config: join(folder, "llmbridge.yaml"), env: {}, cache });
  return { loader: restart(), restart, cache, write };
}

function says(bridge: Bridge | undefined, mapping: string): unknown {
  const error = { type: "server", status: 500, message: "you" } as const;
  return bridge?.mappings.get(mapping)?.error.encode?.(error, {});
}

describe("a reload", () => {
  test("makes anew what changed, with all that borrows it, and keeps the rest as it is", async () => {
    const { loader, write } = project();
    const first = loader.load().bridge!;
    expect(says(first, "dialect")).toEqual({ says: "Hello you" });
    write("formats/base/lib.jsonata", '( $greet := function($x) { "Bye " & $x } )');
    const { bridge, diagnostics } = await loader.reload();
    expect(diagnostics).toEqual([]);
    expect(says(bridge, "base")).toEqual({ says: "Bye you" });
    expect(says(bridge, "dialect")).toEqual({ says: "Bye you" });
    expect(says(first, "base")).toEqual({ says: "Hello you" });
    const isKept = [...first.mappings].filter(([name, one]) => bridge!.mappings.get(name) === one);
    const names = [...first.mappings.keys()].filter((name) => name !== "base" && name !== "dialect");
    expect(isKept.map(([name]) => name)).toEqual(names);
  });

  test("keeps the documents of a mapping that did not change, as warm as they are", async () => {
    const { loader, write } = project();
    write("formats/base/models.encode.jsonata", '{ "list": models.id }');
    const first = loader.load().bridge!;
    write("formats/base/models.encode.jsonata", '{ "ids": models.id }');
    const second = (await loader.reload()).bridge!;
    for (const name of ["base", "dialect"]) {
      const [before, after] = [first, second].map(({ mappings }) => mappings.get(name)!);
      expect(after!.models.encode!({ models: [{ id: "m", provider: "p", available: true }] }, {})).toEqual({
        ids: "m",
      });
      expect(after!.models).not.toBe(before!.models);
      expect(after!.error).toBe(before!.error);
      expect(after!.stream).toBe(before!.stream);
    }
    // What stands in mapping.yaml concerns every document, and a borrower's, too.
    write("formats/base/mapping.yaml", 'about: B\nupstream: { base_url: "http://127.0.0.1:1", path: /a }\n');
    const third = (await loader.reload()).bridge!;
    for (const name of ["base", "dialect"])
      expect(third.mappings.get(name)!.error).not.toBe(second.mappings.get(name)!.error);
  });

  test("keeps no document where a template changed that it may show", async () => {
    const { loader, write } = project();
    write("formats/base/hint.md", "first");
    write("formats/base/error.encode.jsonata", '{ "hint": $template("hint.md") }');
    expect(says(loader.load().bridge, "dialect")).toEqual({ hint: "first" });
    write("formats/base/hint.md", "second");
    expect(says((await loader.reload()).bridge, "dialect")).toEqual({ hint: "second" });
  });

  test("keeps no stream where a document changed that it calls", async () => {
    const { loader, write } = project();
    const first = loader.load();
    write("formats/base/error.encode.jsonata", '{ "says": message }');
    const second = await loader.reload();
    expect(second.bridge!.mappings.get("base")!.stream).not.toBe(first.bridge!.mappings.get("base")!.stream);
  });

  test("keeps every mapping where only the configuration changed", async () => {
    const { loader, write } = project();
    const first = loader.load().bridge!;
    write("llmbridge.yaml", "mappings: ./formats\nproviders: { p: { mapping: other } }\n");
    const { bridge } = await loader.reload();
    expect([...bridge!.providers.keys()]).toEqual(["p"]);
    expect([...bridge!.mappings.values()]).toEqual([...first.mappings.values()]);
  });

  test("tells mistakes, and makes no bridge then", async () => {
    const { loader, write } = project();
    const first = loader.load().bridge!;
    write("formats/base/error.encode.jsonata", '{ "says": $exsts(message) }');
    const { bridge, diagnostics, watch } = await loader.reload();
    expect(bridge).toBeUndefined();
    expect(watch).toEqual(first.watch);
    expect(diagnostics.map(({ code, cure }) => [code, cure])).toEqual([["LB302", "did you mean $exists?"]]);
    write("formats/base/error.encode.jsonata", '{ "says": $greet(message) }');
    expect(says((await loader.reload()).bridge, "base")).toEqual({ says: "Hello you" });
  });

  test("tells a warning of what did not change at every load", async () => {
    const { loader, write } = project();
    write("formats/other/lib.jsonata", "( $request := 1 )");
    const told = loader.load().diagnostics;
    expect(told.map(({ code }) => code)).toEqual(["LB306"]);
    expect((await loader.reload()).diagnostics).toEqual(told);
  });
});

test("what a start found out is kept by another process, once", async () => {
  const { loader, cache } = project();
  loader.load();
  expect(readdirSync(cache)).toEqual([]);
  expect(await loader.prepare()).toBe(true);
  expect(readdirSync(cache)).toHaveLength(1);
  rmSync(cache, { recursive: true });
  expect(await loader.prepare()).toBe(false);
  expect(() => readdirSync(cache)).toThrow("ENOENT");
});

test("a new configuration of known mappings is little to find out", async () => {
  const { loader, restart, write } = project();
  loader.load();
  await loader.prepare();
  write("llmbridge.yaml", "mappings: ./formats\nproviders: { p: { mapping: base } }\n");
  const next = restart();
  expect(next.load().diagnostics).toEqual([]);
  expect(await next.prepare()).toBe(false);
});
