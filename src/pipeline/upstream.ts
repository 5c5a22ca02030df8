import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";
import { joined } from "./bytes.ts";
import type { Connections } from "./connections.ts";
import { decompressed, isEncoded } from "./decompress.ts";
import { failureOf } from "./failure.ts";
import type { Callee } from "./failure.ts";
import type { CanonicalError } from "../mapping/canonical.ts";
import { takeUp } from "./turn.ts";

export interface UpstreamRequest extends Callee {
  origin: string;
  path: string;
  method: "POST" | "GET";
  headers: Readonly<Record<string, string>>;
  body?: string;
}

/** Where an upstream's bytes go. After `end` or `error` nothing comes. */
export interface Sink {
  /** What arrived in one turn of the event loop. */
  data(chunks: readonly Buffer[]): void;
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
  const { provider, origin, path, method, headers, body = null, timeoutMs } = request;
  const call = new Call({ provider, timeoutMs });
  connections.dispatch(
    { origin, path, method, headers, body, headersTimeout: timeoutMs, bodyTimeout: timeoutMs },
    call,
  );
  return call;
}

/**
 * A call, its answer, and the inbox between them, as one object: there is one for every exchange. What arrives in one turn
 * of the event loop is handed on at its end: the head, and what followed it before anyone asked. The request's body is not
 * held here: a model may take minutes.
 */
class Call implements Dispatcher.DispatchHandler, UpstreamCall, UpstreamAnswer {
  readonly answer: Promise<UpstreamAnswer | CanonicalError>;
  status = 0;
  headers: IncomingHttpHeaders = {};
  readonly #callee: Callee;
  #resolve!: (answer: UpstreamAnswer | CanonicalError) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #aborted = false;
  #hasHead = false;
  #isAnswered = false;
  #sink: Sink | undefined;
  #inbox: Buffer[] = [];
  #hasEnded = false;
  #failure: CanonicalError | undefined;
  #isDue = false;

  constructor(callee: Callee) {
    this.#callee = callee;
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
    const isWhole = this.#hasEnded && !this.#failure && !isEncoded(this.headers["content-encoding"]);
    return isWhole ? joined(this.#inbox) : undefined;
  }

  pipe(to: Sink): void {
    this.#sink = decompressed(to, this.headers["content-encoding"], this.#callee.provider);
    this.#handOn(this.#sink);
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
    this.#takeUp();
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#aborted) return;
    this.#inbox.push(chunk);
    this.#takeUp();
  }

  onResponseEnd(): void {
    this.#hasEnded = true;
    this.#takeUp();
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#failure = failureOf(error, this.#callee, this.#hasHead);
    this.#takeUp();
  }

  #takeUp(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    takeUp(() => {
      this.#isDue = false;
      if (this.#aborted) return;
      if (this.#sink) this.#handOnSafely(this.#sink);
      else if (!this.#isAnswered) this.#tell();
    });
  }

  #tell(): void {
    this.#isAnswered = true;
    this.#resolve(this.#hasHead ? this : this.#failure!);
  }

  #handOnSafely(sink: Sink): void {
    try {
      this.#handOn(sink);
    } catch (cause) {
      this.abort();
      sink.error(failureOf(cause as Error, this.#callee, true));
    }
  }

  #handOn(sink: Sink): void {
    const chunks = this.#inbox;
    this.#inbox = [];
    if (chunks.length > 0) sink.data(chunks);
    if (this.#failure) sink.error(this.#failure);
    else if (this.#hasEnded) sink.end();
  }
}
