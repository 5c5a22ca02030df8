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
const backslash = 92;
const space = 32;

/** The facts of an event that is this refrain; nothing where it is not, or where JSON.parse has to say. */
export function sing(refrain: Refrain, data: string, name: string | undefined): Fact[] | undefined {
  const { segments, holes } = refrain;
  if (name !== refrain.name || !data.startsWith(segments[0]!)) return undefined;
  const texts: string[] = [];
  let at = segments[0]!.length;
  for (let i = 0; i < holes.length; i++) {
    const { kind, isAsked } = holes[i]!;
    const end = kind === "text" ? endOfText(data, at) : endOfNumber(data, at);
    const text = end < 0 ? undefined : kind === "text" ? textOf(data, at, end) : "";
    if (text === undefined || (isAsked && text === "") || !data.startsWith(segments[i + 1]!, end))
      return undefined;
    texts.push(text);
    at = end + segments[i + 1]!.length;
  }
  return at === data.length ? factsOf(refrain, texts) : undefined;
}

/** Where the quote stands that ends a text; -1 where none does, or where the text is not legal JSON. */
function endOfText(data: string, from: number): number {
  for (let at = from; at < data.length; at++) {
    const unit = data.charCodeAt(at);
    if (unit === quote) return at;
    if (unit < space) return -1;
    if (unit === backslash) at++;
  }
  return -1;
}

function textOf(data: string, start: number, end: number): string | undefined {
  const written = data.slice(start, end);
  if (!written.includes("\\")) return written;
  try {
    return JSON.parse(`"${written}"`) as string;
  } catch {
    return undefined;
  }
}

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

function endOfNumber(data: string, from: number): number {
  number.lastIndex = from;
  return number.test(data) ? number.lastIndex : -1;
}

function factsOf({ facts }: Refrain, texts: readonly string[]): Fact[] {
  return facts.map(({ fact, hole }) => (hole === undefined ? fact : withText(fact, texts[hole]!)));
}

/** Members one by one, so that all facts of a stream have one shape. */
function withText(fact: Fact, v: string): Fact {
  if (fact.type !== "delta") return fact;
  const { key, c, kind, s, part } = fact;
  return { type: "delta", key, c, kind, v, s, part } as Fact;
}
