import type { Fact } from "../canonical.ts";
import type { RowVariables } from "../rows.ts";
import { learn } from "./learn.ts";
import type { Pair, Verses } from "./learn.ts";
import { factOf, matches } from "./refrain.ts";
import type { Refrain } from "./refrain.ts";

/** The refrains of one stream. */
export interface Listener {
  /** Tells the facts of an event that is the refrain at hand; false where it must be parsed and decoded. */
  sing(data: string, name: string | undefined, tell: (fact: Fact) => void): boolean;
  /** Told of each event that was parsed and decoded, and of the rows that it had. */
  hear(verses: Verses | undefined, data: string, name: string | undefined): void;
}

/** Attempts that come to nothing before a stream is taken as it comes; what is sung often enough pays for new ones. */
const mostTries = 8;
const worthwhile = 16;
/** Longer events hold more than a token, and are parsed fast for their length. */
const longest = 4096;

/** Learns from two events in a row that had the same rows. A refrain holds until rows ran that may change the state. */
export function openListener(bound: RowVariables, parse: Pair["parse"]): Listener {
  let refrain: Refrain | undefined;
  let last: { verses: Verses; data: string; name: string | undefined } | undefined;
  let tries = 0;
  let sung = 0;
  const texts: string[] = [];
  return {
    sing(data, name, tell) {
      if (!refrain || !matches(refrain, data, name, texts)) return false;
      for (const verse of refrain.facts) tell(factOf(verse, texts));
      if (++sung === worthwhile) tries = 0;
      return true;
    },
    hear(verses, data, name) {
      if (verses?.setsState) refrain = undefined;
      const isPair = verses !== undefined && last?.verses === verses && last.name === name;
      if (isPair && tries < mostTries && data.length <= longest) {
        tries++;
        sung = 0;
        refrain = learn(verses, { name, before: last!.data, now: data, parse }, bound);
      }
      last = verses && { verses, data, name };
    },
  };
}
