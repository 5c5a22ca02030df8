/**
 * The engine keeps a text that has one character beyond Latin-1 at two bytes for each, and so what is cut out of it. A name
 * from such a text makes all JSON wide that is printed with it as a key, which then costs twice (test/jsonata/ascii.test.ts).
 */

/** Whether a text needs two bytes a character. */
export function isWide(text: string): boolean {
  return /[^\0-\xff]/.test(text);
}

/** JSON or JavaScript with every character beyond ASCII in its strings escaped. */
export function ascii(code: string): string {
  return code.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The same text, wide only where it has to be. */
export function narrow(text: string): string {
  return isWide(text) ? text : Buffer.from(text, "latin1").toString("latin1");
}

/** Replaces all strings of a tree by narrow ones. */
export function narrowMembers(tree: object, seen: Set<object> = new Set<object>()): void {
  if (seen.has(tree)) return;
  seen.add(tree);
  const members = tree as Record<string, unknown>;
  for (const name of Object.keys(members)) {
    const value = members[name];
    if (typeof value === "string") members[name] = narrow(value);
    else if (typeof value === "object" && value !== null) narrowMembers(value, seen);
  }
}
