import { deflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { CanonicalRequest, MediaPart, Part } from "../../src/mapping/canonical.ts";
import { imageSize } from "../../src/mapping/image-size.ts";
import { tokensOfMedia } from "../../src/mapping/media-tokens.ts";
import { boundedCounter, countLocally, loadTokenizer } from "../../src/mapping/tokenizer.ts";
import { estimateTokens } from "../../src/mapping/tokens.ts";
import { request, text, user } from "../fit/support.ts";

function saying(...parts: (string | Part)[]): CanonicalRequest {
  return request({ turns: [user(...parts)] });
}

const prose = "The quick brown fox jumps over the lazy dog, and nobody in the village minds it at all. ";

describe("texts", () => {
  test("are counted by a tokenizer, and roughly without one", async () => {
    const exact = await loadTokenizer();
    const told = exact(prose.repeat(100));
    expect(await countLocally(saying(prose.repeat(100)))).toBe(told + 4);
    const rough = estimateTokens(saying(prose.repeat(100)));
    expect(rough / told).toBeGreaterThan(0.75);
    expect(rough / told).toBeLessThan(1.25);
  });

  test("that name a special token of the vocabulary are texts", async () => {
    expect(await countLocally(saying("<|endoftext|>"))).toBeGreaterThan(5);
  });

  test.each([
    ["one word", "a".repeat(140_000)],
    ["nothing but space", " ".repeat(140_000)],
    ["ideographs", "中文字".repeat(46_000)],
  ])("of 140 KB without a place to cut take no time: %s", async (_, long) => {
    await loadTokenizer();
    const before = performance.now();
    await countLocally(saying(long));
    expect(performance.now() - before).toBeLessThan(500);
  });

  test("that are very long are counted in part", async () => {
    let read = 0;
    const countText = boundedCounter((piece) => ((read += piece.length), piece.length / 5));
    const tokens = countText(prose.repeat(1e4));
    expect(read).toBe(256 << 10);
    expect(tokens / ((prose.length * 1e4) / 5)).toBeCloseTo(1, 1);
  });

  test("of tools, calls, results and schemas count", () => {
    const schema = { type: "object", properties: { city: { type: "string" } } };
    const bare = estimateTokens(saying("Hi"));
    const tools = request({ turns: [user("Hi")], tools: [{ kind: "function", name: "weather", schema }] });
    expect(estimateTokens(tools) - bare).toBeGreaterThan(15);
    const form = request({ turns: [user("Hi")], output: { format: { type: "json_schema", schema } } });
    expect(estimateTokens(form) - bare).toBeGreaterThan(15);
    const result: Part = { type: "tool_result", callId: "1", content: [text(prose)], json: { a: 1 } };
    expect(estimateTokens(saying(result))).toBeGreaterThan(25);
  });
});

/** The head of an image, and bytes enough for a reader of heads. */
function head(...parts: (string | number[])[]): string {
  const bytes = parts.map((part) =>
    typeof part === "string" ? Buffer.from(part, "latin1") : Buffer.from(part),
  );
  return Buffer.concat([...bytes, Buffer.alloc(40)]).toString("base64");
}
const png = (width: number, height: number): string => {
  const size = Buffer.alloc(8);
  size.writeUInt32BE(width);
  size.writeUInt32BE(height, 4);
  return head("\x89PNG\r\n\x1a\n", [0, 0, 0, 13], "IHDR", [...size], [...deflateSync("x")]);
};
function media(kind: MediaPart["kind"], members: Partial<MediaPart> = {}): MediaPart {
  return { type: "media", kind, src: { url: "https://example.com/a" }, ...members };
}

describe("images", () => {
  test.each([
    ["PNG", png(640, 480)],
    ["GIF", head("GIF89a", [0x80, 2, 0xe0, 1])],
    ["WebP, lossy", head("RIFF....WEBPVP8 ....", [0, 0, 0, 0x9d, 1, 0x2a, 0x80, 2, 0xe0, 1])],
    ["WebP, lossless", head("RIFF....WEBPVP8L....", [0x2f, 0x7f, 0xc2, 0x77, 0])],
    ["WebP, extended", head("RIFF....WEBPVP8X....", [0, 0, 0, 0, 0x7f, 2, 0, 0xdf, 1, 0])],
    ["JPEG", head([0xff, 0xd8, 0xff, 0xe0, 0, 6, 0, 0, 0, 0, 0xff, 0xc2, 0, 17, 8, 1, 0xe0, 2, 0x80])],
  ])("say their size: %s", (_, data) => {
    expect(imageSize(data)).toEqual({ width: 640, height: 480 });
  });

  test.each(["", "AAAA", png(0, 0), head([0xff, 0xd8, 0xff, 0xe0, 0, 0, 1, 2]), head("no image at all")])(
    "or nothing",
    (data) => {
      expect(imageSize(data)).toBeUndefined();
    },
  );

  test("cost their area", () => {
    const tokens = (data: string): number => tokensOfMedia(media("image", { src: { data } }));
    expect(tokens(png(750, 750))).toBe(750);
    expect(tokens(png(8, 8))).toBe(85);
    expect(tokens(png(15_680, 15_680))).toBe(tokens(png(1568, 1568)));
    expect(tokensOfMedia(media("image"))).toBe(1000);
    expect(tokensOfMedia(media("image", { detail: "low" }))).toBe(85);
  });
});

test("documents cost their pages, sound and film their seconds", () => {
  const data = (bytes: number): { data: string } => ({ data: "A".repeat((bytes * 4) / 3) });
  expect(tokensOfMedia(media("document"))).toBe(1500);
  expect(tokensOfMedia(media("document", { src: data(120_000) }))).toBe(4500);
  expect(tokensOfMedia(media("audio", { src: data(160_000 - 1), mime: "audio/mp3" }))).toBe(320);
  expect(tokensOfMedia(media("audio", { src: data(480_000), mime: "audio/wav" }))).toBe(320);
  expect(tokensOfMedia(media("video"))).toBe(18_000);
  const document = media("document", { src: { parts: [text(prose)] } });
  expect(estimateTokens(saying(document))).toBeLessThan(40);
});
