// The package as users install it, built and packed of the files that belong to the project.
import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const project = join(import.meta.dirname, "../..");
const folder = realpathSync(mkdtempSync(join(tmpdir(), "llmbridge-")));
const installed = join(folder, "package");
const program = join(installed, "bin/llmbridge.mjs");

/** What a build needs of a checkout. */
const sources = ["bin", "src", "mappings", "schemas", "package.json", "llmbridge.yaml", "CHANGELOG.md"];

beforeAll(() => {
  const checkout = join(folder, "checkout");
  for (const name of [...sources, "tsconfig.json", "tsconfig.build.json"])
    cpSync(join(project, name), join(checkout, name), { recursive: true });
  symlinkSync(join(project, "node_modules"), join(folder, "node_modules"));
  symlinkSync(join(project, "node_modules"), join(checkout, "node_modules"));
  execFileSync("npm", ["pack", "--silent", "--pack-destination", folder], { cwd: checkout });
  const [packed] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  execFileSync("tar", ["-xzf", packed!], { cwd: folder });
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true }));

/** A module of the package: what it exports is what its source does. */
function built<Module>(path: string): Module {
  return createRequire(import.meta.url)(join(installed, "dist", path)) as Module;
}

describe("the package", () => {
  test("serves its first request", async () => {
    const server = spawn(process.execPath, [program, "serve", "--port", "0"], {
      cwd: folder,
      env: { ...process.env, LLMBRIDGE_CACHE: "off" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      const url = await firstUrl(server.stdout);
      const answer = await fetch(`${url}/v1/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ model: "demo", messages: [{ role: "user", content: "Hello!" }] }),
      });
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ object: "chat.completion" });
    } finally {
      server.kill();
    }
  });

  test("finds nothing wrong with the mappings that come with it", () => {
    const said = execFileSync(process.execPath, [program, "check"], { cwd: folder, encoding: "utf8" });
    expect(said).toContain("no mistakes found");
  });

  test("knows them from the start: nothing is left to be found out", () => {
    const { readShipped } = built<typeof import("../../src/bridge/shipped.ts")>("bridge/shipped.js");
    const { perform } = built<typeof import("../../src/bridge/task.ts")>("bridge/task.js");
    const config = join(project, "test/support/all.yaml");
    const has = new Set(readShipped().keys());
    const { isSound, news, used } = perform({ options: { config, env: {} }, has, cache: undefined });
    expect(isSound).toBe(true);
    expect(used.size).toBeGreaterThan(500);
    expect([...news.keys()].filter((key) => !key.startsWith("sealed "))).toEqual([]);
  });
});

/** The address that a server says it listens on. */
async function firstUrl(output: NodeJS.ReadableStream): Promise<string> {
  let said = "";
  for await (const chunk of output) {
    said += String(chunk);
    const [url] = /http:\/\/[\d.]+:\d+/.exec(said) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error(`no address in ${JSON.stringify(said)}`);
}
