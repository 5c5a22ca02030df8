import type { CanonicalError } from "../mapping/canonical.ts";
import type { Framing, StreamEncoder } from "../mapping/types.ts";
import { openEncoder, sendError, sendHead } from "./client.ts";
import type { Exchange } from "./client.ts";
import type { UpstreamAnswer } from "./upstream.ts";

/** A client's stream while it is being answered. Status and headers leave with the first byte. */
export interface StreamReply {
  /** Whether the status has been sent: from then on an error can only be told inside the stream. */
  hasStarted(): boolean;
  /** Sends bytes; false: the client reads slower than they come, `onDrain` will tell when to go on. */
  write(bytes: string | Uint8Array): boolean;
  /** Whether a keep-alive may stand behind what was sent last. */
  atBoundary: boolean;
  end(last?: string): void;
  /** Ends the stream with an error: with its HTTP status while nothing was sent, later in the format's own way. */
  fail(error: CanonicalError, encoder?: StreamEncoder): void;
}

const contentTypes: Readonly<Record<Framing, string>> = {
  sse: "text/event-stream; charset=utf-8",
  "json-array": "application/json",
  "json-lines": "application/x-ndjson",
};

/**
 * Opens the reply to a streaming client. While nothing is sent for `pingMs`, it sends the format's keep-alive, with
 * the headers before it if need be: proxies and clients give up on a silent connection.
 */
export function openStreamReply(x: Exchange): StreamReply {
  const { res } = x;
  const framing = x.route?.framing ?? "sse";
  const { pingMs } = x.prepared.bridge.config;
  // White space is all that may stand between the elements of the other framings.
  const keepAlive = framing === "sse" ? (x.mapping?.keepAlive ?? "") : "\n";
  const timer = pingMs > 0 ? setInterval(ping, pingMs) : undefined;
  res.once("close", () => clearInterval(timer));

  const reply: StreamReply = {
    hasStarted: () => res.headersSent,
    atBoundary: true,
    write(bytes) {
      timer?.refresh();
      return send(bytes);
    },
    end(last) {
      clearInterval(timer);
      if (x.gone) return;
      if (!res.headersSent) sendStreamHead(x, framing);
      res.end(last === "" ? undefined : last);
    },
    fail(error, encoder) {
      clearInterval(timer);
      x.error = error;
      if (x.gone) return;
      if (!res.headersSent) return sendError(x, error);
      const frame = errorFrame(x, error, encoder);
      if (frame === undefined) res.destroy();
      else res.end((reply.atBoundary ? "" : "\n\n") + frame);
    },
  };

  function send(bytes: string | Uint8Array): boolean {
    if (x.gone) return true;
    if (!res.headersSent) sendStreamHead(x, framing);
    return res.write(bytes);
  }
  function ping(): void {
    if (reply.atBoundary && !res.writableNeedDrain) send(keepAlive);
  }
  return reply;
}

function sendStreamHead(x: Exchange, framing: Framing): void {
  const type = contentTypes[framing];
  sendHead(x, 200, { "content-type": type, "cache-control": "no-cache", "x-accel-buffering": "no" });
}

/** An error as a frame of the stream; nothing where only the encoder that began an array could close it. */
function errorFrame(
  x: Exchange,
  error: CanonicalError,
  encoder: StreamEncoder | undefined,
): string | undefined {
  if (!encoder && x.route?.framing === "json-array") return undefined;
  const told: CanonicalError = { ...error, requestId: error.requestId ?? x.id };
  try {
    return (encoder ?? openEncoder(x)).push({ type: "error", error: told });
  } catch (cause) {
    x.cause ??= cause;
    return undefined;
  }
}

/** Sends bytes, and has the upstream wait while the client reads slower than they come. */
export function writeInStep(
  { res }: Exchange,
  reply: StreamReply,
  answer: UpstreamAnswer,
  pieces: readonly (string | Uint8Array)[],
): void {
  let isFull = false;
  for (const piece of pieces) isFull = !reply.write(piece);
  if (!isFull) return;
  answer.pause();
  res.once("drain", () => answer.resume());
}
