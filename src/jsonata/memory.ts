/** What was found out about texts before. */
import { hash } from "node:crypto";

/**
 * Remembers plain values (JSON) by keys that hold all they depend on, so that nothing remembered can be out of date.
 * Only what is right is remembered: a text with a problem is looked at anew each time.
 */
export interface Memory {
  recall(key: string): unknown;
  note(key: string, value: unknown): void;
  /** Told how to find out what a first run would. One who has time may call it before. */
  later?(find: () => void): void;
}

/** Shorter than any digest, so that the two cannot be taken for one another. */
const longestPlain = 40;

/** A text's part of a key: short texts stand for themselves. */
export function digest(text: string): string {
  return text.length <= longestPlain ? text : hash("sha256", text, "base64url");
}

/** What is remembered under the key, or else what `find` finds, which is remembered then. */
export function remember<T>(memory: Memory | undefined, key: () => string, find: () => T): T {
  if (memory === undefined) return find();
  const at = key();
  const known = memory.recall(at);
  if (known !== undefined) return known as T;
  const found = find();
  if (found !== undefined) memory.note(at, found);
  return found;
}
