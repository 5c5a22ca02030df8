import type { IncomingMessage, ServerResponse } from "node:http";

const exposed =
  "x-request-id, request-id, retry-after, x-llmbridge-provider, x-llmbridge-model, x-llmbridge-loss";
const methods = "GET, HEAD, POST, OPTIONS";
const daySeconds = "86400";

/** Lets web pages of the configured origins read the answer. */
export function allowOrigin(req: IncomingMessage, res: ServerResponse, origins: readonly string[]): void {
  const origin = req.headers.origin!;
  res.setHeader("vary", "origin");
  if (!origins.includes("*") && !origins.includes(origin)) return;
  res.setHeader("access-control-allow-origin", origin);
  res.setHeader("access-control-expose-headers", exposed);
}

/** Answers a browser's question whether it may send a request; gives whether this was one. */
export function answerPreflight(req: IncomingMessage, res: ServerResponse): boolean {
  if (req.method !== "OPTIONS" || req.headers["access-control-request-method"] === undefined) return false;
  if (res.hasHeader("access-control-allow-origin")) {
    res.setHeader("access-control-allow-methods", methods);
    // SDKs send headers of their own that no list keeps up with; the browser says which.
    const asked = req.headers["access-control-request-headers"];
    res.setHeader("access-control-allow-headers", asked ?? "content-type, authorization");
    res.setHeader("access-control-max-age", daySeconds);
  }
  res.writeHead(204).end();
  return true;
}
