import { createPlacer } from "../text/place.ts";
import type { CanonicalRequest } from "../mapping/canonical.ts";
import { compileDocument } from "../mapping/document.ts";
import type { Scope } from "../mapping/scope.ts";
import type { Document, Framing, Upstream } from "../mapping/types.ts";
import type { Folder } from "./folder.ts";

interface WrittenUpstream {
  base_url?: string;
  path?: string;
  stream_path?: string;
  count_path?: string;
  models_path?: string;
  stream?: Upstream["stream"];
  framing?: Framing;
  headers?: Record<string, string>;
  forward?: string[];
  auth?: { headers?: Record<string, string>; query?: Record<string, string> };
}

/** What `upstream:` of a mapping.yaml says; header values that begin with `=` are compiled. */
export function compileUpstream(folder: Folder, scope: Scope): Upstream | undefined {
  const written = folder.written["upstream"] as WrittenUpstream | undefined;
  if (!written || typeof written !== "object") return undefined;
  const path = written.path ?? "";
  const headers = Object.entries(written.headers ?? {}).map(([name, value]) => [
    name,
    headerValue(folder, scope, name, value),
  ]);
  return {
    ...(written.base_url && { baseUrl: written.base_url }),
    path,
    streamPath: written.stream_path ?? path,
    ...(written.count_path && { countPath: written.count_path }),
    ...(written.models_path && { modelsPath: written.models_path }),
    headers: Object.fromEntries(headers) as Upstream["headers"],
    forward: (written.forward ?? []).map((name) => name.toLowerCase()),
    auth: { headers: written.auth?.headers ?? {}, query: written.auth?.query ?? {} },
    stream: written.stream ?? "asked",
    framing: written.framing ?? "sse",
  };
}

function headerValue(
  folder: Folder,
  scope: Scope,
  name: string,
  value: unknown,
): string | Document<CanonicalRequest, unknown> {
  if (typeof value !== "string" || !value.startsWith("=")) return String(value);
  const path = ["upstream", "headers", name];
  const own = (folder.yaml.value as { upstream?: unknown } | undefined)?.upstream !== undefined;
  const place = own
    ? (offset: number, length: number) => folder.yaml.placeIn(path, offset + 1, length)
    : createPlacer(value, folder.dir);
  return (
    compileDocument<CanonicalRequest, unknown>("request.encode", { source: value.slice(1), place }, scope) ??
    ""
  );
}
