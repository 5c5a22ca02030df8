import { formatEvent } from "../text/sse.ts";
import type { Framing } from "./types.ts";

/** Frames on the wire: one SSE event, one line, or one element of a JSON array each. */
export interface Printer {
  /** Data as a mapping wrote it. */
  frame(data: string, event: string | undefined): string;
  /** Data that JSON.stringify printed: no line break can stand in it. */
  json(data: string, event: string | undefined): string;
  /** What ends the stream. */
  close(): string;
}

export function createPrinter(framing: Framing): Printer {
  switch (framing) {
    case "sse":
      return { frame: formatEvent, json: sseEvent, close: () => "" };
    case "json-lines":
      return { frame: line, json: line, close: () => "" };
    case "json-array":
      return arrayPrinter();
  }
}

function sseEvent(data: string, event: string | undefined): string {
  return event === undefined ? `data: ${data}\n\n` : `event: ${event}\ndata: ${data}\n\n`;
}

function line(data: string): string {
  return `${data}\n`;
}

function arrayPrinter(): Printer {
  let count = 0;
  const element = (data: string): string => (count++ === 0 ? `[${data}` : `,\n${data}`);
  return {
    frame: element,
    json: element,
    close: () => (count === 0 ? "[]" : "]"),
  };
}
