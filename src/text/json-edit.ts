import type { Path } from "./yaml.ts";

/** A change at `path`: `value` is put there, or the member removed. `onlyIfAbsent` leaves alone what is there. */
export type Edit =
  | { path: Path; value: unknown; onlyIfAbsent?: boolean; remove?: undefined }
  | { path: Path; remove: true; value?: undefined; onlyIfAbsent?: undefined };

/**
 * Edits JSON text in place: outside the edited members it stays as it is, byte for byte. The text must be valid JSON.
 * Paths name places in the text as it came; edits of the same place apply in order. Objects on the way are made where
 * they are missing, an index may append, and a path through a list by a name changes nothing. Where a key stands
 * twice, the last one counts, as for JSON.parse.
 */
export function editJson(text: string, edits: readonly Edit[]): string {
  if (edits.length === 0) return text;
  const start = skipSpace(text, 0);
  const kind = text.charCodeAt(start);
  if (kind !== openBrace && kind !== openBracket) return text;
  return splice(text, scan(text, start), changes(edits), kind === openBrace);
}

/** The same on a value: gives a new one, sharing what did not change. */
export function editValue(value: unknown, edits: readonly Edit[]): unknown {
  if (edits.length === 0 || typeof value !== "object" || value === null) return value;
  return Array.isArray(value) ? editList(value, edits) : editObject(value as Record<string, unknown>, edits);
}

function editObject(object: Record<string, unknown>, edits: readonly Edit[]): unknown {
  const members = new Map(Object.entries(object));
  for (const [key, own] of changes(edits)) {
    const next = newValue(members.get(key), members.has(key), own);
    if (next.remove) members.delete(key);
    else if (next.put) members.set(key, next.value);
  }
  // fromEntries defines members, so a key such as __proto__ stays a key.
  return Object.fromEntries(members);
}

function editList(list: readonly unknown[], edits: readonly Edit[]): unknown {
  const items: { value: unknown }[] = list.map((value) => ({ value }));
  const removed = new Set<{ value: unknown }>();
  for (const [key, own] of changes(edits)) {
    const index = indexOf(key, list.length);
    if (index === undefined) continue;
    const next = newValue(list[index], index < list.length, own);
    if (next.remove) removed.add(items[index]!);
    else if (next.put) items[index] = { value: next.value };
  }
  return items.filter((item) => !removed.has(item)).map((item) => item.value);
}

type Change = { put?: boolean; remove?: boolean; value?: unknown };

function newValue(value: unknown, isThere: boolean, edits: readonly Edit[]): Change {
  let now: unknown = value;
  let there = isThere;
  let put = false;
  for (const edit of edits) {
    const next = step(now, there, edit);
    if (!next) continue;
    now = next.value;
    there = !next.remove;
    put = true;
  }
  return { put: put && there, remove: isThere && !there, value: now };
}

function step(value: unknown, isThere: boolean, edit: Edit): Change | undefined {
  const rest = edit.path.slice(1);
  if (rest.length === 0) {
    if (edit.remove) return isThere ? { remove: true } : undefined;
    return edit.onlyIfAbsent && isThere ? undefined : { value: edit.value };
  }
  const isContainer = typeof value === "object" && value !== null;
  if (!isContainer && (edit.remove || (edit.onlyIfAbsent && isThere))) return undefined;
  return { value: editValue(isContainer ? value : {}, [{ ...edit, path: rest } as Edit]) };
}

/** Edits by the first segment of their path, in order of first mention. */
function changes(edits: readonly Edit[]): Map<string, Edit[]> {
  const byKey = new Map<string, Edit[]>();
  for (const edit of edits) {
    const [first] = edit.path;
    if (first === undefined) continue;
    const key = String(first);
    const own = byKey.get(key);
    if (own) own.push(edit);
    else byKey.set(key, [edit]);
  }
  return byKey;
}

function indexOf(key: string, length: number): number | undefined {
  const index = /^\d+$/.test(key) ? Number(key) : -1;
  return index >= 0 && index <= length ? index : undefined;
}

/** A member of an object (with its key) or an item of a list, by offsets in the text. */
interface Member {
  key: string;
  start: number;
  valueStart: number;
  end: number;
}

const openBrace = 123;
const openBracket = 91;
const comma = 44;
const quote = 34;
const backslash = 92;

/** The members of the container that begins at `start`; what is inside them is skipped. */
function scan(text: string, start: number): { members: Member[]; open: number } {
  const members: Member[] = [];
  const isObject = text.charCodeAt(start) === openBrace;
  let at = skipSpace(text, start + 1);
  while (isValueStart(text.charCodeAt(at))) {
    const memberStart = at;
    let key = "";
    if (isObject) {
      const keyEnd = skipString(text, at);
      key = keyOf(text, at, keyEnd);
      at = skipSpace(text, skipSpace(text, keyEnd) + 1);
    } else key = String(members.length);
    const end = skipValue(text, at);
    members.push({ key, start: memberStart, valueStart: at, end });
    at = skipSpace(text, end);
    if (text.charCodeAt(at) !== comma) break;
    at = skipSpace(text, at + 1);
  }
  return { members, open: start + 1 };
}

function isValueStart(code: number): boolean {
  return code === code && code !== 125 && code !== 93 && code !== comma && code !== 58;
}

function keyOf(text: string, start: number, end: number): string {
  const raw = text.slice(start + 1, end - 1);
  return raw.includes("\\") ? (JSON.parse(text.slice(start, end)) as string) : raw;
}

function splice(
  text: string,
  { members, open }: { members: Member[]; open: number },
  byKey: Map<string, Edit[]>,
  isObject: boolean,
): string {
  const last = new Map(members.map((member) => [member.key, member]));
  const replaced = new Map<Member, string>();
  const removed = new Set<string>();
  const added: string[] = [];
  for (const [key, edits] of byKey) {
    if (!isObject && indexOf(key, members.length) === undefined) continue;
    const member = last.get(key);
    const was = member && text.slice(member.valueStart, member.end);
    const now = newText(was, edits);
    if (now === was) continue;
    if (now === undefined) removed.add(key);
    else if (member) replaced.set(member, now);
    else added.push(isObject ? `${JSON.stringify(key)}:${now}` : now);
  }
  return print(text, { members, open, replaced, removed, added });
}

function newText(was: string | undefined, edits: readonly Edit[]): string | undefined {
  let now = was;
  for (const edit of edits) {
    const rest = edit.path.slice(1);
    if (rest.length > 0) now = newInner(now, { ...edit, path: rest } as Edit);
    else if (edit.remove) now = undefined;
    else if (!edit.onlyIfAbsent || now === undefined) now = JSON.stringify(edit.value);
  }
  return now;
}

function newInner(was: string | undefined, edit: Edit): string | undefined {
  const isContainer = was !== undefined && (was.startsWith("{") || was.startsWith("["));
  if (isContainer) return editJson(was, [edit]);
  if (edit.remove || (edit.onlyIfAbsent && was !== undefined)) return was;
  return editJson("{}", [edit]);
}

interface Splice {
  members: Member[];
  open: number;
  replaced: Map<Member, string>;
  removed: Set<string>;
  added: string[];
}

/** Members keep the text that stood between them and their predecessor, comma included. */
function print(text: string, { members, open, replaced, removed, added }: Splice): string {
  let printed = "";
  let from = 0;
  let isFirst = true;
  let previousEnd = members[0]?.start ?? open;
  for (const member of members) {
    if (removed.has(member.key)) {
      printed += text.slice(from, previousEnd);
      from = member.end;
    } else {
      if (isFirst && from !== 0) from = member.start;
      isFirst = false;
      const now = replaced.get(member);
      if (now !== undefined) {
        printed += text.slice(from, member.valueStart) + now;
        from = member.end;
      }
    }
    previousEnd = member.end;
  }
  printed += text.slice(from, previousEnd);
  if (added.length > 0) printed += (isFirst ? "" : ",") + added.join(",");
  return printed + text.slice(previousEnd);
}

function skipSpace(text: string, from: number): number {
  let at = from;
  for (let code = text.charCodeAt(at); code === 32 || code === 10 || code === 13 || code === 9;)
    code = text.charCodeAt(++at);
  return at;
}

/** From an opening quote to behind the closing one. */
function skipString(text: string, from: number): number {
  for (let end = text.indexOf('"', from + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === backslash) slashes++;
    if (slashes % 2 === 0) return end + 1;
  }
  return text.length;
}

function skipValue(text: string, from: number): number {
  const first = text.charCodeAt(from);
  if (first === quote) return skipString(text, from);
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) at = skipString(text, at) - 1;
    else if (code === openBrace || code === openBracket) depth++;
    else if (code === 125 || code === 93) {
      if (depth === 0) return at;
      if (--depth === 0) return at + 1;
    } else if (depth === 0 && (code === comma || code <= 32)) return at;
  }
  return text.length;
}
