import type { StreamEvent, Usage } from "../mapping/canonical.ts";
import type { Mapping, StreamDecoder } from "../mapping/types.ts";
import { openReader } from "../text/readers.ts";

/** Frames longer than this are not worth reading for a few counts. */
const frameLimit = 256 * 1024;

/** The offset behind the last empty line. */
function endOf(bytes: Buffer, emptyLine: string): number {
  const at = bytes.lastIndexOf(emptyLine);
  return at === -1 ? 0 : at + emptyLine.length;
}

/**
 * Reads the usage out of a stream that only passes by. Frames without one of the mapping's usage words cost a search
 * in their bytes and nothing else; the others are given to the decoder.
 */
export function openUsageTap(
  mapping: Mapping,
  decoder: StreamDecoder | undefined,
  onUsage: (usage: Usage) => void,
): (chunk: Buffer) => void {
  const { usageHints } = mapping.wire;
  if (!decoder || usageHints.length === 0) return () => undefined;
  const hints = usageHints.map((hint) => Buffer.from(hint));
  const events: StreamEvent[] = [];
  const reader = openReader(
    "sse",
    (data, name) => read(data, name),
    () => undefined,
    mapping.stream.done,
  );
  let rest: Buffer = Buffer.alloc(0);

  function read(data: string, name: string | undefined): void {
    if (!usageHints.some((hint) => data.includes(hint))) return;
    decoder!.push(data, name, events);
    for (const event of events) {
      if ((event.type === "usage" || event.type === "start") && event.usage) onUsage(event.usage);
    }
    events.length = 0;
  }
  return function tap(chunk) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const whole = bytes.subarray(0, Math.max(endOf(bytes, "\n\n"), endOf(bytes, "\r\n\r\n")));
    rest = bytes.subarray(whole.length);
    if (rest.length > frameLimit) rest = Buffer.alloc(0);
    if (whole.length === 0 || !hints.some((hint) => whole.includes(hint))) return;
    try {
      reader.push(whole);
    } catch {
      hints.length = 0;
    }
  };
}
