import type { IncomingMessage, ServerResponse } from "node:http";
import { isCorsOriginAllowed } from "h3";

const exposed =
  "x-request-id, request-id, retry-after, x-llmbridge-provider, x-llmbridge-model, x-llmbridge-loss";
const methods = "GET, HEAD, POST, OPTIONS";
const daySeconds = "86400";

/** Lets browsers of the configured origins read the answer; gives whether the request was a preflight, now answered. */
export function handleCors(req: IncomingMessage, res: ServerResponse, origins: readonly string[]): boolean {
  const { origin } = req.headers;
  const isPreflight = req.method === "OPTIONS" && req.headers["access-control-request-method"] !== undefined;
  if (typeof origin === "string") {
    res.setHeader("vary", "origin");
    if (isCorsOriginAllowed(origin, { origin: origins.includes("*") ? "*" : [...origins] }))
      allow(req, res, origin, isPreflight);
  }
  if (isPreflight) res.writeHead(204).end();
  return isPreflight;
}

function allow(req: IncomingMessage, res: ServerResponse, origin: string, isPreflight: boolean): void {
  res.setHeader("access-control-allow-origin", origin);
  res.setHeader("access-control-expose-headers", exposed);
  if (!isPreflight) return;
  res.setHeader("access-control-allow-methods", methods);
  // SDKs send headers of their own that no list keeps up with; the browser says which.
  res.setHeader(
    "access-control-allow-headers",
    req.headers["access-control-request-headers"] ?? "content-type, authorization",
  );
  res.setHeader("access-control-max-age", daySeconds);
}
