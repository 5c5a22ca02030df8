import { createArrayReader } from "./json-array.ts";
import { createLineReader } from "./lines.ts";
import type { EventReader, OnEvent, ReaderOptions } from "./reader.ts";
import { createSseReader } from "./sse.ts";

/** How the events of a stream are told apart on the wire. */
export type Framing = "sse" | "json-array" | "json-lines";

/** Opens the reader of a framing. */
export function openReader(
  framing: Framing,
  onEvent: OnEvent,
  onTooLong: () => void,
  sentinel?: string,
): EventReader {
  const options: ReaderOptions = sentinel === undefined ? {} : { sentinel };
  if (framing === "json-lines") return createLineReader(onEvent, onTooLong, options);
  if (framing === "json-array") return createArrayReader(onEvent, onTooLong, options);
  return createSseReader(onEvent, onTooLong, options);
}
