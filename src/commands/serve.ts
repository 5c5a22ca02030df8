import { flushCompileCache } from "node:module";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { styleText } from "node:util";
import { defineCommand } from "citty";
import type { CommandDef } from "citty";
import { createLoader } from "../bridge/loader.ts";
import type { Loader, LoaderOptions } from "../bridge/loader.ts";
import type { Bridge, LoadResult } from "../bridge/types.ts";
import { formatDiagnostics } from "../diagnostics/format.ts";
import { giveBack, settleMemory } from "../server/give-back.ts";
import { startServer } from "../server/server.ts";
import type { RunningServer } from "../server/server.ts";
import type { Recording } from "../server/tape.ts";
import { closeOnSignals, isWorker } from "../server/signals.ts";
import { keepTickShape } from "../server/ticks.ts";
import { anyPort, assignedPort, superviseWorkers } from "../server/workers.ts";
import { printDiagnostics, useColour } from "./common.ts";

const args = {
  config: {
    type: "string",
    valueHint: "FILE",
    description: "the configuration; default: llmbridge.yaml, or without one the demo provider",
  },
  port: { type: "string", valueHint: "N", description: "port, instead of the configuration's" },
  host: { type: "string", valueHint: "H", description: "host, instead of the configuration's" },
  watch: {
    type: "boolean",
    default: true,
    description: "reload when a file is saved",
    negativeDescription: "do not reload when a file is saved",
  },
  workers: {
    type: "string",
    valueHint: "N|auto",
    default: "1",
    description: "processes that share the port; auto: one for each core",
  },
  record: {
    type: "string",
    valueHint: "DIR",
    description: "write every exchange into this folder, as golden cases; what is personal is blotted out",
  },
} as const;

/** `llmbridge serve`: starts the bridge and says how to point a client at it. */
export const serveCommand: CommandDef<typeof args> = defineCommand({
  meta: {
    name: "serve",
    description: "Start the bridge, and reload it when a mapping or the configuration is saved.",
  },
  args,
  async run({ args: given, data }) {
    const options: LoaderOptions = {
      cache: (data as { cache?: string } | undefined)?.cache,
      ...(given.config !== undefined && { config: resolve(given.config) }),
      listen: {
        ...(given.port !== undefined && { port: portOf(given.port) }),
        ...(given.host !== undefined && { host: given.host }),
      },
      onUnknown: (mapping, event) =>
        process.stderr.write(
          `LB902 ${mapping}: the upstream sent an unknown event ${JSON.stringify(event)}\n`,
        ),
    };
    keepTickShape();
    const loader = createLoader(options);
    const result = loader.load();
    if (!isWorker()) printDiagnostics(result.diagnostics);
    if (!result.bridge) {
      process.exitCode = 1;
      return;
    }
    const count = given.workers === "auto" ? availableParallelism() : countOf(given.workers);
    if (count > 1 && !isWorker()) {
      await supervise(result.bridge, count);
      settleSoon(loader);
    } else {
      const server = await serve(result.bridge, given.watch ? loader.reload : undefined, given.record);
      if (isWorker()) setTimeout(settleMemory, settleAfterMs).unref();
      else settleSoon(loader, server);
    }
  },
});

/** The first requests come first. */
const settleAfterMs = 500;

function settleSoon(loader: Loader, server?: RunningServer): void {
  setTimeout(() => void settle(loader, server), settleAfterMs).unref();
}

/**
 * What a start leaves to be done. What the next one needs is kept; one that had to find out what mappings mean has memory to give
 * back, unless somebody waits.
 */
async function settle({ prepare }: Loader, server: RunningServer | undefined): Promise<void> {
  // Node would keep them when it ends, and not if it is killed. Where nothing is new this does nothing.
  flushCompileCache();
  settleMemory();
  // What could not be prepared is found out when it is needed.
  const hasFound = await prepare().catch(() => false);
  if (hasFound && server?.isIdle() !== false) giveBack();
}

/** How long answers under way may take when the server is asked to stop. */
const graceMs = 30_000;

async function serve(
  bridge: Bridge,
  reload: Loader["reload"] | undefined,
  record: string | undefined,
): Promise<RunningServer> {
  const { host, port } = bridge.config.listen;
  const onRecording = record === undefined ? undefined : await recorder(record);
  const server = await startServer({
    bridge,
    ...(onRecording && { onRecording }),
    listen: { host, port: assignedPort() ?? port },
    ...(reload && { load: reload }),
    onLoad: tellReload,
  });
  if (!isWorker()) process.stdout.write(welcome(server.url, bridge));
  closeOnSignals(() => server.close(graceMs));
  return server;
}

/** Loaded only for those who record. */
async function recorder(directory: string): Promise<(recording: Recording) => void> {
  const { createRecorder } = await import("./record.ts");
  return createRecorder(directory, (text) => void process.stderr.write(`${text}\n`));
}

async function supervise(bridge: Bridge, count: number): Promise<void> {
  const { host, port } = bridge.config.listen;
  const supervision = superviseWorkers({
    count,
    host,
    port: port === 0 ? await anyPort(host) : port,
    say: (text) => process.stderr.write(`${text}\n`),
    onListen: (url) => process.stdout.write(`${welcome(url, bridge)}${count} workers share the port\n\n`),
  });
  closeOnSignals(() => supervision.close(graceMs));
}

function portOf(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new TypeError(`--port takes a number from 0 to 65535, not ${text}`);
  return port;
}

function countOf(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1)
    throw new TypeError(`--workers takes a number or auto, not ${text}`);
  return count;
}

/** Says what came of a save: a new bridge, or the mistakes that keep the old one serving. */
function tellReload(result: LoadResult, ms: number): void {
  const paint = (style: "green" | "red", text: string): string =>
    styleText(style, text, { stream: process.stderr });
  const mistakes = result.bridge ? [] : result.diagnostics.filter((one) => one.severity === "error");
  if (mistakes.length === 0) process.stderr.write(`${paint("green", "reloaded")} in ${Math.round(ms)} ms\n`);
  else {
    const report = formatDiagnostics(mistakes, { color: useColour(process.stderr), cwd: process.cwd() });
    process.stderr.write(`${paint("red", "not reloaded")}: what was there before keeps serving\n${report}`);
  }
}

function welcome(url: string, { config, providers }: Bridge): string {
  const paint = (style: "bold" | "dim" | "cyan", text: string): string =>
    styleText(style, text, { stream: process.stdout });
  const names = [...providers.values()].map((one) => `${one.name} ${paint("dim", `(${one.mapping})`)}`);
  const models = config.models.map(({ pattern, targets }) => {
    const who = targets
      .map((one) => (one.model ? `${one.provider}/${one.model}` : one.provider))
      .join(paint("dim", " or "));
    return `  ${pattern.padEnd(18)} ${paint("dim", "→")} ${who}`;
  });
  const model = config.models.find(({ pattern }) => !pattern.includes("*"))?.pattern ?? "demo/hello";
  const isOpen = config.keys.length === 0;
  const key = isOpen ? "any" : "KEY";
  const header = isOpen ? "" : ` -H 'authorization: Bearer ${key}'`;
  return `
${paint("bold", "llmbridge")} listens on ${paint("cyan", url)}${isOpen ? paint("dim", "  (open: no key is asked for)") : ""}

providers  ${names.join(", ")}
models
${models.join("\n")}

${paint("bold", "Point a client at it")}${isOpen ? "" : paint("dim", `  (${key}: one of auth.keys)`)}
  Claude Code   ANTHROPIC_BASE_URL=${url} ANTHROPIC_AUTH_TOKEN=${key} claude
  Codex CLI     OPENAI_API_KEY=${key} codex -c model_provider=llmbridge -c 'model_providers.llmbridge={name="llmbridge",base_url="${url}/v1",env_key="OPENAI_API_KEY",wire_api="responses"}'
  Gemini CLI    GOOGLE_GEMINI_BASE_URL=${url} GEMINI_API_KEY=${key} gemini
  OpenAI SDK    OPENAI_BASE_URL=${url}/v1 OPENAI_API_KEY=${key}
  curl          curl ${url}/v1/chat/completions${header} -H 'content-type: application/json' -d '{"model":"${model}","messages":[{"role":"user","content":"Hello!"}]}'

`;
}
