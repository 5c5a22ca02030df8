import { createRequire } from "node:module";
import type { Dispatcher, EnvHttpProxyAgent, Pool } from "undici";

const require = createRequire(import.meta.url);

/** The part of undici that is used; the whole has a fetch, caches and WebSockets, and takes 12 MB more. */
const OwnPool = require("undici/lib/dispatcher/pool.js") as typeof Pool;

/** A call: where it goes, what is sent, and how long its head and each silence in its body may take. */
export interface CallOptions extends Dispatcher.DispatchOptions {
  origin: string;
  headersTimeout: number;
}

/** Kept-alive connections to upstreams. One per process, across reloads. */
export interface Connections {
  dispatch(options: CallOptions, handler: Dispatcher.DispatchHandler): void;
  close(): Promise<void>;
}

/** A connection that is not there by then will not come; a provider's `timeout` may be shorter. */
const connectTimeoutMs = 10_000;

/** Longer than most upstreams keep an idle connection; undici heeds what they announce. */
const keepAliveTimeout = 30_000;

function openProxied(options: EnvHttpProxyAgent.Options): Dispatcher {
  const { EnvHttpProxyAgent: Agent } = require("undici") as typeof import("undici");
  return new Agent(options);
}

/** Opens nothing yet. Proxies are taken from HTTP_PROXY, HTTPS_PROXY and NO_PROXY, in either case. */
export function createConnections(env: NodeJS.ProcessEnv = process.env): Connections {
  const dispatchers = new Map<string, Map<number, Dispatcher>>();
  const isProxied = [env["HTTP_PROXY"], env["http_proxy"], env["HTTPS_PROXY"], env["https_proxy"]].some(
    Boolean,
  );

  function dispatcherFor({ origin, headersTimeout }: CallOptions): Dispatcher {
    const place = isProxied ? "" : origin;
    const connectTimeout = Math.min(connectTimeoutMs, headersTimeout);
    let there = dispatchers.get(place);
    if (!there) dispatchers.set(place, (there = new Map()));
    let dispatcher = there.get(connectTimeout);
    if (!dispatcher) there.set(connectTimeout, (dispatcher = open(origin, connectTimeout)));
    return dispatcher;
  }
  function open(origin: string, connectTimeout: number): Dispatcher {
    // Pipelining is off: one slow answer must not hold up another request.
    const options = { connectTimeout, keepAliveTimeout, pipelining: 1, allowH2: false };
    return isProxied ? openProxied(options) : new OwnPool(origin, options);
  }
  return {
    dispatch: (options, handler) => void dispatcherFor(options).dispatch(options, handler),
    close: async () => {
      const all = [...dispatchers.values()].flatMap((there) => [...there.values()]);
      await Promise.all(all.map((dispatcher) => dispatcher.destroy()));
    },
  };
}
