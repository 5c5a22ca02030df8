import type { CanonicalError, StreamEvent } from "../mapping/canonical.ts";
import type { Restore } from "../mapping/fit/restore.ts";
import { createRestorer } from "../mapping/fit/restore.ts";
import { Rejection } from "../mapping/rejection.ts";
import type { Bindings, Framing, Mapping } from "../mapping/types.ts";
import { openReader } from "../text/readers.ts";
import { completeError } from "./failure.ts";
import { createUtf8Check } from "./utf8.ts";

/** An upstream's stream as canonical events, with the client's own tool names. */
export interface EventSource {
  /** Appends the events that a chunk completes. */
  push(chunk: Buffer, out: StreamEvent[]): void;
  /** The input ended: appends what closes it, an error if it ended too early. */
  finish(out: StreamEvent[]): void;
  /** `end` or `error` has been appended; nothing follows. */
  readonly done: boolean;
}

export interface EventOptions {
  framing: Framing;
  bindings: Bindings;
  restore: Restore;
  provider: string;
}

/** Opens the decoder of a mapping's streams over the reader of their framing. */
export function openEvents(
  mapping: Mapping,
  { framing, bindings, restore, provider }: EventOptions,
): EventSource {
  const decoder = mapping.stream.decode?.(bindings);
  if (!decoder) {
    throw new Rejection({
      type: "server",
      status: 502,
      message: `${provider} answered with a stream, which the mapping ${mapping.name} cannot read`,
    });
  }
  const restoreEvent = createRestorer(restore);
  const decoded: StreamEvent[] = [];
  const reader = openReader(
    framing,
    (data, name) => decoder.push(data, name, decoded),
    tooLong,
    mapping.stream.done,
  );
  const isSound = createUtf8Check();
  let broken = false;

  function fail(error: CanonicalError): void {
    broken = true;
    decoded.push({ type: "error", error });
  }
  function tooLong(): void {
    fail({ type: "server", status: 502, message: `${provider} sent an event that is too long` });
  }
  function hand(out: StreamEvent[]): void {
    for (const event of decoded) {
      if (event.type === "error") event.error = completeError(event.error, provider);
      const restored = restoreEvent(event);
      if (!Array.isArray(restored)) out.push(restored as StreamEvent);
      else for (const one of restored) out.push(one);
    }
    decoded.length = 0;
  }
  return {
    get done() {
      return broken || decoder.done;
    },
    push(chunk, out) {
      if (broken) return;
      if (isSound(chunk)) reader.push(chunk);
      else fail({ type: "server", status: 502, message: `${provider} sent text that is not valid UTF-8` });
      hand(out);
    },
    finish(out) {
      if (broken) return;
      reader.end();
      if (!decoder.done) decoder.finish(decoded);
      hand(out);
    },
  };
}
