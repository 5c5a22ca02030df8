import type { Server } from "node:http";
import { listen } from "listhen";
import type { App } from "./app.ts";

export interface Listening {
  url: string;
  port: number;
  /** Takes no more connections; gives answers under way `graceMs` to finish, then cuts them off. */
  close(graceMs: number): Promise<void>;
}

export function urlOf(host: string, port: number): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/**
 * Listens on exactly this host and port; port 0 takes any. listhen would rather take another port than none, but
 * clients are configured with this one, so that is an error here.
 */
export async function listenOn(app: App, { host, port }: { host: string; port: number }): Promise<Listening> {
  const isLocal = /^(?:localhost$|127\.|::1$)/.test(host);
  const listener = await listen(app.handler, {
    hostname: host,
    port,
    public: !isLocal,
    isProd: true,
    isTest: false,
    showURL: false,
    open: false,
    clipboard: false,
    autoClose: false,
  }).catch((cause: unknown) => {
    throw new Error(`port ${port} of ${host} cannot be listened on: another program may have it`, { cause });
  });
  const server = listener.server as Server;
  const actual = listener.address?.port ?? port;
  if (port !== 0 && actual !== port) {
    await listener.close();
    throw new Error(`port ${port} is one that browsers refuse; choose another`);
  }
  configure(server);
  server.on("upgrade", app.upgrade);
  return {
    url: urlOf(host, actual),
    port: actual,
    async close(graceMs) {
      const timer = setTimeout(() => server.closeAllConnections(), graceMs);
      await listener.close();
      clearTimeout(timer);
    },
  };
}

/** Longer than proxies and SDKs keep an idle connection, so that it is never the server who closes it first. */
const keepAliveMs = 75_000;

function configure(server: Server): void {
  server.keepAliveTimeout = keepAliveMs;
  server.headersTimeout = keepAliveMs + 1000;
  // Bodies are bounded by size; a slow uplink may take its time over a large one.
  server.requestTimeout = 0;
}
