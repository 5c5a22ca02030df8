import { MappingFailure } from "../mapping/scope.ts";
import type { Exchange } from "../pipeline/client.ts";

export type Write = (text: string) => void;

/** Collects lines and writes them together: a write of its own for each would cost more than a small exchange. */
export function createLog(write: Write): { line(text: string): void; flush(): void } {
  let waiting = "";
  let timer: NodeJS.Timeout | undefined;
  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (waiting !== "") write(waiting);
    waiting = "";
  }
  return {
    line(text) {
      waiting += `${text}\n`;
      timer ??= setTimeout(flush, 50);
    },
    flush,
  };
}

/**
 * The line that an exchange leaves in the log: time, status, the client's format → provider/model, duration, time to
 * the first byte, tokens, and what went wrong. Never a key, never what was said.
 */
export function accessLine(x: Exchange): string {
  const now = performance.now();
  const time = new Date().toISOString().slice(11, 23);
  const status = x.gone ? 499 : x.res.statusCode;
  const from = x.mapping?.name ?? "-";
  const to = x.provider === undefined ? x.path.slice(0, 100) : `${x.provider}/${x.model ?? ""}`;
  let line = `${time} ${status} ${from} → ${clean(to)} ${duration(now - x.startedAt)}`;
  if (x.firstByteAt !== undefined) line += ` first byte ${duration(x.firstByteAt - x.startedAt)}`;
  if (x.usage) line += ` tokens ${x.usage.input ?? "?"} in ${x.usage.output ?? "?"} out`;
  line += ` ${x.id}`;
  if (x.error) line += ` ${x.error.type}${isOurs(x) ? `: ${clean(x.error.message)}` : ""}`;
  if (x.cause !== undefined) line += `\n${causeLines(x.cause)}`;
  return line;
}

/** Messages about the upstream's failures are the bridge's own words; those about a request may quote it. */
function isOurs({ error, provider }: Exchange): boolean {
  return (
    provider !== undefined &&
    error !== undefined &&
    (error.type === "server" || error.type === "timeout" || error.type === "upstream_truncated")
  );
}

/** One line, whatever a client or an upstream put into it. */
function clean(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ").slice(0, 300);
}

function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function causeLines(cause: unknown): string {
  if (cause instanceof MappingFailure) {
    const { file, line, column } = cause.place;
    return `  LB901 ${clean(cause.message)}\n  at ${file}:${line}:${column}`;
  }
  return `  ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`;
}
