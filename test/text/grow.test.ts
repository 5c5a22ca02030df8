import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { grown } from "../../src/text/grow.ts";

test("a grown text is the text with the piece behind it", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary" })), (pieces) => {
      expect(pieces.reduce(grown, "")).toBe(pieces.join(""));
    }),
  );
});

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as NodeJS.GCFunction;

/** Bytes that texts of many small pieces take, for each of their characters. */
function bytesPerCharacter(add: (text: string, more: string) => string): number {
  const heap = (): number => {
    collect({ type: "major", flavor: "last-resort" });
    return process.memoryUsage().heapUsed;
  };
  const before = heap();
  const texts = Array.from({ length: 50 }, (_, n) => {
    let text = "";
    for (let i = 0; i < 5_000; i++) text = add(text, `${n}:${i} `);
    return text;
  });
  const size = heap() - before;
  return size / texts.reduce((sum, { length }) => sum + length, 0);
}

test("it takes little more memory than its characters, which it would not by itself", () => {
  expect(bytesPerCharacter(grown)).toBeLessThan(2);
  expect(bytesPerCharacter((text, more) => text + more)).toBeGreaterThan(4);
});
