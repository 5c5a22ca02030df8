/**
 * The candidate that a person most likely meant by `word`: the one with the fewest typing mistakes (a letter missing,
 * added, wrong, or two swapped), if they are few for the word's length. Letter case counts as no mistake.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  // One letter may be any other, so it has no near ones.
  let fewest = word.length < 2 ? 1 : Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= fewest) continue;
    const mistakes = distance(word.toLowerCase(), candidate.toLowerCase());
    if (mistakes >= fewest) continue;
    best = candidate;
    fewest = mistakes;
  }
  return best;
}

/** A cure for an unknown name: the one that was meant, or the ones there are; nothing if there are none. */
export function didYouMean(word: string, candidates: Iterable<string>, most = 12): string | undefined {
  const all = [...candidates];
  const meant = nearest(word, all);
  if (meant !== undefined) return `did you mean ${quote(meant)}?`;
  if (all.length === 0) return undefined;
  const shown = all.slice(0, most).join(", ");
  return `${all.length > 1 ? "one of " : "there is only "}${shown}${all.length > most ? ` and ${all.length - most} more` : ""}`;
}

function quote(name: string): string {
  return name.startsWith("$") ? name : JSON.stringify(name);
}

/** Damerau-Levenshtein, optimal string alignment: no substring is edited twice. */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const wrong = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + wrong);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, beforeLast[j - 2]! + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}
