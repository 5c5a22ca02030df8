import type { MediaPart } from "./canonical.ts";
import { imageSize } from "./image-size.ts";

/*
 * Rules of thumb, between what the vendors document: an image costs its area, a page of a document its text and its
 * picture, audio and video their seconds. Where the bytes are not here, something usual is taken.
 */
const unknownImage = 1000;
/** An image that is only to be looked at roughly. */
const roughImage = 85;
/** Larger ones are scaled down to this edge before they are looked at. */
const longestEdge = 1568;
const pixelsOfToken = 750;
const tokensOfPage = 1500;
const tokensOfSecond = { audio: 32, video: 300 } as const;
/** Bytes that a second takes: 128 kbit/s, 24 kHz of 16 bits, 2 Mbit/s. */
const bytesOfSecond = { audio: 16_000, wave: 48_000, video: 250_000 } as const;
/** Seconds, and pages, of what is held elsewhere. */
const unknownSeconds = 60;
const bytesOfPage = 50_000;

/** Estimates the input tokens of an image, a document, a sound or a film. */
export function tokensOfMedia({ kind, mime, src, detail }: MediaPart): number {
  const { data } = src;
  const bytes = data === undefined ? undefined : Math.floor((data.length * 3) / 4);
  switch (kind) {
    case "image":
      return detail === "low" ? roughImage : tokensOfImage(data);
    case "document":
      return tokensOfPage * Math.max(1, Math.ceil((bytes ?? 1) / bytesOfPage));
    case "audio": {
      const rate = mime !== undefined && /wav|pcm|l16/i.test(mime) ? bytesOfSecond.wave : bytesOfSecond.audio;
      return tokensOfSecond.audio * secondsOf(bytes, rate);
    }
    case "video":
      return tokensOfSecond.video * secondsOf(bytes, bytesOfSecond.video);
  }
}

function tokensOfImage(data: string | undefined): number {
  const size = data === undefined ? undefined : imageSize(data);
  if (!size) return unknownImage;
  const scale = Math.min(1, longestEdge / Math.max(size.width, size.height));
  const area = size.width * scale * (size.height * scale);
  return Math.max(roughImage, Math.ceil(area / pixelsOfToken));
}

function secondsOf(bytes: number | undefined, rate: number): number {
  return bytes === undefined ? unknownSeconds : Math.max(1, Math.ceil(bytes / rate));
}
