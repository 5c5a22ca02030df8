import zlib from "node:zlib";
import type { Transform } from "node:stream";
import type { CanonicalError } from "../mapping/canonical.ts";
import type { Sink } from "./upstream.ts";

const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: () => zlib.createGunzip(),
  "x-gzip": () => zlib.createGunzip(),
  deflate: () => zlib.createInflate(),
  br: () => zlib.createBrotliDecompress(),
  // Absent before Node 22.15.
  ...(zlib.createZstdDecompress && { zstd: () => zlib.createZstdDecompress() }),
};

/** Whether a content encoding is one that has to be undone. */
export function isEncoded(encoding: string | string[] | undefined): boolean {
  return encoding !== undefined && nameOf(encoding) !== "identity";
}

function nameOf(encoding: string | string[]): string {
  return String(encoding).trim().toLowerCase() || "identity";
}

/** A sink before `sink` that undoes a content encoding; `sink` itself where there is none, which is what was asked for. */
export function decompressed(sink: Sink, encoding: string | string[] | undefined, provider: string): Sink {
  if (encoding === undefined || !isEncoded(encoding)) return sink;
  const name = nameOf(encoding);
  const open = decoders[name];
  if (!open)
    return unreadable(sink, {
      type: "server",
      status: 502,
      message: `${provider} sent an unknown content encoding`,
    });
  const stream = open();
  let failed = false;
  function fail(error: CanonicalError): void {
    if (failed) return;
    failed = true;
    stream.destroy();
    sink.error(error);
  }
  stream.on("data", (chunk: Buffer) => {
    if (!failed) sink.data(chunk);
  });
  stream.on("end", () => {
    if (!failed) sink.end();
  });
  stream.on("error", () =>
    fail({ type: "server", status: 502, message: `${provider} sent a body that is not ${name}` }),
  );
  return {
    data: (chunk) => void stream.write(chunk),
    end: () => void stream.end(),
    error: fail,
  };
}

function unreadable(sink: Sink, error: CanonicalError): Sink {
  queueMicrotask(() => sink.error(error));
  return { data: ignore, end: ignore, error: ignore };
}

function ignore(): void {}
