import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";
import type { Connections } from "./connections.ts";
import { decompressed, isEncoded } from "./decompress.ts";
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
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** All bytes of an answer that has ended before anybody asked for them, in one piece and as they were sent; else nothing. */
  whole(): Buffer | undefined;
  pipe(sink: Sink): void;
  pause(): void;
  resume(): void;
}

export interface UpstreamCall {
  /** The head, or why there is none. Never settles after `abort`. */
  readonly answer: Promise<UpstreamAnswer | CanonicalError>;
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
  const call = new Call(request);
  const { origin, path, method, headers, body = null, timeoutMs } = request;
  connections.dispatch(
    { origin, path, method, headers, body, headersTimeout: timeoutMs, bodyTimeout: timeoutMs },
    call,
  );
  return call;
}

/**
 * A call, its answer, and the inbox between them, as one object: there is one for every exchange. Bytes may follow the
 * head in one packet, before anyone has seen the head; they are kept until someone takes them.
 */
class Call implements Dispatcher.DispatchHandler, UpstreamCall, UpstreamAnswer {
  readonly answer: Promise<UpstreamAnswer | CanonicalError>;
  status = 0;
  headers: IncomingHttpHeaders = {};
  readonly #request: UpstreamRequest;
  #resolve!: (answer: UpstreamAnswer | CanonicalError) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #aborted = false;
  #hasHead = false;
  #sink: Sink | undefined;
  readonly #early: Buffer[] = [];
  #hasEnded = false;
  #failure: CanonicalError | undefined;

  constructor(request: UpstreamRequest) {
    this.#request = request;
    this.answer = new Promise((resolve) => (this.#resolve = resolve));
  }

  abort(): void {
    this.#aborted = true;
    this.#controller?.abort(new Error("aborted"));
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  whole(): Buffer | undefined {
    const isWhole =
      this.#hasEnded && this.#early.length === 1 && !isEncoded(this.headers["content-encoding"]);
    return isWhole ? this.#early[0] : undefined;
  }

  pipe(to: Sink): void {
    const sink = decompressed(to, this.headers["content-encoding"], this.#request.provider);
    this.#sink = sink;
    for (const chunk of this.#early) sink.data(chunk);
    if (this.#failure) sink.error(this.#failure);
    else if (this.#hasEnded) sink.end();
  }

  onRequestStart(started: Dispatcher.DispatchController): void {
    this.#controller = started;
    if (this.#aborted) started.abort(new Error("aborted"));
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return;
    this.status = status;
    this.headers = headers;
    this.#hasHead = true;
    this.#resolve(this);
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#aborted) return;
    if (this.#sink) this.#sink.data(chunk);
    else this.#early.push(chunk);
  }

  onResponseEnd(): void {
    this.#hasEnded = true;
    if (!this.#aborted) this.#sink?.end();
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    if (this.#aborted) return;
    const failure = failureOf(error, this.#request, this.#hasHead);
    if (!this.#hasHead) this.#resolve(failure);
    else if (this.#sink) this.#sink.error(failure);
    else this.#failure = failure;
  }
}
