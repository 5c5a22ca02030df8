import type { Loss } from "../mapping/canonical.ts";
import { differences } from "../golden/diff.ts";
import { at, leavesOf, parsePath, withAt, written } from "../golden/leaves.ts";
import type { Leaf, Path } from "../golden/leaves.ts";
import type { Translation } from "../pipeline/offline.ts";

/** Where in a mapping something is written. */
export interface Source {
  file: string;
  line: number;
}

/** One field of the output. */
export interface ExplainedField {
  path: string;
  value: unknown;
  /** The places of the input that it came from; none: the mapping, its target or the bridge say it. */
  from: readonly string[];
  /** The line that put it there: of the nearest member around it that a mapping names. */
  by?: Source;
}

/** A field of the input that no field of the output came from. */
export interface Leftover {
  path: string;
  value: unknown;
  /** What is told of it. */
  codes: readonly string[];
}

export interface Explanation {
  output: unknown;
  fields: readonly ExplainedField[];
  /** The mapping of the input does not look at it. */
  unread: readonly Leftover[];
  /** It was read, and a loss says that it goes no further. */
  lost: readonly Leftover[];
  /** It was read, and makes no difference here: it says what is so anyway, or what must be so. */
  idle: readonly Leftover[];
  losses: readonly Loss[];
}

/** How the input is translated, and how it is read; both throw where it would be refused. */
export interface Runs {
  translate: (input: unknown) => Translation;
  decode: (input: unknown) => unknown;
}

/** What one field of the input does: which fields of the output are others when it says something else. */
interface Influence {
  leaf: Leaf;
  changed: ReadonlySet<string>;
  /** Whether its mapping looks at it. */
  isRead: boolean;
  codes: readonly string[];
}

interface Before extends Translation {
  input: unknown;
  canonical: unknown;
  leaves: readonly Leaf[];
}

/**
 * Explains a translation by experiment: every field of the input is given another value, one at a time, and what is then
 * different in the output came from it. `sources` say which line of the mapping draws which member of the output.
 */
export function explain(input: unknown, runs: Runs, sources: ReadonlyMap<string, Source>): Explanation {
  const { output, losses } = runs.translate(input);
  const before: Before = { input, output, losses, canonical: runs.decode(input), leaves: leavesOf(input) };
  const influences = before.leaves.map((leaf) => influenceOf(leaf, before, runs));
  const fields = leavesOf(output).map(({ path, value }): ExplainedField => {
    const place = written(path);
    const by = sourceOf(path, sources);
    return { path: place, value, from: originsOf(place, influences), ...(by && { by }) };
  });
  const left = influences.filter(({ changed }) => changed.size === 0);
  const leftovers = (which: (one: Influence) => boolean): Leftover[] =>
    left.filter(which).map(({ leaf, codes }) => ({ path: written(leaf.path), value: leaf.value, codes }));
  return {
    output,
    fields,
    unread: leftovers(({ isRead }) => !isRead),
    lost: leftovers(({ isRead, codes }) => isRead && codes.length > 0),
    idle: leftovers(({ isRead, codes }) => isRead && codes.length === 0),
    losses,
  };
}

/** Of the fields that change it, those that change the least else: the role of a message changes all that it holds. */
function originsOf(place: string, influences: readonly Influence[]): string[] {
  const able = influences.filter(({ changed }) => changed.has(place));
  const least = Math.min(...able.map(({ changed }) => changed.size));
  return able
    .filter(({ changed }) => changed.size === least)
    .slice(0, 3)
    .map(({ leaf }) => written(leaf.path));
}

function influenceOf(leaf: Leaf, before: Before, runs: Runs): Influence {
  let changed: ReadonlySet<string> = new Set();
  let isRead = false;
  const codes = new Set<string>();
  for (const input of otherInputs(leaf, before)) {
    const after = attempt(() => ({ ...runs.translate(input), canonical: runs.decode(input) }));
    if (!after) {
      isRead = true;
      continue;
    }
    const places = differences(before.canonical, after.canonical).map(({ path }) => path);
    isRead ||= places.length > 0;
    for (const { code, at: place } of before.losses)
      if (places.some((one) => isWithin(one, place))) codes.add(code);
    const others = changesOf(before.output, after.output);
    if (others.size > 0 && (changed.size === 0 || others.size < changed.size)) changed = others;
  }
  return { leaf, changed, isRead, codes: [...codes] };
}

function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}

/**
 * The input with another value in one place. Ids and names that stand at several places are changed at all of them, and
 * words that choose are replaced by others that stand under the same name.
 */
function* otherInputs({ path, value }: Leaf, { input, leaves }: Before): Generator<unknown> {
  const fellows = leaves.filter((one) => one.value === value);
  const words = leaves.filter((one) => one.path.at(-1) === path.at(-1) && typeof one.value === typeof value);
  for (const other of new Set([...otherValues(value), ...words.map((one) => one.value)])) {
    if (other === value) continue;
    yield withAt(input as object, path, other);
  }
  if (fellows.length < 2 || typeof value !== "string") return;
  yield fellows.reduce((whole, one) => withAt(whole, one.path, `${value}x`), input as object);
}

function otherValues(value: Leaf["value"]): unknown[] {
  if (typeof value === "boolean") return [!value, undefined];
  if (typeof value === "number") return [value + 1, value - 1, value / 2, undefined];
  return [`${value}x`, value.slice(0, -1), "", undefined];
}

/** Fields of the first output that the second has otherwise, or not at all. */
function changesOf(before: unknown, after: unknown): Set<string> {
  const changed = leavesOf(before).filter(({ path, value }) => at(after, path) !== value);
  return new Set(changed.map(({ path }) => written(path)));
}

/** Whether a place of the canonical form stands at or below the place of a loss. */
function isWithin(dotted: string, place: string | undefined): boolean {
  const keys = dotted.split(".");
  return place !== undefined && parsePath(place).every((key, i) => String(key) === keys[i]);
}

function sourceOf(path: Path, sources: ReadonlyMap<string, Source>): Source | undefined {
  for (let length = path.length; length > 0; length--) {
    const found = sources.get(written(path.slice(0, length)));
    if (found) return found;
  }
  return undefined;
}
