import type { CanonicalError, CanonicalResponse, StreamEvent } from "../mapping/canonical.ts";
import { createFold } from "../mapping/fold.ts";
import { noteUsage, openEncoder } from "./client.ts";
import type { Exchange } from "./client.ts";
import { errorOf } from "./error.ts";
import type { EventSource } from "./events.ts";
import { keepStreamed } from "./held.ts";
import { writeInStep } from "./stream-reply.ts";
import type { StreamReply } from "./stream-reply.ts";
import type { UpstreamAnswer } from "./upstream.ts";

/**
 * Hands an upstream's stream on to a streaming client: bytes → canonical events → the client's frames, one write per
 * chunk, as fast as the client reads. Ends when the client has everything. Gives the error when one comes before
 * anything was sent; later ones are told inside the stream.
 */
export function relayStream(
  x: Exchange,
  answer: UpstreamAnswer,
  events: EventSource,
  reply: StreamReply,
): Promise<CanonicalError | undefined> {
  const { promise, resolve } = Promise.withResolvers<CanonicalError | undefined>();
  const encoder = openEncoder(x);
  const batch: StreamEvent[] = [];
  let isOver = false;

  function settle(failure?: CanonicalError): void {
    isOver = true;
    resolve(failure);
  }
  function fail(error: CanonicalError, text: string): void {
    x.call?.abort();
    settle(reply.hasStarted() ? undefined : error);
    if (!reply.hasStarted()) return;
    reply.write(text);
    reply.fail(error, encoder);
  }
  function print(): void {
    let text = "";
    let last = "";
    for (const event of batch) {
      if (event.type === "error") return fail(event.error, text);
      if (event.type === "usage" || event.type === "start") noteUsage(x, event.usage);
      text += last = encoder.push(event);
    }
    batch.length = 0;
    if (events.isDone()) {
      keepStreamed(x, last);
      reply.end(text);
      settle();
    } else if (text !== "") writeInStep(x, reply, answer, [text]);
  }
  /** A mapping that fails here fails this one stream, behind what it told before. */
  function guarded(read: () => void): void {
    if (isOver) return;
    try {
      read();
    } catch (cause) {
      batch.push({ type: "error", error: errorOf(cause, x) });
    }
    try {
      print();
    } catch (cause) {
      fail(errorOf(cause, x), "");
    }
  }
  answer.pipe({
    data: (chunks) => guarded(() => chunks.forEach((chunk) => events.push(chunk, batch))),
    end: () => guarded(() => events.finish(batch)),
    error: (error) => guarded(() => batch.push({ type: "error", error })),
  });
  return promise;
}

/** Reads an upstream's stream to its end, for a client that does not stream. */
export function foldStream(
  answer: UpstreamAnswer,
  events: EventSource,
): Promise<CanonicalResponse | CanonicalError> {
  const { promise, resolve, reject } = Promise.withResolvers<CanonicalResponse | CanonicalError>();
  const fold = createFold();
  const batch: StreamEvent[] = [];

  function guarded(read: () => void): void {
    try {
      read();
      for (const event of batch) {
        if (event.type === "error") resolve(event.error);
        fold.push(event);
      }
      batch.length = 0;
      if (events.isDone()) resolve(fold.finished());
    } catch (cause) {
      reject(cause);
    }
  }
  answer.pipe({
    data: (chunks) => guarded(() => chunks.forEach((chunk) => events.push(chunk, batch))),
    end: () => guarded(() => events.finish(batch)),
    error: resolve,
  });
  return promise;
}
