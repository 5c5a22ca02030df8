import type { StreamEvent } from "../mapping/canonical.ts";
import type { Bindings, Framing, Mapping } from "../mapping/types.ts";
import { openReader } from "../text/readers.ts";

/** The canonical events that a mapping's decoder makes of a stream, arriving in the given pieces. */
export function decodeStream(
  mapping: Mapping,
  pieces: Iterable<Uint8Array>,
  bindings: Bindings = {},
  framing?: Framing,
): StreamEvent[] {
  const { decode, done } = mapping.stream;
  if (!decode) throw new TypeError(`mapping ${mapping.name} decodes no streams`);
  const events: StreamEvent[] = [];
  const decoder = decode(bindings);
  const onTooLong = (): void => decoder.finish(events);
  const reader = openReader(
    framing ?? mapping.upstream?.framing ?? "sse",
    (data, name) => decoder.push(data, name, events),
    onTooLong,
    done,
  );
  for (const piece of pieces) reader.push(piece);
  reader.end();
  decoder.finish(events);
  return events;
}

/** The wire text that a mapping's encoder draws of canonical events. */
export function encodeStream(
  mapping: Mapping,
  events: Iterable<StreamEvent>,
  bindings: Bindings = {},
  framing?: Framing,
): string {
  const { encode } = mapping.stream;
  if (!encode) throw new TypeError(`mapping ${mapping.name} encodes no streams`);
  const encoder = encode(
    { stream: { id: "answer-1", created: 1_700_000_000, frame: 0 }, ...bindings },
    framing,
  );
  let text = "";
  for (const event of events) text += encoder.push(event);
  return text;
}
