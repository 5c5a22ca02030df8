import type { Place } from "../diagnostics/diagnostic.ts";

/**
 * Makes a function that says where an offset of `text` stands, as line and column counted from 1. Offsets count
 * UTF-16 units. A length that reaches past the end of its line is cut there, and is at least 1. Only LF ends a line;
 * the CR of a CRLF is not part of the text that is shown.
 */
export function createPlacer(text: string, file: string): (offset: number, length?: number) => Place {
  let starts: number[] | undefined;
  return function place(offset: number, length = 1): Place {
    starts ??= lineStarts(text);
    const at = Math.min(Math.max(offset, 0), text.length);
    const line = lineOf(starts, at);
    const start = starts[line]!;
    const next = starts[line + 1];
    const content = text.slice(start, next === undefined ? text.length : next - 1).replace(/\r$/, "");
    const room = start + content.length - at;
    return {
      file,
      line: line + 1,
      column: at - start + 1,
      length: Math.max(1, Math.min(length, room)),
      text: content,
    };
  };
}

/** Where one offset of `text` stands; for several offsets of one text, `createPlacer`. */
export function placeAt(text: string, file: string, offset: number, length = 1): Place {
  return createPlacer(text, file)(offset, length);
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** The last line that begins at or before `offset`. */
function lineOf(starts: number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
