import { isUtf8 } from "node:buffer";

/** Says of each chunk of a stream whether the bytes so far can be UTF-8, wherever the chunks are cut. */
export function createUtf8Check(): (chunk: Buffer) => boolean {
  let rest: Buffer | undefined;
  return function check(chunk) {
    const bytes = rest ? Buffer.concat([rest, chunk]) : chunk;
    rest = undefined;
    if (isUtf8(bytes)) return true;
    const cut = bytes.length - unfinished(bytes);
    if (cut === bytes.length || !isUtf8(bytes.subarray(0, cut))) return false;
    rest = Buffer.from(bytes.subarray(cut));
    return true;
  };
}

/** How many bytes at the end begin a character that they do not finish. */
function unfinished(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}
