/** Searches with regular expressions, watched where they could take long. */
import type { Place } from "./operators.ts";
import { costOf, mayTakeLong } from "./pattern.ts";
import type { Cost } from "./pattern.ts";
import { watched } from "./watch.ts";

/** `exec` from a position on; `lastIndex` of the regex is left as `exec` leaves it. */
export type Search = (subject: string, from: number) => RegExpExecArray | null;

interface Found {
  readonly found: RegExpExecArray | null;
  readonly lastIndex: number;
}

const costs = new WeakMap<RegExp, Cost>();

function knownCost(source: RegExp): Cost {
  let cost = costs.get(source);
  if (cost === undefined) costs.set(source, (cost = costOf(source)));
  return cost;
}

/** The first match from the beginning. */
export function searchOnce(regex: RegExp, subject: string, place: Place): RegExpExecArray | null {
  regex.lastIndex = 0;
  const isHeavy = mayTakeLong(knownCost(regex), subject.length);
  return isHeavy ? watched(() => regex.exec(subject), place) : regex.exec(subject);
}

/** How to search with a regex, which is a copy of `source`. */
export function searcher(regex: RegExp, source: RegExp, place: Place): Search {
  const cost = knownCost(source);
  let ahead: Search | undefined;
  return (subject, from) => {
    if (mayTakeLong(cost, subject.length)) return (ahead ??= searchAhead(regex, place))(subject, from);
    regex.lastIndex = from;
    return regex.exec(subject);
  };
}

/** More than one match is wanted as a rule if two are; a watch for each of thousands would cost more than they do. */
const growth = 16;
const mostAhead = 4096;

/** Finds the following matches under the same watch, more of them each time. */
function searchAhead(regex: RegExp, place: Place): Search {
  let text: string | undefined;
  let known = new Map<number, Found>();
  let count = 1;
  return (subject, from) => {
    if (subject !== text) {
      text = subject;
      known.clear();
      count = 1;
    }
    if (!known.has(from)) {
      known = watched(() => several(regex, subject, from, count), place);
      count = Math.min(count * growth, mostAhead);
    }
    const { found, lastIndex } = known.get(from) as Found;
    regex.lastIndex = lastIndex;
    return found;
  };
}

/** Matches by the position that each was searched from. */
function several(regex: RegExp, subject: string, from: number, count: number): Map<number, Found> {
  const all = new Map<number, Found>();
  for (let at = from; all.size < count && !all.has(at); at = regex.lastIndex) {
    regex.lastIndex = at;
    const found = regex.exec(subject);
    all.set(at, { found, lastIndex: regex.lastIndex });
    if (found === null) break;
  }
  return all;
}
