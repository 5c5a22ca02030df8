/** Whether the engine keeps a text at two bytes a character: one that is not Latin-1 is enough for that. */
export function isWide(text: string): boolean {
  return /[^\0-\xff]/.test(text);
}

/** The same text at one byte a character, if that will do: what is cut out of a wide text is wide, too. */
export function narrow(text: string): string {
  return isWide(text) ? text : Buffer.from(text, "latin1").toString("latin1");
}
