import { defaultMaxLength, isWhole } from "./reader.ts";
import type { EventReader, OnEvent, ReaderOptions } from "./reader.ts";

/**
 * Reads one JSON value a line (https://jsonlines.org). Empty lines are skipped; a last line without its line break
 * counts if it is whole. `onTooLong` is called once, when a line grows past `maxLength`; nothing is read after that.
 */
export function createLineReader(
  onEvent: OnEvent,
  onTooLong: () => void,
  options: ReaderOptions = {},
): EventReader {
  const decoder = new TextDecoder();
  const maxLength = options.maxLength ?? defaultMaxLength;
  // Pieces of the unfinished line: joined once, because a long line in small chunks would be copied for each.
  let pieces: string[] = [];
  let length = 0;
  let stopped = false;

  function finish(last: string): void {
    const line = (pieces.length > 0 ? pieces.join("") + last : last).trim();
    pieces = [];
    length = 0;
    if (line !== "") onEvent(line, undefined);
  }
  function keep(rest: string): void {
    pieces.push(rest);
    length += rest.length;
    if (length <= maxLength) return;
    pieces = [];
    stopped = true;
    onTooLong();
  }
  function feed(text: string): void {
    let from = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", from)) {
      finish(text.slice(from, end));
      from = end + 1;
    }
    if (from < text.length) keep(from === 0 ? text : text.slice(from));
  }
  return {
    push(bytes) {
      if (!stopped) feed(decoder.decode(bytes, { stream: true }));
    },
    end() {
      if (stopped) return;
      feed(decoder.decode());
      stopped = true;
      if (isWhole(pieces.join(""), options.sentinel)) finish("");
    },
  };
}
