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
  let aborted = false;
  let inbox: Inbox | undefined;
  const { promise: answer, resolve } = Promise.withResolvers<UpstreamAnswer | CanonicalError>();
  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(started) {
      controller = started;
      if (aborted) started.abort(new Error("aborted"));
    },
    onResponseStart(_, status, headers) {
      if (status < 200) return;
      inbox = openInbox((sink) => decompressed(sink, headers["content-encoding"], request.provider));
      const pause = (): void => controller?.pause();
      const resume = (): void => controller?.resume();
      resolve({ status, headers, pipe: inbox.pipe, pause, resume });
    },
    onResponseData(_, chunk) {
      if (!aborted) inbox?.sink.data(chunk);
    },
    onResponseEnd() {
      if (!aborted) inbox?.sink.end();
    },
    onResponseError(_, error) {
      if (aborted) return;
      const failure = failureOf(error, request, inbox !== undefined);
      if (inbox) inbox.sink.error(failure);
      else resolve(failure);
    },
  };
  const { origin, path, method, headers, body = null, timeoutMs } = request;
  const timeouts = { headersTimeout: timeoutMs, bodyTimeout: timeoutMs };
  connections.dispatch(origin, timeoutMs, { path, method, headers, body, ...timeouts }, handler);
  return {
    answer,
    abort() {
      aborted = true;
      controller?.abort(new Error("aborted"));
    },
  };
}

interface Inbox {
  readonly sink: Sink;
  pipe(to: Sink): void;
}

/** Keeps what comes until someone takes it: bytes may follow the head in one packet, before anyone has seen the head. */
function openInbox(open: (sink: Sink) => Sink): Inbox {
  const early: ((to: Sink) => void)[] = [];
  let sink: Sink = {
    data: (chunk) => void early.push((to) => to.data(chunk)),
    end: () => void early.push((to) => to.end()),
    error: (error) => void early.push((to) => to.error(error)),
  };
  return {
    get sink() {
      return sink;
    },
    pipe(to) {
      sink = open(to);
      for (const hand of early) hand(sink);
    },
  };
}
