import { isObject, leavesOf, withAt } from "../../src/golden/leaves.ts";
import type { Leaf, Path } from "../../src/golden/leaves.ts";
import { stands } from "./search.ts";

/** A needle, and where it was put. */
export interface Needle {
  text: string;
  path: Path;
}

export interface Planted<T> {
  value: T;
  needles: Needle[];
  /** Leaves that could not hold a needle: what they may say is fixed (`type: "text"`), or they are no text. */
  stiff: Leaf[];
}

let count = 0;

/** Letters and digits that stand nowhere else; short, so that names and ids stay within their bounds. */
function nextNeedle(): string {
  return `q${(++count).toString(36).padStart(5, "0")}z`;
}

/**
 * Puts a needle into every string that can hold one. `holds` says whether a value with one string changed is still
 * understood the same way; where it is not, the leaf is stiff. Strings that are the same at several places (ids, names)
 * are the same needle at all of them.
 */
export function plant<T>(value: T, holds: (planted: T, needle: string, before: T) => boolean): Planted<T> {
  const needles: Needle[] = [];
  const stiff: Leaf[] = [];
  let planted = value;
  const groups = groupsOf(leavesOf(value));
  for (const group of groups) {
    const found = group.every(isFree) ? plantGroup(planted, group, holds) : undefined;
    if (!found) {
      stiff.push(...group);
      continue;
    }
    planted = found.value;
    for (const needle of found.needles) needles.push(needle);
  }
  return { value: planted, needles, stiff: stiff.filter((one) => one.value !== "") };
}

/** Words that choose between kinds of things, types of media, and the words of JSON Schema mean what they mean. */
function isFree({ path, value }: Leaf): boolean {
  const [key, outer] = [path.at(-1), path.at(-2)];
  if (
    /^(type|kind|reason|role|mode|speed|detail|status|mime_?type|media_type|service_?tier|(finish|stop|block)_?reason)$/i.test(
      String(key),
    )
  )
    return false;
  const inSchema = path.some((name) => /schema$|^parameters|Schema$/.test(String(name)));
  return (
    typeof value === "string" &&
    !(
      inSchema &&
      (/^(type|format|\$ref|\$schema|pattern)$/.test(String(key)) ||
        /^(required|type|propertyOrdering)$/.test(String(outer)))
    )
  );
}

function plantGroup<T>(
  value: T,
  group: readonly Leaf[],
  holds: (planted: T, needle: string, before: T) => boolean,
): { value: T; needles: Needle[] } | undefined {
  const needle = nextNeedle();
  for (const draw of drawings) {
    const drawn = draw(group[0]!.value as string, needle, group[0]!.path);
    if (drawn === undefined) continue;
    const next = group.reduce((whole, leaf) => withAt(whole, leaf.path, drawn), value);
    if (holds(next, needle, value))
      return { value: next, needles: group.map(({ path }) => ({ text: needle, path })) };
  }
  return undefined;
}

/** Ways of putting a needle into a text, tried in turn. */
const drawings: readonly ((text: string, needle: string, path: Path) => string | undefined)[] = [
  (text, needle) => {
    const [, head, data] = /^(data:[^,]*;base64,)(.*)$/is.exec(text) ?? [];
    return head === undefined ? undefined : head + base64(needle, data!);
  },
  (text, needle) =>
    /^llmb1\.[^.]+\.[^.]+\./.test(text)
      ? text.replace(/[^.]*$/, Buffer.from(needle).toString("base64url"))
      : undefined,
  (text, needle) => (/^[a-z][\w+.-]*:\S+$/i.test(text) ? text + needle : undefined),
  (text, needle) => plantJson(text, needle),
  (text, needle, path) =>
    /^(data|bytes|file_data|b64_json)$/.test(String(path.at(-1))) && /^[\w+/-]+=*$/.test(text)
      ? base64(needle, text)
      : undefined,
  (text, needle) => (text === "" ? undefined : /\s/.test(text) ? `${text} ${needle}` : needle),
  (text, needle) => (/\w$/.test(text) ? text + needle : undefined),
];

function base64(needle: string, old: string): string {
  const encoded = Buffer.from(`..${needle}..`.padEnd(15, ".")).toString("base64");
  return old.includes("_") || old.includes("-") ? encoded.replaceAll("+", "-").replaceAll("/", "_") : encoded;
}

/** JSON text keeps being JSON: the needle goes into its first string, or it becomes a new member. */
function plantJson(text: string, needle: string): string | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    const parsed = JSON.parse(text) as unknown;
    const leaf = leavesOf(parsed).find((one) => typeof one.value === "string" && one.value !== "");
    if (leaf) return JSON.stringify(withAt(parsed, leaf.path, `${String(leaf.value)}${needle}`));
    return isObject(parsed) ? JSON.stringify({ ...parsed, [needle]: 1 }) : undefined;
  } catch {
    return undefined;
  }
}

/** Equal words at several places belong together, but for what people write. */
function groupsOf(leaves: readonly Leaf[]): Leaf[][] {
  const groups = new Map<string, Leaf[]>();
  for (const leaf of leaves) {
    const shared =
      typeof leaf.value === "string" &&
      /^[\w.:/-]{1,200}$/.test(leaf.value) &&
      !/text|content|description|thinking/.test(String(leaf.path.at(-1)));
    const key = shared ? `= ${String(leaf.value)}` : leaf.path.join("/");
    const group = groups.get(key);
    if (group) group.push(leaf);
    else groups.set(key, [leaf]);
  }
  return [...groups.values()].flatMap(settle);
}

/** Names and ids that stand at several places are one thing; other words are the same by chance (`auto`, `text`). */
function settle(group: Leaf[]): Leaf[][] {
  return group.some(isId) ? [group] : group.map((leaf) => [leaf]);
}

const idNames = /(^|_)(id|names?|cursor)$|(Id|Names?)$|^(callId|key|server_label)$/;

function isId({ path }: Leaf): boolean {
  return idNames.test(String(path.findLast((key) => typeof key === "string")));
}

/** Whether two values are made the same way: the same members, and the same leaves but for texts. */
export function sameShape(one: unknown, other: unknown, needle: string): boolean {
  if (Array.isArray(one))
    return (
      Array.isArray(other) &&
      one.length === other.length &&
      one.every((item, i) => sameShape(item, other[i], needle))
    );
  if (isObject(one)) {
    if (!isObject(other)) return false;
    const names = Object.keys(one);
    return (
      names.length === Object.keys(other).length &&
      names.every((name) => name in other && sameShape(one[name], other[name], needle))
    );
  }
  return one === other || (typeof one === "string" && typeof other === "string" && stands(other, needle));
}
