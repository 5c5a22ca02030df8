import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { finished } from "node:stream";
import { H3, toNodeHandler } from "h3";
import type { EventHandler, H3Event } from "h3";
import { listModels } from "../pipeline/local.ts";
import type { Prepared } from "../pipeline/prepare.ts";
import { splitTarget } from "../pipeline/request.ts";
import { version } from "../version.ts";
import type { AppState } from "./app.ts";
import { allowOrigin, answerPreflight } from "./cors.ts";
import { healthOf } from "./health.ts";

export interface PagesOptions {
  state: AppState;
  /** Origins that may read answers, as they are configured now. */
  origins: () => readonly string[];
  /** Answers what is none of the pages: lists of models, wrong methods and paths. */
  run: (req: IncomingMessage, res: ServerResponse) => Promise<void>;
}

/** The response has been written to the Node response already; h3 knows the symbol as that. */
const handled: unique symbol = Symbol.for("h3.handled") as never;

/** An answer may leave a little later than the exchange ends, and h3 would end it before. */
function closed(res: ServerResponse): Promise<typeof handled> {
  return new Promise((resolve) => {
    finished(res, () => resolve(handled));
  });
}

function nodeOf({ runtime }: H3Event): { req: IncomingMessage; res: ServerResponse } {
  return runtime!.node as { req: IncomingMessage; res: ServerResponse };
}

/** Whatever is not posted, as a listener of a Node server. */
export function createPages({ state, origins, run }: PagesOptions): RequestListener {
  const h3 = new H3({
    silent: true,
    allowMalformedURL: true,
    onRequest(event) {
      const { req, res } = nodeOf(event);
      if (req.headers.origin !== undefined) allowOrigin(req, res, origins());
    },
  }).all("/**", (event) => {
    const { req, res } = nodeOf(event);
    if (answerPreflight(req, res)) return handled;
    return run(req, res).then(() => closed(res));
  });
  const pages: Record<string, EventHandler> = {
    "/": () => ({ name: "llmbridge", version }),
    "/health": () => healthOf(state),
    "/ready": () => Response.json({ ready: !state.isDraining }, { status: state.isDraining ? 503 : 200 }),
    "/v1/llm/models": (event) => describeModels(state.prepared, nodeOf(event).req),
  };
  for (const [path, page] of Object.entries(pages)) h3.get(path, page).head(path, page);
  return toNodeHandler(h3) as RequestListener;
}

/** What a client can know of the models beyond what each format's own list says. */
function describeModels(prepared: Prepared, req: IncomingMessage): Response {
  if (!prepared.keys.allows(req.headers, splitTarget(req.url ?? "").query)) {
    const message = "the API key is missing or not one of this bridge's keys";
    return Response.json({ error: { type: "authentication", message } }, { status: 401 });
  }
  const data = listModels(prepared).map(({ id, provider, contextLength, available }) => ({
    id,
    object: "model",
    provider,
    context_length: contextLength ?? null,
    is_available: available,
  }));
  return Response.json({ object: "list", data });
}
