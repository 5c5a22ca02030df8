import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { call, until } from "../support/http.ts";
import type { Answer } from "../support/http.ts";

const program = resolve(import.meta.dirname, "../../bin/llmbridge.mjs");
const config = 'listen: { port: 0 }\nproviders:\n  demo: { mapping: demo }\nmodels:\n  "*": demo\n';

interface Program {
  child: ChildProcess;
  url: string;
  output: () => string;
  ask: () => Promise<Answer>;
}

/** Runs `llmbridge serve` with the demo provider, and waits until it listens. */
async function serve(...args: string[]): Promise<Program> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "llmbridge-")));
  writeFileSync(join(folder, "llmbridge.yaml"), config);
  const child = spawn(process.execPath, [program, "serve", ...args], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
  onTestFinished(() => {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  });
  await expect.poll(() => output, { timeout: 45_000 }).toMatch(/listens on http/);
  const url = /listens on (http:\S+)/.exec(output)![1]!;
  const body = { model: "m", messages: [{ role: "user", content: "Hi" }] };
  return { child, url, output: () => output, ask: () => call(`${url}/v1/chat/completions`, { body }) };
}

const isLinux = existsSync("/proc/self");

/** What a process was started with. */
function arenasOf(pid: number): string | undefined {
  return /(?:^|\0)MALLOC_ARENA_MAX=(\d+)/.exec(readFileSync(`/proc/${pid}/environ`, "utf8"))?.[1];
}

/** The processes that a process has started; known on Linux only. */
function childrenOf(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  return existsSync(file) ? readFileSync(file, "utf8").split(" ").filter(Boolean).map(Number) : [];
}

describe("one process", { timeout: 60_000 }, () => {
  test("answers, and ends well when it is asked to", async () => {
    const { child, ask } = await serve("--no-watch");
    expect((await ask()).status).toBe(200);
    child.kill("SIGTERM");
    expect((await once(child, "exit"))[0]).toBe(0);
  });

  test.skipIf(!isLinux)("allocates from few arenas, or as many as it was told to", async () => {
    const few = await serve("--no-watch");
    expect(arenasOf(few.child.pid!)).toBe("2");
    vi.stubEnv("MALLOC_ARENA_MAX", "7");
    onTestFinished(() => void vi.unstubAllEnvs());
    const told = await serve("--no-watch");
    expect(arenasOf(told.child.pid!)).toBe("7");
  });

  test("says that clients need a key where one is asked for, and not which", async () => {
    const open = await serve("--no-watch");
    await expect.poll(open.output).toMatch(/ANTHROPIC_AUTH_TOKEN=any [^]*completions -H 'content-type/);
    const folder = mkdtempSync(join(tmpdir(), "llmbridge-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "keys.yaml");
    writeFileSync(file, `${config}auth: { keys: [sk-of-a-client] }\n`);
    const closed = await serve("--no-watch", "--config", file);
    await expect
      .poll(closed.output)
      .toMatch(
        /KEY: one of auth\.keys[^]*AUTH_TOKEN=KEY [^]*-H 'authorization: Bearer KEY' -H 'content-type/,
      );
    expect(closed.output()).not.toMatch(/=any|sk-of-a-client/);
  });

  test("says so when the port is taken", async () => {
    const { url } = await serve("--no-watch");
    const { port } = new URL(url);
    const second = spawn(process.execPath, [program, "serve", "--port", port], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    second.stderr.on("data", (chunk) => (said += String(chunk)));
    expect((await once(second, "exit"))[0]).not.toBe(0);
    expect(said).toContain(`127.0.0.1:${port} is in use by another program`);
  });
});

describe.skipIf(!isLinux)("several processes", { timeout: 90_000 }, () => {
  test("share the port; one that dies is replaced; all end together", async () => {
    const { child, ask, output } = await serve("--workers", "2");
    await until(() => childrenOf(child.pid!).length === 2);
    for (let i = 0; i < 10; i++) expect((await ask()).status).toBe(200);
    const before = childrenOf(child.pid!);
    expect(before.map(arenasOf)).toEqual(["2", "2"]);
    process.kill(before[0]!, "SIGKILL");
    await until(() => output().includes(`worker ${before[0]} ended (SIGKILL)`));
    await until(() => childrenOf(child.pid!).filter((pid) => !before.includes(pid)).length === 1);
    await expect
      .poll(
        () =>
          ask().then(
            ({ status }) => status,
            () => 0,
          ),
        { timeout: 10_000 },
      )
      .toBe(200);
    const last = childrenOf(child.pid!);
    child.kill("SIGTERM");
    expect((await once(child, "exit"))[0]).toBe(0);
    await until(() => last.every((pid) => !existsSync(`/proc/${pid}`)));
  });
});
