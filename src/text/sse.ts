import { createParser } from "eventsource-parser";
import { defaultMaxLength, isWhole } from "./reader.ts";
import type { EventReader, OnEvent, ReaderOptions } from "./reader.ts";

/**
 * One server-sent event, with its empty line. `data` is JSON on one line; should a line break stand in it all the
 * same, it is framed so that it cannot pass for another field or event.
 */
export function formatEvent(data: string, event?: string): string {
  const lines = data.includes("\n") || data.includes("\r") ? data.split(/\r\n|\r|\n/).join("\ndata: ") : data;
  return event === undefined ? `data: ${lines}\n\n` : `event: ${event}\ndata: ${lines}\n\n`;
}

/**
 * Reads server-sent events from bytes (https://html.spec.whatwg.org/multipage/server-sent-events.html). Invalid UTF-8
 * is replaced, never fatal. `onTooLong` is called once, when an unfinished event grows past `maxLength`; nothing is
 * read after that.
 */
export function createSseReader(
  onEvent: OnEvent,
  onTooLong: () => void,
  options: ReaderOptions = {},
): EventReader {
  // The parser takes the byte order mark away itself; a decoder that did it too would take two.
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let stopped = false;
  let ending = false;
  const parser = createParser({
    maxBufferSize: options.maxLength ?? defaultMaxLength,
    onEvent(message) {
      // An event without data says nothing: servers send it to keep the connection alive.
      if (message.data === "" || (ending && !isWhole(message.data, options.sentinel))) return;
      onEvent(message.data, message.event);
    },
    onError(error) {
      if (error.type !== "max-buffer-size-exceeded") return;
      stopped = true;
      onTooLong();
    },
  });
  const feed = (text: string): void => {
    if (!stopped && text !== "") parser.feed(text);
  };
  return {
    push: (bytes) => feed(decoder.decode(bytes, { stream: true })),
    end() {
      feed(decoder.decode());
      ending = true;
      // Ends the unfinished line, then the unfinished event; the first LF may only be the rest of a CRLF.
      feed("\n\n");
      stopped = true;
    },
  };
}
