import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";
import type { Connections } from "./connections.ts";
import { decompressed } from "./decompress.ts";
import { failureOf } from "./failure.ts";
import type { CanonicalError } from "../mapping/canonical.ts";

export interface UpstreamRequest {
  provider: string;
  origin: string;
  path: string;
  method: "POST" | "GET";
  headers: Readonly<Record<string, string>>;
  body?: string;
  timeoutMs: number;
}

/** Where an upstream's bytes go. After `end` or `error` nothing comes. */
export interface Sink {
  data(chunk: Buffer): void;
  end(): void;
  error(error: CanonicalError): void;
}

/** The head of an upstream's answer; its bytes flow once `pipe` is called. */
export interface UpstreamAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  pipe(sink: Sink): void;
  pause(): void;
  resume(): void;
}

export interface UpstreamCall {
  /** The head, or why there is none. Never settles after `abort`. */
  answer: Promise<UpstreamAnswer | CanonicalError>;
  /** Gives up at once, in any state: while connecting, waiting, or in the midst of the answer. */
  abort(): void;
}

export function isAnswer(answer: UpstreamAnswer | CanonicalError): answer is UpstreamAnswer {
  return "pipe" in answer;
}

/**
 * Calls an upstream. `timeoutMs` bounds connecting, the wait for the head, and each silence in the body. Failures are
 * canonical errors by their cause: nothing is thrown.
 */
export function callUpstream(connections: Connections, request: UpstreamRequest): UpstreamCall {
  let controller: Dispatcher.DispatchController | undefined;
  let sink: Sink | undefined;
  let early: (() => void)[] = [];
  let aborted = false;
  let hasHead = false;

  /** Bytes may follow the head in the same packet, before anyone has seen the head. */
  function deliver(run: (to: Sink) => void): void {
    if (aborted) return;
    if (sink) run(sink);
    else early.push(() => run(sink!));
  }
  const { promise: answer, resolve } = Promise.withResolvers<UpstreamAnswer | CanonicalError>();

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(started) {
      controller = started;
      if (aborted) started.abort(new Error("aborted"));
    },
    onResponseStart(_, status, headers) {
      if (status < 200) return;
      hasHead = true;
      resolve({
        status,
        headers,
        pipe(to) {
          sink = decompressed(to, headers["content-encoding"], request.provider);
          const waiting = early;
          early = [];
          for (const run of waiting) run();
        },
        pause: () => controller?.pause(),
        resume: () => controller?.resume(),
      });
    },
    onResponseData: (_, chunk) => deliver((to) => to.data(chunk)),
    onResponseEnd: () => deliver((to) => to.end()),
    onResponseError(_, error) {
      if (aborted) return;
      const failure = failureOf(error, request, hasHead);
      if (hasHead) deliver((to) => to.error(failure));
      else resolve(failure);
    },
  };
  const { origin, path, method, headers, body, timeoutMs } = request;
  const options = {
    path,
    method,
    headers,
    body: body ?? null,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  };
  connections.dispatch(origin, timeoutMs, options, handler);
  return {
    answer,
    abort() {
      aborted = true;
      controller?.abort(new Error("aborted"));
    },
  };
}
