import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { H3 } from "h3";
import type { EventHandler, H3Event } from "h3";
import type { Bridge } from "../bridge/types.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Exchange } from "../pipeline/client.ts";
import { createConnections } from "../pipeline/connections.ts";
import { exchange } from "../pipeline/exchange.ts";
import { listModels } from "../pipeline/local.ts";
import { prepare } from "../pipeline/prepare.ts";
import type { Prepared } from "../pipeline/prepare.ts";
import { splitTarget } from "../pipeline/request.ts";
import { version } from "../version.ts";
import { allowOrigin, answerPreflight } from "./cors.ts";
import { healthOf } from "./health.ts";
import type { TapeRecorder } from "./tape.ts";

export interface AppOptions {
  bridge: Bridge;
  /** Told of every exchange when it is over. */
  onExchange?: (x: Exchange) => void;
  /** Keeps what goes over the wire; absent: nothing listens. */
  recorder?: TapeRecorder;
}

/** The bridge as an HTTP application, not yet listening. */
export interface App {
  h3: H3;
  /** Answers what is posted, past h3: every exchange is a POST, and h3 has no page that takes one. */
  post: (req: IncomingMessage, res: ServerResponse) => void;
  /** Answers WebSocket upgrades. */
  upgrade: (req: IncomingMessage, socket: Duplex) => void;
  /** Takes the outcome of a reload: a new bridge for requests from now on, or what was wrong with it. */
  reloaded(bridge: Bridge | undefined, diagnostics: readonly Diagnostic[]): void;
  /** Tells load balancers to send no more. */
  drain(): void;
  /** Closes the connections to upstreams. */
  close(): Promise<void>;
}

/** What requests read once: a reload replaces it as a whole. */
export interface AppState {
  prepared: Prepared;
  loadedAt: Date;
  diagnostics: readonly Diagnostic[];
  isHealthy: boolean;
  isDraining: boolean;
}

function nodeOf({ runtime }: H3Event): { req: IncomingMessage; res: ServerResponse } {
  return runtime!.node as { req: IncomingMessage; res: ServerResponse };
}

/** The response has been written to the Node response already; h3 knows the symbol as that. */
const handled: unique symbol = Symbol.for("h3.handled") as never;

/**
 * Builds the application. Exchanges are read from the Node request and written to the Node response: a web Request and
 * Response for each would cost as much again as all the rest of a small exchange.
 */
export function createApp({ bridge, onExchange = () => undefined, recorder }: AppOptions): App {
  const connections = recorder ? recorder.connections(createConnections()) : createConnections();
  const run = recorder
    ? (req: IncomingMessage, res: ServerResponse): Promise<void> =>
        recorder.run(req, res, () => exchange(state.prepared, req, res, onExchange))
    : (req: IncomingMessage, res: ServerResponse): Promise<void> =>
        exchange(state.prepared, req, res, onExchange);
  const state: AppState = {
    prepared: prepare(bridge, connections),
    loadedAt: new Date(),
    diagnostics: [],
    isHealthy: true,
    isDraining: false,
  };
  const origins = (): readonly string[] => state.prepared.bridge.config.cors.origins;
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
    return run(req, res).then(() => handled);
  });
  const pages: Record<string, EventHandler> = {
    "/": () => ({ name: "llmbridge", version }),
    "/health": () => healthOf(state),
    "/ready": () => Response.json({ ready: !state.isDraining }, { status: state.isDraining ? 503 : 200 }),
    "/v1/llm/models": (event) => describeModels(state.prepared, nodeOf(event).req),
  };
  for (const [path, page] of Object.entries(pages)) h3.get(path, page).head(path, page);
  return {
    h3,
    post(req, res) {
      if (req.headers.origin !== undefined) allowOrigin(req, res, origins());
      void run(req, res);
    },
    upgrade: refuseUpgrade,
    reloaded(fresh, diagnostics) {
      state.isHealthy = fresh !== undefined;
      state.diagnostics = diagnostics;
      if (!fresh) return;
      state.loadedAt = new Date();
      state.prepared = prepare(fresh, connections);
    },
    drain() {
      state.isDraining = true;
    },
    close: () => connections.close(),
  };
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

const noWebSockets = JSON.stringify({
  error: { type: "invalid_request", message: "WebSockets are not spoken here; use HTTP" },
});

/** 426 makes clients that would rather have a WebSocket fall back to HTTP at once. */
function refuseUpgrade(_req: IncomingMessage, socket: Duplex): void {
  socket.on("error", () => socket.destroy());
  const head = [
    "HTTP/1.1 426 Upgrade Required",
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(noWebSockets)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${noWebSockets}`);
}
