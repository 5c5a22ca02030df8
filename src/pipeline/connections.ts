import { EnvHttpProxyAgent, Pool } from "undici";
import type { Dispatcher } from "undici";

/** Kept-alive connections to upstreams. One per process, across reloads. */
export interface Connections {
  dispatch(
    origin: string,
    timeoutMs: number,
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
  ): void;
  close(): Promise<void>;
}

/** A connection that is not there by then will not come; a provider's `timeout` may be shorter. */
const connectTimeoutMs = 10_000;

/** Longer than most upstreams keep an idle connection; undici heeds what they announce. */
const keepAliveTimeout = 30_000;

/** Opens nothing yet. Proxies are taken from HTTP_PROXY, HTTPS_PROXY and NO_PROXY, in either case. */
export function createConnections(env: NodeJS.ProcessEnv = process.env): Connections {
  const dispatchers = new Map<string, Dispatcher>();
  const isProxied = [env["HTTP_PROXY"], env["http_proxy"], env["HTTPS_PROXY"], env["https_proxy"]].some(
    Boolean,
  );

  function dispatcherFor(origin: string, timeoutMs: number): Dispatcher {
    const connectTimeout = Math.min(connectTimeoutMs, timeoutMs);
    const key = `${isProxied ? "" : origin} ${connectTimeout}`;
    let dispatcher = dispatchers.get(key);
    if (!dispatcher) {
      // Pipelining is off: one slow answer must not hold up another request.
      const options = { connectTimeout, keepAliveTimeout, pipelining: 1, allowH2: false };
      dispatcher = isProxied ? new EnvHttpProxyAgent(options) : new Pool(origin, options);
      dispatchers.set(key, dispatcher);
    }
    return dispatcher;
  }
  return {
    dispatch: (origin, timeoutMs, options, handler) => {
      dispatcherFor(origin, timeoutMs).dispatch({ ...options, origin }, handler);
    },
    close: async () => {
      await Promise.all([...dispatchers.values()].map((dispatcher) => dispatcher.destroy()));
    },
  };
}
