import type { Fact } from "../canonical.ts";

/**
 * A wire event that comes again and again, the same but for a few texts and numbers: the text of a token, a sequence
 * number. It was parsed and decoded once; what its like tells is known without either. `learn.ts` proves for which events
 * that holds, from the expressions that the table's rows evaluate.
 */
export interface Refrain {
  /** The SSE event's name. */
  readonly name: string | undefined;
  /** What stands before the first hole, between the holes, and behind the last one. */
  readonly segments: readonly string[];
  readonly holes: readonly Hole[];
  readonly facts: readonly Verse[];
}

/** Where events differ. */
export interface Hole {
  readonly kind: "text" | "number";
  /** Some row asks whether the text is there: an empty one is another event. */
  readonly isAsked: boolean;
}

/** A fact that the event tells, and the hole that its value comes from. */
export interface Verse {
  readonly fact: Fact;
  readonly hole?: number;
}

const quote = 34;
/** What may stand between the quotes of a JSON text (RFC 8259, section 7), without escapes and with them. */
const plainText = /[ !#-[\]-\uffff]*/y;
const escapedText = /(?:[ !#-[\]-\uffff]|\\["\\/bfnrt]|\\u[\da-fA-F]{4})*/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * Whether an event is this refrain; what stands in its holes then is in `texts`, by their number. What is not is to be
 * parsed and decoded. Slices are compared, since that is how the engine compares many characters at once.
 */
export function matches(refrain: Refrain, data: string, name: string | undefined, texts: string[]): boolean {
  const { segments, holes } = refrain;
  const first = segments[0]!;
  if (name !== refrain.name || data.slice(0, first.length) !== first) return false;
  let at = first.length;
  for (let i = 0; i < holes.length; i++) {
    const end = fill(holes[i]!, data, at, texts, i);
    const next = segments[i + 1]!;
    at = end + next.length;
    if (end < 0 || data.slice(end, at) !== next) return false;
  }
  return at === data.length;
}

/** Where what stands in a hole ends; -1 where it is not what can stand there. */
function fill({ kind, isAsked }: Hole, data: string, from: number, texts: string[], i: number): number {
  if (kind === "number") return endOf(number, data, from);
  let end = endOf(plainText, data, from);
  const isPlain = data.charCodeAt(end) === quote;
  if (!isPlain) end = endOf(escapedText, data, from);
  if (isAsked && end === from) return -1;
  const written = data.slice(from, end);
  texts[i] = isPlain ? written : (JSON.parse(`"${written}"`) as string);
  return end;
}

function endOf(pattern: RegExp, data: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(data) ? pattern.lastIndex : -1;
}

/** The fact of a verse, with the text that its event brings. Members one by one, so that all facts have one shape. */
export function factOf({ fact, hole }: Verse, texts: readonly string[]): Fact {
  if (hole === undefined || fact.type !== "delta") return fact;
  const { key, c, kind, s, part } = fact;
  return { type: "delta", key, c, kind, v: texts[hole]!, s, part } as Fact;
}
