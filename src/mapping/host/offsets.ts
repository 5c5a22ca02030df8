/**
 * Citations count differently: some formats in bytes of UTF-8, the canonical form in UTF-16 units. An offset inside a
 * character is rounded down to its start; one past the end is the end.
 */

/** The UTF-16 offset of a byte offset in `text`. */
export function utf16(text: unknown, byteOffset: unknown): number | undefined {
  if (typeof text !== "string" || typeof byteOffset !== "number" || !(byteOffset >= 0)) return undefined;
  let units = 0;
  let bytes = 0;
  for (const character of text) {
    bytes += sizeOf(character);
    if (bytes > byteOffset) break;
    units += character.length;
  }
  return units;
}

/** The byte offset of a UTF-16 offset in `text`. */
export function utf8(text: unknown, unitOffset: unknown): number | undefined {
  if (typeof text !== "string" || typeof unitOffset !== "number" || !(unitOffset >= 0)) return undefined;
  let units = 0;
  let bytes = 0;
  for (const character of text) {
    units += character.length;
    if (units > unitOffset) break;
    bytes += sizeOf(character);
  }
  return bytes;
}

function sizeOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x1_0000 ? 3 : 4;
}

const encoder = new TextEncoder();

/** The bytes of a text in UTF-8, as numbers: what typed clients want of each token. */
export function utf8Bytes(text: unknown): number[] | undefined {
  return typeof text === "string" ? [...encoder.encode(text)] : undefined;
}
