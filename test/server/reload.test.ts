import { cpSync, mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { loadConfig } from "../../src/bridge/config.ts";
import { compileFolder } from "../../src/bridge/compile.ts";
import { findFolders, readFolders } from "../../src/bridge/folder.ts";
import type { LoadResult } from "../../src/bridge/types.ts";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { startServer } from "../../src/server/server.ts";
import type { RunningServer } from "../../src/server/server.ts";
import { call, sleep, startUpstream, until } from "../support/http.ts";
import type { Answer } from "../support/http.ts";

interface Running {
  folder: string;
  write: (file: string, text: string) => void;
  server: RunningServer;
  /** How the reloads went. */
  loads: LoadResult[];
  ask: (model?: string) => Promise<Answer>;
  health: () => Promise<Record<string, unknown>>;
}

/** Loads a project as the bridge does, without the built-in mappings: they take longer than all the rest. */
function loadFolder(folder: string): LoadResult {
  const diagnostics: Diagnostic[] = [];
  const report = (one: Diagnostic): void => void diagnostics.push(one);
  const loaded = loadConfig(join(folder, "llmbridge.yaml"), {});
  diagnostics.push(...loaded.diagnostics);
  const folders = readFolders(findFolders([join(folder, "formats")], report), report);
  const mappings = new Map([...folders.values()].map((one) => [one.name, compileFolder(one, { report })]));
  const watch = ["llmbridge.yaml", ".env", "formats"].map((name) => join(folder, name));
  for (const { name, mapping } of loaded.config?.providers.values() ?? []) {
    if (!mappings.has(mapping))
      diagnostics.push({ code: "LB501", severity: "error", message: `${name}: unknown mapping ${mapping}` });
  }
  if (!loaded.config || diagnostics.some(({ severity }) => severity === "error"))
    return { diagnostics, watch };
  const providers = new Map(
    [...loaded.config.providers].map(([name, one]) => [
      name,
      { ...one, compiled: mappings.get(one.mapping)! },
    ]),
  );
  return {
    bridge: {
      config: { ...loaded.config, listen: { host: "127.0.0.1", port: 0 } },
      mappings,
      providers,
      watch,
    },
    diagnostics,
    watch,
  };
}

async function startProject(): Promise<Running> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "llmbridge-")));
  const write = (file: string, text: string): void => writeFileSync(join(folder, file), text);
  const upstream = await startUpstream(async (res) => {
    await sleep(20);
    res.writeHead(200, { "content-type": "application/json" }).end('{"answer":"Hello"}');
  });
  cpSync(join(import.meta.dirname, "../support/formats"), join(folder, "formats"), { recursive: true });
  write("llmbridge.yaml", configOf(upstream.url, "one"));
  const { bridge } = loadFolder(folder);
  const loads: LoadResult[] = [];
  const server = await startServer({
    bridge: bridge!,
    load: () => loadFolder(folder),
    onLoad: (result) => loads.push(result),
    write: () => undefined,
  });
  onTestFinished(async () => {
    await server.close();
    await upstream.close();
    rmSync(folder, { recursive: true });
  });
  return {
    folder,
    write: (file, text) => write(file, text.replace("UPSTREAM", upstream.url)),
    server,
    loads,
    ask: (model = "m") => call(`${server.url}/clay/ask`, { body: { model, prompt: "Hi" } }),
    health: async () =>
      (await call(`${server.url}/health`, { method: "GET" })).json()["reload"] as Record<string, unknown>,
  };
}

const configOf = (url: string, model: string): string => `
providers:
  reed: { mapping: reed, base_url: "${url}" }
models:
  m: { provider: reed, model: ${model} }
`;

const encodeOf = (said: string): string => `{ "said": "${said} " & candidates.parts.text }`;

/** Milliseconds until a request sees the change. */
async function seenAfter(change: () => void, see: () => Promise<boolean>): Promise<number> {
  const startedAt = performance.now();
  change();
  while (!(await see())) if (performance.now() - startedAt > 3000) throw new Error("it was never seen");
  return performance.now() - startedAt;
}

describe("a saved file is live within a second", () => {
  test("of the configuration, of a mapping, of the environment", async () => {
    const { write, ask, loads } = await startProject();
    const model = async (): Promise<unknown> => (await ask()).headers["x-llmbridge-model"];
    expect(await model()).toBe("one");
    expect(
      await seenAfter(
        () => write("llmbridge.yaml", configOf("UPSTREAM", "two")),
        async () => (await model()) === "two",
      ),
    ).toBeLessThan(1000);
    const said = async (): Promise<string> => (await ask()).text;
    expect(
      await seenAfter(
        () => write("formats/clay/response.encode.jsonata", encodeOf("Well,")),
        async () => (await said()).includes("Well, Hello"),
      ),
    ).toBeLessThan(1000);
    write("llmbridge.yaml", configOf("UPSTREAM", '"${MODEL:-three}"'));
    await until(() => loads.length === 3);
    expect(
      await seenAfter(
        () => write(".env", "MODEL=four\n"),
        async () => (await model()) === "four",
      ),
    ).toBeLessThan(1000);
  });

  test("also when an editor writes another file and renames it, again and again", async () => {
    const { folder, write, ask } = await startProject();
    for (const name of ["a", "b", "c"]) {
      const save = (): void => {
        write("formats/clay/.response.swp", encodeOf(name));
        renameSync(
          join(folder, "formats/clay/.response.swp"),
          join(folder, "formats/clay/response.encode.jsonata"),
        );
      };
      expect(await seenAfter(save, async () => (await ask()).text.includes(`${name} Hello`))).toBeLessThan(
        1000,
      );
    }
  });

  test("many at once are one reload", async () => {
    const { write, loads } = await startProject();
    for (const name of ["a", "b", "c", "d"]) write("formats/clay/response.encode.jsonata", encodeOf(name));
    write("formats/reed/lib.jsonata", "( $x := 1; )");
    write("llmbridge.yaml", configOf("UPSTREAM", "two"));
    await until(() => loads.length > 0);
    await sleep(200);
    expect(loads).toHaveLength(1);
  });

  test("a folder that is added, taken away and put back", async () => {
    const { folder, write, ask, loads, health } = await startProject();
    renameSync(join(folder, "formats"), join(folder, "away"));
    await until(() => loads.length === 1);
    expect(await health()).toMatchObject({ ok: false, diagnostics: [{ code: "LB101" }, { code: "LB501" }] });
    expect((await ask()).status).toBe(200);
    renameSync(join(folder, "away"), join(folder, "formats"));
    await until(() => loads.length >= 2 && loads.at(-1)!.bridge !== undefined);
    expect(await health()).toMatchObject({ ok: true });
    mkdirSync(join(folder, "formats/sand"));
    cpSync(join(folder, "formats/reed"), join(folder, "formats/sand"), { recursive: true });
    write(
      "llmbridge.yaml",
      configOf("UPSTREAM", "two").replaceAll("reed", "sand").replace("mapping: sand", "mapping: reed"),
    );
    await until(() => loads.at(-1)!.bridge?.providers.has("sand") ?? false);
    expect((await ask()).headers["x-llmbridge-provider"]).toBe("sand");
  });
});

test("a broken edit leaves the old bridge serving, and health says what is wrong", async () => {
  const { write, ask, loads, health } = await startProject();
  write("formats/clay/response.encode.jsonata", '{ "said": $nope( }');
  await until(() => loads.length === 1);
  expect(loads[0]!.bridge).toBeUndefined();
  expect((await ask()).text).toContain("Hello");
  expect(await health()).toMatchObject({
    ok: false,
    diagnostics: [{ code: "LB301", line: 1, file: expect.stringContaining("response.encode.jsonata") }],
  });
  write("formats/clay/response.encode.jsonata", encodeOf("Again,"));
  await until(() => loads.length === 2);
  expect((await ask()).text).toContain("Again, Hello");
  expect(await health()).toEqual({ ok: true, diagnostics: [] });
});

test("a thousand requests while it reloads: none is lost", async () => {
  const { write, ask, loads } = await startProject();
  let left = 1000;
  const answers: Answer[] = [];
  const client = async (): Promise<void> => {
    while (left-- > 0) answers.push(await ask());
  };
  const clients = Array.from({ length: 50 }, client);
  for (let i = 0; loads.length < 3; i++) {
    write("formats/clay/response.encode.jsonata", encodeOf(`v${i}`));
    await sleep(100);
  }
  await Promise.all(clients);
  expect(answers).toHaveLength(1000);
  expect(answers.filter(({ status, text }) => status !== 200 || !text.includes("Hello"))).toEqual([]);
});
