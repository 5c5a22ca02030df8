import { serialize } from "node:v8";

/** How many bytes a character the engine keeps a text at: v8's format writes `"` before Latin-1, and `c` before UTF-16. */
export function bytesPerCharacter(text: string): 1 | 2 {
  const [, , ...tags] = serialize(text);
  const tag = tags.find((byte) => byte !== 0);
  return tag === 0x22 ? 1 : 2;
}
