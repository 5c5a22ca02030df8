/** How short a text is not worth copying, as a power of two, and how many eighths of a longer one: see `grown`. */
const smallestBits = 9;
const eighthBits = 3;

/** What was read for its effect: an engine may leave out a read that nobody uses. */
let seen = 0;

/**
 * `text` with `more` behind it, for texts that grow by thousands of small pieces. The engine keeps such a text as a tree of all its
 * pieces, each with the chunk that it was cut from: 120 KB for an answer of 10 KB, which outlives collections of what is young.
 * Reading a character has the engine make one string of it. That is done each time an eighth has been added, and not more often,
 * so that all copying together stays in proportion to the text. Pinned by test/text/grow.test.ts.
 */
export function grown(text: string, more: string): string {
  const whole = text + more;
  const bits = Math.max(smallestBits, 31 - Math.clz32(whole.length) - eighthBits);
  if (text.length >>> bits !== whole.length >>> bits) seen = whole.charCodeAt(0);
  return whole;
}

/** Keeps `seen` from being taken for a variable that nothing reads. */
export const lastSeen = (): number => seen;
