/** Enough base64 for the head of any image; a JPEG may have a preview of itself before its size. */
const headLength = 256 << 10;

/** Width and height, in pixels, of a PNG, GIF, WebP or JPEG in base64; nothing for anything else. */
export function imageSize(base64: string): { width: number; height: number } | undefined {
  const start = Buffer.from(base64.slice(0, 64), "base64");
  if (start.length < 30) return undefined;
  const found = sizeOfPng(start) ?? sizeOfGif(start) ?? sizeOfWebp(start);
  const size =
    found ??
    (start.readUInt16BE(0) === 0xffd8
      ? sizeOfJpeg(Buffer.from(base64.slice(0, headLength), "base64"))
      : undefined);
  return size && size.width > 0 && size.height > 0 ? size : undefined;
}

type Size = { width: number; height: number } | undefined;

function sizeOfPng(bytes: Buffer): Size {
  if (bytes.toString("latin1", 1, 4) !== "PNG") return undefined;
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

function sizeOfGif(bytes: Buffer): Size {
  if (bytes.toString("latin1", 0, 4) !== "GIF8") return undefined;
  return { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) };
}

/** The three forms of WebP say it in different places: lossy, lossless, extended. */
function sizeOfWebp(bytes: Buffer): Size {
  if (bytes.toString("latin1", 8, 12) !== "WEBP") return undefined;
  switch (bytes.toString("latin1", 12, 16)) {
    case "VP8 ":
      return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
    case "VP8L": {
      const bits = bytes.readUInt32LE(21);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case "VP8X":
      return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 };
    default:
      return undefined;
  }
}

/** Segments one after another, until the one that begins a frame: SOF0 to SOF15, but for DHT, JPG and DAC among them. */
function sizeOfJpeg(bytes: Buffer): Size {
  for (let at = 2; at + 9 < bytes.length;) {
    const marker = bytes[at + 1]!;
    if (bytes[at] !== 0xff) return undefined;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) };
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return undefined;
}
