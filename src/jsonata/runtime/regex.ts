/** Regular expressions as JSONata's matchers, and the built-ins that take them. */
import { fault } from "../error.ts";
import { invoke, describe } from "./calls.ts";
import type { Callable } from "./calls.ts";
import { S, charge, checkItems, checkLength, checkText, tick } from "./state.ts";
import type { Place } from "./operators.ts";
import { searchOnce, searcher } from "./search.ts";
import { isFunction } from "./values.ts";

/** What a matcher returns. */
interface Match {
  readonly match: string;
  readonly start: number;
  readonly end: number;
  readonly groups: readonly (string | undefined)[];
  readonly next: Callable;
}

/** A regex literal as a function value. Each evaluation has its own, as the reference's keep their position. */
export function matcher(source: RegExp, place: Place): Callable {
  const regex = new RegExp(source);
  const search = searcher(regex, source, place);
  const find = (input: unknown, from: unknown): unknown => {
    const subject = String(input);
    const found = search(subject, (from as number) || 0);
    if (found === null) return undefined;
    const next = (): unknown => {
      if (regex.lastIndex >= subject.length) return undefined;
      const following = find(subject, regex.lastIndex) as Match | undefined;
      if (following?.match === "") throw fault("D1004", { place, value: regex.source });
      return following;
    };
    const [whole, ...groups] = found;
    return { match: whole, start: found.index, end: found.index + whole.length, groups, next };
  };
  return describe(find, { arity: 2 });
}

/** `$contains` with a regex literal: a search from the beginning, whatever was searched before. */
export function hasMatch(regex: RegExp, subject: string, place: Place): boolean {
  charge(subject);
  return searchOnce(regex, subject, place) !== null;
}

function checkMatch(result: unknown): Match | undefined {
  if (!result) return undefined;
  const { start, end, groups, next } = result as Partial<Match>;
  const fits =
    typeof start === "number" || typeof end === "number" || Array.isArray(groups) || isFunction(next);
  if (!fits) throw fault("T1010");
  return result as Match;
}

function* matches(regex: Callable, subject: string): Generator<Match> {
  let found = checkMatch(invoke(regex, subject));
  while (found !== undefined) {
    tick(1);
    yield found;
    found = checkMatch(invoke(found.next));
  }
}

function checkLimit(limit: unknown, code: string, index: number): number {
  if (limit === undefined) return Infinity;
  if ((limit as number) < 0) throw fault(code, { value: limit, index } as object);
  return limit as number;
}

export function contains(subject?: unknown, token?: unknown): unknown {
  if (subject === undefined || token === undefined) return undefined;
  if (typeof token === "string") return (subject as string).includes(token);
  return checkMatch(invoke(token as Callable, subject)) !== undefined;
}

export function match(subject?: unknown, regex?: unknown, limit?: unknown): unknown {
  if (subject === undefined) return undefined;
  const most = checkLimit(limit, "D3040", 3);
  const out: unknown[] = [];
  if (most <= 0) return out;
  for (const found of matches(regex as Callable, subject as string)) {
    out.push({ match: found.match, index: found.start, groups: found.groups });
    if (out.length >= most) break;
  }
  return out;
}

export function split(subject?: unknown, separator?: unknown, limit?: unknown): unknown {
  if (subject === undefined) return undefined;
  const most = checkLimit(limit, "D3020", 3);
  if (most <= 0) return [];
  if (typeof separator === "string") {
    // One more than may be is enough to see that there are too many.
    const parts = (subject as string).split(separator, Math.min(most, S.maxItems + 1));
    checkItems(parts.length);
    return parts;
  }
  const out: string[] = [];
  let from = 0;
  for (const found of matches(separator as Callable, subject as string)) {
    out.push((subject as string).slice(from, found.start));
    from = found.end;
    if (out.length >= most) return out;
  }
  out.push((subject as string).slice(from));
  return out;
}

export function replace(
  subject?: unknown,
  pattern?: unknown,
  replacement?: unknown,
  limit?: unknown,
): unknown {
  if (subject === undefined) return undefined;
  if (pattern === "") throw fault("D3010", { value: pattern, index: 2 } as object);
  const most = checkLimit(limit, "D3011", 4);
  if (most <= 0) return subject;
  if (typeof pattern === "string") return replaceText(subject as string, pattern, replacement, most);
  let out = "";
  let from = 0;
  let count = 0;
  for (const found of matches(pattern as Callable, subject as string)) {
    const by = isFunction(replacement) ? invoke(replacement, found) : expand(replacement as string, found);
    if (typeof by !== "string") throw fault("D3012", { value: by });
    out += (subject as string).slice(from, found.start) + by;
    checkLength(out.length);
    from = found.start + found.match.length;
    if (++count >= most) break;
  }
  return checkText(out + (subject as string).slice(from));
}

function replaceText(subject: string, pattern: string, replacement: unknown, most: number): string {
  const by = typeof replacement === "string" ? replacement : String(replacement);
  let out = "";
  let from = 0;
  let count = 0;
  for (let i = subject.indexOf(pattern); i !== -1 && count < most; i = subject.indexOf(pattern, from)) {
    out += subject.slice(from, i) + by;
    checkLength(out.length);
    from = i + pattern.length;
    count++;
  }
  return checkText(out + subject.slice(from));
}

/** Fills `$$`, `$0` and `$n` of a replacement; `n` has as many digits as there are groups to name. */
function expand(replacement: string, found: Match): string {
  const digits = found.groups.length === 0 ? 1 : Math.floor(Math.log10(found.groups.length)) + 1;
  let out = "";
  let from = 0;
  for (let i = replacement.indexOf("$"); i !== -1; i = replacement.indexOf("$", from)) {
    out += replacement.slice(from, i);
    const [value, length] = reference(replacement.slice(i + 1, i + 1 + digits), found);
    out += value;
    from = i + 1 + length;
  }
  return out + replacement.slice(from);
}

function reference(after: string, found: Match): [value: string, length: number] {
  if (after.startsWith("$")) return ["$", 1];
  if (after.startsWith("0")) return [found.match, 1];
  const count = found.groups.length;
  let index = Number.parseInt(after, 10);
  if (after.length > 1 && index > count) index = Number.parseInt(after.slice(0, -1), 10);
  if (Number.isNaN(index)) return ["$", 0];
  return [found.groups[index - 1] ?? "", String(index).length];
}
