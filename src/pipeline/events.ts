import type { StreamEvent } from "../mapping/canonical.ts";
import type { Restore } from "../mapping/fit/restore.ts";
import { createRestorer } from "../mapping/fit/restore.ts";
import { Rejection } from "../mapping/rejection.ts";
import type { Bindings, Framing, Mapping, StreamDecoder } from "../mapping/types.ts";
import { openReader } from "../text/readers.ts";
import { ownError } from "./failure.ts";
import { createUtf8Check } from "./utf8.ts";

/** An upstream's stream as canonical events, with the client's own tool names. */
export interface EventSource {
  /** Appends the events that a chunk completes. */
  push(chunk: Buffer, out: StreamEvent[]): void;
  /** The input ended: appends what closes it, an error if it ended too early. */
  finish(out: StreamEvent[]): void;
  /** `end` or `error` has been appended; nothing follows. */
  isDone(): boolean;
}

export interface EventOptions {
  framing: Framing;
  bindings: Bindings;
  restore: Restore;
  provider: string;
  /** What no error may repeat. */
  secret?: string | undefined;
}

/** Opens the decoder of a mapping's streams over the reader of their framing. */
export function openEvents(mapping: Mapping, options: EventOptions): EventSource {
  const { framing, restore, provider, secret } = options;
  const decoder = openDecoder(mapping, options);
  const restoreEvent = createRestorer(restore);
  const decoded: StreamEvent[] = [];
  const onTooLong = (): void => fail("an event that is too long");
  const { done } = mapping.stream;
  const reader = openReader(framing, (data, name) => decoder.push(data, name, decoded), onTooLong, done);
  const isSound = createUtf8Check();
  let broken = false;

  function fail(what: string): void {
    broken = true;
    decoded.push({
      type: "error",
      error: { type: "server", status: 502, message: `${provider} sent ${what}` },
    });
  }
  function hand(out: StreamEvent[]): void {
    for (const event of decoded) {
      if (event.type === "error") event.error = ownError(event.error, provider, secret);
      const restored = restoreEvent(event);
      if (!Array.isArray(restored)) out.push(restored as StreamEvent);
      else for (const one of restored) out.push(one);
    }
    decoded.length = 0;
  }
  return {
    isDone: () => broken || decoder.isDone(),
    push(chunk, out) {
      if (broken) return;
      if (isSound(chunk)) reader.push(chunk);
      else fail("text that is not valid UTF-8");
      hand(out);
    },
    finish(out) {
      if (broken) return;
      reader.end();
      if (!decoder.isDone()) decoder.finish(decoded);
      hand(out);
    },
  };
}

function openDecoder({ name, stream }: Mapping, { bindings, provider }: EventOptions): StreamDecoder {
  if (stream.decode) return stream.decode(bindings);
  const message = `${provider} answered with a stream, which the mapping ${name} cannot read`;
  throw new Rejection({ type: "server", status: 502, message });
}
