import { defaultMaxLength } from "./reader.ts";
import type { EventReader, OnEvent, ReaderOptions } from "./reader.ts";

const quote = 34;
const backslash = 92;
const isOpening = (code: number): boolean => code === 123 || code === 91;
const isClosing = (code: number): boolean => code === 125 || code === 93;

/**
 * Reads the objects of one JSON array that arrives bit by bit: `[{…},` … `{…}]`. An object that stands alone, without
 * the array (as errors do), is an event too; an object that the input cuts short is none. `onTooLong` is called once,
 * when an unfinished object grows past `maxLength`; nothing is read after that.
 */
export function createArrayReader(
  onEvent: OnEvent,
  onTooLong: () => void,
  options: ReaderOptions = {},
): EventReader {
  const decoder = new TextDecoder();
  const maxLength = options.maxLength ?? defaultMaxLength;
  let pieces: string[] = [];
  let length = 0;
  let stopped = false;
  // Containers open around the scanner, not counting the array that holds everything.
  let depth = 0;
  let inString = false;
  let escaped = false;

  function keep(rest: string): void {
    pieces.push(rest);
    length += rest.length;
    if (length <= maxLength) return;
    stopped = true;
    pieces = [];
    onTooLong();
  }
  function finish(last: string): void {
    const element = pieces.length > 0 ? pieces.join("") + last : last;
    pieces = [];
    length = 0;
    onEvent(element, undefined);
  }
  function inText(code: number): void {
    if (escaped) escaped = false;
    else if (code === backslash) escaped = true;
    else if (code === quote) inString = false;
  }
  function feed(text: string): void {
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (inString) inText(code);
      else if (code === quote) inString = depth > 0;
      else if (isOpening(code)) {
        if (depth === 0 && code === 91) continue;
        if (depth++ === 0) from = at;
      } else if (isClosing(code) && depth > 0 && --depth === 0) finish(text.slice(from, at + 1));
    }
    if (depth > 0) keep(text.slice(from));
  }
  return {
    push(bytes) {
      if (!stopped) feed(decoder.decode(bytes, { stream: true }));
    },
    end() {
      stopped = true;
    },
  };
}
