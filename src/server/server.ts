import type { Bridge, Config, LoadResult } from "../bridge/types.ts";
import type { Exchange } from "../pipeline/client.ts";
import { createApp } from "./app.ts";
import { listenOn } from "./listen.ts";
import { createLog, lineOf, recordOf } from "./log.ts";
import type { Write } from "./log.ts";
import { createTapeRecorder } from "./tape.ts";
import type { Recording } from "./tape.ts";
import { watchBridge } from "./reload.ts";
import type { Load } from "./reload.ts";

export interface StartOptions {
  bridge: Bridge;
  /** Instead of the configuration's. */
  listen?: { host: string; port: number };
  /** Loads the bridge anew when its files change; absent: the server keeps the one it has. */
  load?: Load;
  /** Told how every reload went. */
  onLoad?: (result: LoadResult, ms: number) => void;
  /** Where log lines go; absent: to standard output. */
  write?: Write;
  /** Given what went over the wire in every exchange; absent: nothing is kept. */
  onRecording?: (recording: Recording) => void;
}

export interface RunningServer {
  url: string;
  port: number;
  /** Whether no exchange is under way. */
  isIdle(): boolean;
  /** Takes no new requests, lets answers under way finish for `graceMs`, and closes everything. */
  close(graceMs?: number): Promise<void>;
}

/** Serves a bridge, and a new one each time that its files change. */
export async function startServer({
  bridge,
  listen,
  load,
  onLoad,
  write,
  onRecording,
}: StartOptions): Promise<RunningServer> {
  const log = createLog(write ?? ((text) => void process.stdout.write(text)));
  const recorder = onRecording && createTapeRecorder();
  const app = createApp({
    bridge,
    ...(recorder && { recorder }),
    onExchange(x) {
      const recording = recorder?.take(x);
      if (recording) onRecording?.(recording);
      const { level, format } = x.prepared.bridge.config.log;
      if (isTold(x, level)) log.line(format === "json" ? JSON.stringify(recordOf(x)) : lineOf(x));
    },
  });
  const listening = await listenOn(app, listen ?? bridge.config.listen);
  const reloader = load && (await watchBridge({ paths: bridge.watch, load, onLoad: reloaded }));

  function reloaded(result: LoadResult, ms: number): void {
    app.reloaded(result.bridge, result.diagnostics);
    log.flush();
    onLoad?.(result, ms);
  }
  return {
    url: listening.url,
    port: listening.port,
    isIdle: app.isIdle,
    async close(graceMs = 0) {
      app.drain();
      await reloader?.close();
      await listening.close(graceMs);
      await app.close();
      log.flush();
    },
  };
}

/** Whether an exchange is worth a line at this level. */
function isTold({ error, cause }: Exchange, level: Config["log"]["level"]): boolean {
  if (level === "silent") return false;
  return level === "debug" || level === "info" || error !== undefined || cause !== undefined;
}
