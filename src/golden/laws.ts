import type { StreamEvent } from "../mapping/canonical.ts";
import type { Bindings, Mapping } from "../mapping/types.ts";
import { describeChanges, differences } from "./diff.ts";
import { decodeStream } from "./streams.ts";

/** A law that a stream broke, in words; nothing where it holds. */
export type Broken = string | undefined;

/** Bytes that are decoded at the most to try one law: streams of up to 4 KB are cut at every byte, longer ones at evenly spread ones. */
const budget = 4096 * 4096;

/** Law 2: the same bytes cut at every position, or one by one, or with other line ends or spaces, give the same events. */
export function sameHoweverCut(mapping: Mapping, bytes: Uint8Array, bindings: Bindings): Broken {
  const whole = decodeStream(mapping, [bytes], bindings);
  for (const at of positions(bytes.length)) {
    const broken = compare(
      whole,
      decodeStream(mapping, [bytes.subarray(0, at), bytes.subarray(at)], bindings),
      `cut at byte ${at}`,
    );
    if (broken) return broken;
  }
  const single = Array.from(bytes, (_, i) => bytes.subarray(i, i + 1));
  const broken = compare(whole, decodeStream(mapping, single, bindings), "byte by byte");
  if (broken || (mapping.upstream?.framing ?? "sse") !== "sse") return broken;
  return sameWithOtherLineEnds(mapping, bytes, bindings, whole);
}

function sameWithOtherLineEnds(
  mapping: Mapping,
  bytes: Uint8Array,
  bindings: Bindings,
  whole: StreamEvent[],
): Broken {
  const text = new TextDecoder().decode(bytes).replaceAll("\r\n", "\n");
  const variants = {
    CRLF: text.replaceAll("\n", "\r\n"),
    CR: text.replaceAll("\n", "\r"),
    "a byte order mark": `\ufeff${text}`,
    comments: text.replaceAll("\n\n", "\n\n: comment\n\n"),
    "no two events spelled alike": spelledApart(text),
  };
  for (const [name, variant] of Object.entries(variants)) {
    const broken = compare(
      whole,
      decodeStream(mapping, [new TextEncoder().encode(variant)], bindings),
      `with ${name}`,
    );
    if (broken) return broken;
  }
  return undefined;
}

/** Every other event with a space before its JSON, so that none can be taken for the one before it with another text. */
function spelledApart(text: string): string {
  let count = 0;
  return text.replace(/^data: ?(?=[{[])/gm, () => (count++ % 2 === 0 ? "data: " : "data:  "));
}

/** Law 3: a stream cut anywhere ends in an error or, past its stop, in a proper end; never otherwise. */
export function cutEndsInError(mapping: Mapping, bytes: Uint8Array, bindings: Bindings): Broken {
  const whole = decodeStream(mapping, [bytes], bindings);
  const last = whole.at(-1);
  for (const at of positions(bytes.length)) {
    const events = decodeStream(mapping, [bytes.subarray(0, at)], bindings);
    const end = events.at(-1);
    if (end?.type === "error") continue;
    if (end?.type !== "end") return `cut at byte ${at}: the stream ends in ${end?.type ?? "nothing"}`;
    if (last?.type !== "end" || !samePrefix(whole, events))
      return `cut at byte ${at}: a healthy end that tells less than the whole`;
  }
  return undefined;
}

/** A cut past the last stop may lose the usage and nothing else. */
function samePrefix(whole: readonly StreamEvent[], events: readonly StreamEvent[]): boolean {
  const telling = (list: readonly StreamEvent[]): StreamEvent[] =>
    list.filter(
      (one) => one.type !== "usage" && one.type !== "ping" && one.type !== "raw" && one.type !== "end",
    );
  return differences(telling(whole), telling(events)).length === 0;
}

function compare(whole: readonly StreamEvent[], other: readonly StreamEvent[], how: string): Broken {
  const changes = differences(whole, other);
  return changes.length === 0 ? undefined : `${how}: ${describeChanges(changes, 3)}`;
}

function positions(length: number): number[] {
  const step = Math.max(1, Math.floor((length * length) / budget));
  const list: number[] = [];
  for (let at = 1; at < length; at += step) list.push(at);
  return list;
}
