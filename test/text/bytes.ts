import type { EventReader } from "../../src/text/reader.ts";

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Feeds a reader the same bytes whole, byte by byte, and cut in two at every position; gives what each way came to. */
export function everyWay<Result>(
  bytes: Uint8Array,
  read: (feed: (reader: EventReader) => void) => Result,
): Result[] {
  const whole = read((reader) => reader.push(bytes));
  const single = read((reader) => bytes.forEach((_, i) => reader.push(bytes.subarray(i, i + 1))));
  const cut = Array.from(bytes, (_, i) =>
    read((reader) => {
      reader.push(bytes.subarray(0, i));
      reader.push(bytes.subarray(i));
    }),
  );
  return [whole, single, ...cut];
}
