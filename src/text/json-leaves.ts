/** A text or a number in a JSON text: the names that lead to it, without the numbers of list items, and where it stands. */
export interface Leaf {
  readonly path: readonly string[];
  readonly kind: "text" | "number";
  /** Of a text, what stands between the quotes. */
  readonly start: number;
  readonly end: number;
}

interface Scan {
  readonly text: string;
  at: number;
  depth: number;
  readonly leaves: Leaf[];
}

const deepest = 64;

/**
 * The texts and numbers of a JSON text that `JSON.parse` takes, in the order written. Nothing where an object has two
 * members of one name, since only the last of them counts, or where more than 64 lists and objects stand in one another.
 */
export function jsonLeaves(text: string): Leaf[] | undefined {
  const scan: Scan = { text, at: 0, depth: 0, leaves: [] };
  return value(scan, []) ? scan.leaves : undefined;
}

function value(scan: Scan, path: readonly string[]): boolean {
  skipSpace(scan);
  switch (scan.text[scan.at]) {
    case "{":
      return scan.depth < deepest && inside(scan, path, members);
    case "[":
      return scan.depth < deepest && inside(scan, path, items);
    case '"': {
      const start = ++scan.at;
      const end = skipText(scan);
      scan.leaves.push({ path, kind: "text", start, end });
      return true;
    }
    default:
      word(scan, path);
      return true;
  }
}

function inside(scan: Scan, path: readonly string[], read: typeof value): boolean {
  scan.depth++;
  const isRead = read(scan, path);
  scan.depth--;
  return isRead;
}

function members(scan: Scan, path: readonly string[]): boolean {
  const names = new Set<string>();
  while (opensNext(scan, "}")) {
    skipSpace(scan);
    const start = ++scan.at;
    const name = JSON.parse(`"${scan.text.slice(start, skipText(scan))}"`) as string;
    if (names.has(name)) return false;
    names.add(name);
    skipSpace(scan);
    scan.at++;
    if (!value(scan, [...path, name])) return false;
  }
  return true;
}

function items(scan: Scan, path: readonly string[]): boolean {
  while (opensNext(scan, "]")) if (!value(scan, path)) return false;
  return true;
}

/** Steps over the bracket or the comma before a member or an item; false behind the last one. */
function opensNext(scan: Scan, close: string): boolean {
  skipSpace(scan);
  if (scan.text[scan.at] !== close) {
    scan.at++;
    skipSpace(scan);
    if (scan.text[scan.at] !== close) return true;
  }
  scan.at++;
  return false;
}

/** Steps over the rest of a text and its closing quote; gives where the quote stands. */
function skipText(scan: Scan): number {
  while (scan.text[scan.at] !== '"') scan.at += scan.text[scan.at] === "\\" ? 2 : 1;
  return scan.at++;
}

function word(scan: Scan, path: readonly string[]): void {
  const start = scan.at;
  while (scan.at < scan.text.length && !/[\s,\]}]/.test(scan.text[scan.at]!)) scan.at++;
  const isNumber = /[-\d]/.test(scan.text[start]!);
  if (isNumber) scan.leaves.push({ path, kind: "number", start, end: scan.at });
}

function skipSpace(scan: Scan): void {
  while (/\s/.test(scan.text[scan.at] ?? "")) scan.at++;
}
