import type { Transform } from "node:stream";
import type * as Zlib from "node:zlib";
import type { CanonicalError } from "../mapping/canonical.ts";
import type { Sink } from "./upstream.ts";

/** Loaded for the first body that is compressed, which most servers never see. */
export function zlib(): typeof Zlib {
  return process.getBuiltinModule("node:zlib");
}

/** What undoes an encoding; nothing where it is unknown. `zstd` is absent before Node 22.15. */
function decoderOf(name: string): Transform | undefined {
  switch (name) {
    case "gzip":
    case "x-gzip":
      return zlib().createGunzip();
    case "deflate":
      return zlib().createInflate();
    case "br":
      return zlib().createBrotliDecompress();
    case "zstd":
      return (zlib() as Partial<typeof Zlib>).createZstdDecompress?.();
    default:
      return undefined;
  }
}

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
  const stream = decoderOf(name);
  if (stream) return through(stream, sink, `${provider} sent a body that is not ${name}`);
  return unreadable(sink, {
    type: "server",
    status: 502,
    message: `${provider} sent an unknown content encoding`,
  });
}

/** Hands what comes through a stream on to a sink; where the stream fails, nothing but `message` as an error. */
function through(stream: Transform, sink: Sink, message: string): Sink {
  let failed = false;
  function fail(error: CanonicalError): void {
    if (failed) return;
    failed = true;
    stream.destroy();
    sink.error(error);
  }
  stream.on("data", (chunk: Buffer) => {
    if (!failed) sink.data([chunk]);
  });
  stream.on("end", () => {
    if (!failed) sink.end();
  });
  stream.on("error", () => fail({ type: "server", status: 502, message }));
  return {
    data: (chunks) => chunks.forEach((chunk) => stream.write(chunk)),
    end: () => void stream.end(),
    error: fail,
  };
}

function unreadable(sink: Sink, error: CanonicalError): Sink {
  queueMicrotask(() => sink.error(error));
  return { data: ignore, end: ignore, error: ignore };
}

function ignore(): void {}
