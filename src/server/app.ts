import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Bridge } from "../bridge/types.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Exchange } from "../pipeline/client.ts";
import { createConnections } from "../pipeline/connections.ts";
import { createHeldItems } from "../pipeline/held.ts";
import { exchange } from "../pipeline/exchange.ts";
import { prepare } from "../pipeline/prepare.ts";
import type { Prepared } from "../pipeline/prepare.ts";
import { allowOrigin } from "./cors.ts";
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
  /** Answers all that is not posted. h3 does that, and is loaded when it is first wanted: clients mostly post. */
  page: (req: IncomingMessage, res: ServerResponse) => void;
  /** Answers what is posted, past h3: every exchange is a POST, and h3 has no page that takes one. */
  post: (req: IncomingMessage, res: ServerResponse) => void;
  /** Takes the outcome of a reload: a new bridge for requests from now on, or what was wrong with it. */
  reloaded(bridge: Bridge | undefined, diagnostics: readonly Diagnostic[]): void;
  /** Whether no exchange is under way. */
  isIdle(): boolean;
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

/**
 * Builds the application. Exchanges are read from the Node request and written to the Node response: a web Request and
 * Response for each would cost as much again as all the rest of a small exchange.
 */
export function createApp({ bridge, onExchange = () => undefined, recorder }: AppOptions): App {
  const connections = recorder ? recorder.connections(createConnections()) : createConnections();
  const lasting = { connections, held: createHeldItems() };
  let underWay = 0;
  function begin(req: IncomingMessage, res: ServerResponse): Promise<void> {
    underWay++;
    return exchange(state.prepared, req, res, end);
  }
  function end(x: Exchange): void {
    underWay--;
    onExchange(x);
  }
  const run = recorder
    ? (req: IncomingMessage, res: ServerResponse): Promise<void> =>
        recorder.run(req, res, () => begin(req, res))
    : begin;
  const state: AppState = {
    prepared: prepare(bridge, lasting),
    loadedAt: new Date(),
    diagnostics: [],
    isHealthy: true,
    isDraining: false,
  };
  const origins = (): readonly string[] => state.prepared.bridge.config.cors.origins;
  let pages: Promise<RequestListener> | undefined;
  const loadPages = (): Promise<RequestListener> =>
    import("./pages.ts").then(({ createPages }) => createPages({ state, origins, run }));
  return {
    page(req, res) {
      if (wantsWebSocket(req)) return refuseWebSocket(res);
      void (pages ??= loadPages()).then((listener) => listener(req, res));
    },
    post(req, res) {
      if (req.headers.origin !== undefined) allowOrigin(req, res, origins());
      void run(req, res);
    },
    reloaded(fresh, diagnostics) {
      state.isHealthy = fresh !== undefined;
      state.diagnostics = diagnostics;
      if (!fresh) return;
      state.loadedAt = new Date();
      state.prepared = prepare(fresh, lasting);
    },
    isIdle: () => underWay === 0,
    drain() {
      state.isDraining = true;
    },
    close: () => connections.close(),
  };
}

const noWebSockets = JSON.stringify({
  error: { type: "invalid_request", message: "WebSockets are not spoken here; use HTTP" },
});

/** Any other upgrade is an offer that a server may pass over (RFC 9110, section 7.8): Java's client offers h2c with each POST. */
function wantsWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === "websocket";
}

/** 426 makes clients that would rather have a WebSocket fall back to HTTP at once. */
function refuseWebSocket(res: ServerResponse): void {
  const length = Buffer.byteLength(noWebSockets);
  const head = { "content-type": "application/json", "content-length": length, connection: "close" };
  res.writeHead(426, head).end(noWebSockets);
}
