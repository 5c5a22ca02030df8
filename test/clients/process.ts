import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { upstreamKey } from "../doubles/server.ts";
import type { Double } from "../doubles/server.ts";
import type { Start } from "./client.ts";

export interface Ended {
  code: number | null;
  output: string;
  errors: string;
  timedOut: boolean;
  ms: number;
}

/** Ends a process and all that it started. */
function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

/** Runs a client to its end, or to the end of its time. */
export async function run({ command, args, env }: Start, cwd: string, timeoutMs: number): Promise<Ended> {
  const startedAt = performance.now();
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let output = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    endGroup(child);
  }, timeoutMs);
  const code = await new Promise<number | null>((done) => {
    child.on("error", (error) => {
      errors += String(error);
      done(null);
    });
    child.on("close", done);
  });
  clearTimeout(timer);
  endGroup(child);
  return { code, output, errors, timedOut, ms: performance.now() - startedAt };
}

export interface Bridge {
  url: string;
  /** What it has logged. */
  log(): string;
  close(): Promise<void>;
}

const root = join(import.meta.dirname, "..", "..");

/** `llmbridge serve` in a process of its own, with a double as the one provider of all models, under their names or its own. */
export async function serve(
  folder: string,
  { vendor, baseUrl }: Double,
  keepsModel: boolean,
): Promise<Bridge> {
  const config = join(folder, "llmbridge.yaml");
  writeFileSync(
    config,
    `providers:
  double: { mapping: ${vendor.mapping}, base_url: "${baseUrl}", api_key: ${upstreamKey} }
models:
  "*": ${keepsModel ? "double" : `{ provider: double, model: ${vendor.model} }`}
`,
  );
  const args = [
    join(root, "bin", "llmbridge.mjs"),
    "serve",
    "--config",
    config,
    "--host",
    "127.0.0.1",
    "--port",
    "0",
    "--no-watch",
  ];
  const child = spawn(process.execPath, args, {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let log = "";
  const closed = new Promise<void>((done) => child.on("close", () => done()));
  const url = await new Promise<string>((ready, fail) => {
    const hear = (text: string): void => {
      log += text;
      const listening = /listens on (\S+)/.exec(log);
      if (listening) ready(listening[1]!);
    };
    child.stdout.setEncoding("utf8").on("data", hear);
    child.stderr.setEncoding("utf8").on("data", hear);
    void closed.then(() => fail(new Error(`the bridge did not start: ${log}`)));
    setTimeout(() => fail(new Error(`the bridge did not start in time: ${log}`)), 20_000).unref();
  }).catch((error: unknown) => {
    endGroup(child);
    throw error;
  });
  return {
    url,
    log: () => log,
    close() {
      endGroup(child);
      return closed;
    },
  };
}
