/** How long a regular expression may take at worst, read from how it is written. */

/** `length ** loops * choices` bounds the steps of a match; nothing does where what is repeated may itself vary. */
export interface Cost {
  /** Parts that may match any number of characters, and the places where a match may begin. */
  loops: number;
  /** Ways to go on that do not depend on the length of the text. */
  choices: number;
  /** A repetition of something that matches in more than one way: the ways multiply with every turn. */
  isWild: boolean;
}

interface Group {
  alternatives: number;
  varies: boolean;
}

/** The tokens that matter: escapes and classes as a whole, openings with what follows `?`, quantifiers. */
const token =
  /\\(?<escaped>[^])|\[(?:\\[^]|[^\]\\])*\]|\((?:\?(?:[:=!]|<[=!]|<[^>]*>))?|[*+?]\??|\{(?<from>\d+)(?<comma>,)?(?<to>\d*)\}\??|[^]/g;

/** Too high rather than too low: what is not understood counts as what costs most. */
export function costOf({ source, multiline }: RegExp): Cost {
  const cost: Cost = { loops: 0, choices: 1, isWild: false };
  const open: Group[] = [{ alternatives: 1, varies: false }];
  /** Whether what a quantifier would stand behind may match in more than one way. */
  let varies = false;

  function repeat(from: number, to: number): void {
    if (varies && to > 1) cost.isWild = true;
    if (to === Infinity) cost.loops++;
    else cost.choices *= to - from + 1;
    varies = to > from;
    group().varies ||= varies;
  }
  const group = (): Group => open.at(-1) as Group;
  const close = ({ alternatives, varies: inside }: Group): void => {
    cost.choices *= alternatives;
    varies = inside || alternatives > 1;
    if (open.length > 0) group().varies ||= varies;
  };
  for (const { 0: text, groups } of source.matchAll(token)) {
    const { escaped, from, comma, to } = groups as Record<string, string | undefined>;
    if (text.startsWith("(")) open.push({ alternatives: 1, varies: false });
    else if (text === ")") close(open.pop() as Group);
    else if (text === "|") group().alternatives++;
    else if (from !== undefined) repeat(Number(from), comma ? Number(to || Infinity) : Number(from));
    else if (/^[*+]/.test(text)) repeat(text.startsWith("*") ? 0 : 1, Infinity);
    else if (text.startsWith("?")) repeat(0, 1);
    else {
      varies = false;
      // What a reference refers to may be as long as the text.
      if (escaped !== undefined && /[1-9k]/.test(escaped)) cost.loops++;
    }
  }
  const [whole] = open as [Group];
  if (!source.startsWith("^") || multiline || whole.alternatives > 1) cost.loops++;
  close(open.pop() as Group);
  return cost;
}

/** Steps of matching that are taken without fear: some ten milliseconds. */
const mostSteps = 4e6;
/** What may double with every character. */
const longestWild = 12;

/** Whether matching a text of that length could take long. */
export function mayTakeLong({ loops, choices, isWild }: Cost, length: number): boolean {
  if (isWild && length > longestWild) return true;
  return loops > 0 && length ** loops * choices > mostSteps;
}
