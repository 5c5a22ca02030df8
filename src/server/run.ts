import cluster from "node:cluster";
import { availableParallelism } from "node:os";
import type { Bridge, LoadResult } from "../bridge/types.ts";
import { watchBridge } from "./reload.ts";
import { startServer } from "./server.ts";
import { closeOnSignals } from "./signals.ts";
import { anyPort, assignedPort, superviseWorkers } from "./workers.ts";

export interface ServerOptions {
  load: () => LoadResult;
  watch: boolean;
  /** Processes that share the port; `auto` is one for each core. */
  workers: number | "auto";
  /** Told how every load went. */
  onLoad: (result: LoadResult, ms: number, isFirst: boolean) => void;
  onListen: (url: string, bridge: Bridge) => void;
}

/** How long answers under way may take when the server is asked to stop. */
const graceMs = 30_000;

/** Loads, listens, reloads, and stops when it is asked to: the life of one server. */
export async function runServer(options: ServerOptions): Promise<void> {
  const startedAt = performance.now();
  const result = options.load();
  const { bridge } = result;
  // Of several processes only the supervisor speaks.
  if (!cluster.isWorker) options.onLoad(result, performance.now() - startedAt, true);
  if (!bridge) {
    process.exitCode = 1;
    return;
  }
  const workers = options.workers === "auto" ? availableParallelism() : options.workers;
  if (workers > 1 && !cluster.isWorker) return supervise(options, bridge, workers);
  const listen = { ...bridge.config.listen, port: assignedPort() ?? bridge.config.listen.port };
  const server = await startServer({
    bridge,
    listen,
    ...(options.watch && { load: options.load }),
    onLoad: (next, ms) => cluster.isWorker || options.onLoad(next, ms, false),
  });
  closeOnSignals(() => server.close(graceMs));
  if (!cluster.isWorker) options.onListen(server.url, bridge);
}

async function supervise(
  { load, watch, onLoad, onListen }: ServerOptions,
  bridge: Bridge,
  count: number,
): Promise<void> {
  const { host, port } = bridge.config.listen;
  const supervision = superviseWorkers({
    count,
    port: port === 0 ? await anyPort(host) : port,
    host,
    say: (text) => void process.stderr.write(`${text}\n`),
    onListen: (url) => onListen(url, bridge),
  });
  // The workers reload by themselves; this is for telling how it went.
  if (watch) await watchBridge({ paths: bridge.watch, load, onLoad: (next, ms) => onLoad(next, ms, false) });
  closeOnSignals(() => supervision.close(graceMs));
}
