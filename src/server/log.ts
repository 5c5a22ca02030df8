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

/** What the log says of an exchange. Never a key, never what was said. */
export interface AccessRecord {
  time: string;
  status: number;
  /** The caller's format. */
  from?: string;
  provider?: string;
  model?: string;
  path: string;
  durationMs: number;
  firstByteMs?: number;
  inputTokens?: number;
  outputTokens?: number;
  requestId: string;
  error?: string;
  message?: string;
  /** Why a mapping or the bridge itself failed, and where. */
  cause?: string;
}

/** The record of an exchange that is over. */
export function recordOf(x: Exchange): AccessRecord {
  const { firstByteAt, usage, error } = x;
  return {
    time: new Date().toISOString(),
    status: statusOf(x),
    from: x.mapping?.name,
    provider: x.provider,
    model: x.model === undefined ? undefined : clean(x.model),
    path: clean(x.path),
    durationMs: Math.round(performance.now() - x.startedAt),
    firstByteMs: firstByteAt === undefined ? undefined : Math.round(firstByteAt - x.startedAt),
    inputTokens: usage?.input,
    outputTokens: usage?.output,
    requestId: x.id,
    error: error?.type,
    message: error && isOurs(x) ? clean(error.message) : undefined,
    cause: x.cause === undefined ? undefined : causeOf(x.cause),
  };
}

/**
 * The same as a line for people: time, status, format → provider/model, duration, first byte, tokens, what went wrong.
 * Written for every exchange, so without a detour over the record.
 */
export function lineOf(x: Exchange): string {
  const { provider, model, firstByteAt, usage, error, cause } = x;
  const to = provider === undefined ? clean(x.path.slice(0, 100)) : `${provider}/${clean(model ?? "")}`;
  let line = `${clockTime()} ${statusOf(x)} ${x.mapping?.name ?? "-"} → ${to} ${duration(performance.now() - x.startedAt)}`;
  if (firstByteAt !== undefined) line += ` first byte ${duration(firstByteAt - x.startedAt)}`;
  if (usage) line += ` tokens ${usage.input ?? "?"} in ${usage.output ?? "?"} out`;
  line += ` ${x.id}`;
  if (error) line += ` ${error.type}${isOurs(x) ? `: ${clean(error.message)}` : ""}`;
  return cause === undefined ? line : `${line}\n  ${causeOf(cause)}`;
}

let lastMs = 0;
let lastTime = "";

/** Time of day in UTC; made once a millisecond at most. */
function clockTime(): string {
  const now = Date.now();
  if (now !== lastMs) {
    lastMs = now;
    lastTime = new Date(now).toISOString().slice(11, 23);
  }
  return lastTime;
}

function statusOf({ gone, res }: Exchange): number {
  return gone ? 499 : res.statusCode;
}

/** Messages about an upstream's failures are the bridge's own words; those about a request may quote it. */
function isOurs({ error, provider }: Exchange): boolean {
  return (
    provider !== undefined &&
    (error?.type === "server" || error?.type === "timeout" || error?.type === "upstream_truncated")
  );
}

const unclean = /[^\x20-\x7e]/;

/** One line, whatever a client or an upstream put into it. */
function clean(text: string): string {
  const line = unclean.test(text) ? text.replace(/\p{Cc}+/gu, " ") : text;
  return line.length > 300 ? line.slice(0, 300) : line;
}

function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function causeOf(cause: unknown): string {
  if (!(cause instanceof MappingFailure))
    return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  const { file, line, column } = cause.place;
  return `LB901 ${clean(cause.message)}\n  at ${file}:${line}:${column}`;
}
