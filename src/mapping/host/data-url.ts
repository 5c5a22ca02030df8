/** What a `data:` URL holds: base64 `data`, or `text` where its type is a text that was not base64. */
export type DataUrl = { mime: string; data: string } | { mime: string; text: string };

/** A `data:` URL of base64 data. */
export function dataUrl(mime: unknown, data: unknown): string | undefined {
  if (typeof data !== "string") return undefined;
  return `data:${typeof mime === "string" ? mime : "application/octet-stream"};base64,${data}`;
}

/**
 * Reads a `data:` URL (RFC 2397): the type defaults to text/plain, `;base64` is taken in any case, base64url and
 * blanks in the data are repaired. Nothing if it is no such URL.
 */
export function parseDataUrl(url: unknown): DataUrl | undefined {
  const comma = typeof url === "string" && /^data:/i.test(url) ? url.indexOf(",") : -1;
  if (typeof url !== "string" || comma < 0) return undefined;
  const [type = "", ...parameters] = url
    .slice("data:".length, comma)
    .split(";")
    .map((text) => text.trim());
  const mime = type.toLowerCase() || "text/plain";
  const payload = url.slice(comma + 1);
  if (parameters.at(-1)?.toLowerCase() === "base64") return { mime, data: tidyBase64(payload) };
  const bytes = percentDecode(payload);
  if (!mime.startsWith("text/")) return { mime, data: bytes.toString("base64") };
  return { mime, text: decodeText(bytes, parameters) };
}

function tidyBase64(payload: string): string {
  if (/^[A-Za-z0-9+/]*={0,2}$/.test(payload) && payload.length % 4 === 0) return payload;
  const text = payload.includes("%") ? percentDecode(payload).toString("latin1") : payload;
  return Buffer.from(text, "base64").toString("base64");
}

function percentDecode(text: string): Buffer {
  // Odd pieces are runs of escapes, even ones the text between them.
  const pieces = text.split(/((?:%[0-9a-f]{2})+)/i);
  return Buffer.concat(
    pieces.map((piece, i) => (i % 2 ? Buffer.from(piece.replaceAll("%", ""), "hex") : Buffer.from(piece))),
  );
}

function decodeText(bytes: Buffer, parameters: readonly string[]): string {
  const charset = parameters.map((text) => /^charset=(.+)$/i.exec(text)?.[1]).find(Boolean);
  try {
    return new TextDecoder(charset ?? "utf-8").decode(bytes);
  } catch {
    return bytes.toString("utf8");
  }
}
