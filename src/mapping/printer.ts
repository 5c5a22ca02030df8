import { formatEvent } from "../text/sse.ts";
import type { Framing } from "./types.ts";

/** Frames on the wire: one SSE event, one line, or one element of a JSON array each. */
export interface Printer {
  frame(data: string, event: string | undefined): string;
  /** What ends the stream. */
  close(): string;
}

export function createPrinter(framing: Framing): Printer {
  switch (framing) {
    case "sse":
      return { frame: formatEvent, close: () => "" };
    case "json-lines":
      return { frame: (data) => `${data}\n`, close: () => "" };
    case "json-array":
      return arrayPrinter();
  }
}

function arrayPrinter(): Printer {
  let count = 0;
  return {
    frame: (data) => (count++ === 0 ? `[${data}` : `,\n${data}`),
    close: () => (count === 0 ? "[]" : "]"),
  };
}
