import type { Worker } from "node:cluster";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { urlOf } from "./listen.ts";
import { closeMessage, isWorker, portVariable } from "./signals.ts";

export interface WorkersOptions {
  count: number;
  host: string;
  port: number;
  say: (text: string) => void;
  /** Told once, when the first worker listens. */
  onListen: (url: string) => void;
}

export interface Supervision {
  /** Asks every worker to finish what it does and to end; after `graceMs` they are ended. */
  close(graceMs: number): Promise<void>;
}

/** The port that the supervisor has given to this worker. */
export function assignedPort(): number | undefined {
  const port = isWorker() ? process.env[portVariable] : undefined;
  return port === undefined ? undefined : Number(port);
}

/** A port that is free: "any" must be the same one for all workers. */
export function anyPort(host: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer().once("error", reject);
  server.listen(0, host, () => {
    const { port } = server.address() as AddressInfo;
    server.close(() => resolve(port));
  });
  return promise;
}

/** A worker that lived this long was healthy; one that dies sooner is started again ever more slowly. */
const healthyMs = 10_000;
const firstDelayMs = 100;
const longestDelayMs = 10_000;

/**
 * Starts this program again `count` times; the copies share the port, and each has a bridge of its own. One that dies
 * is replaced; if they die before any of them listens, there is no use in trying on.
 */
export function superviseWorkers({ count, host, port, say, onListen }: WorkersOptions): Supervision {
  const cluster = process.getBuiltinModule("node:cluster");
  const workers = new Set<Worker>();
  const listening = new WeakSet<Worker>();
  const timers = new Set<NodeJS.Timeout>();
  let isClosing = false;
  let hasListened = false;

  function start(delayMs: number): void {
    const worker = cluster.fork({ [portVariable]: port });
    const startedAt = performance.now();
    workers.add(worker);
    worker.once("listening", () => {
      listening.add(worker);
      if (!hasListened) onListen(urlOf(host, port));
      hasListened = true;
    });
    worker.once("exit", (code, signal) => {
      workers.delete(worker);
      if (isClosing) return;
      if (!hasListened) process.exit(code === 0 ? 1 : code);
      const next =
        performance.now() - startedAt > healthyMs ? firstDelayMs : Math.min(delayMs * 2, longestDelayMs);
      say(`worker ${worker.process.pid} ended (${signal ?? code}); another starts in ${next} ms`);
      const timer = setTimeout(() => {
        timers.delete(timer);
        start(next);
      }, next);
      timers.add(timer);
    });
  }
  function kill(): void {
    for (const worker of workers) worker.process.kill("SIGKILL");
  }
  for (let i = 0; i < count; i++) start(firstDelayMs / 2);
  process.once("exit", kill);
  function close(graceMs: number): Promise<void> {
    isClosing = true;
    for (const timer of timers) clearTimeout(timer);
    return endAll(workers, listening, graceMs);
  }
  return { close };
}

async function endAll(
  workers: ReadonlySet<Worker>,
  listening: WeakSet<Worker>,
  graceMs: number,
): Promise<void> {
  const ended = [...workers].map((worker) => new Promise<void>((done) => worker.once("exit", () => done())));
  for (const worker of workers) {
    // One that does not listen yet has nothing to finish, and no ear for a message.
    if (listening.has(worker) && worker.isConnected()) worker.send(closeMessage);
    else worker.process.kill("SIGKILL");
  }
  const timer = setTimeout(() => {
    for (const worker of workers) worker.process.kill("SIGKILL");
  }, graceMs);
  await Promise.all(ended);
  clearTimeout(timer);
}
