import { once } from "node:events";
import type { Server } from "node:http";
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

/** Longer than proxies and SDKs keep an idle connection, so that it is never the server who closes it first. */
const keepAliveMs = 75_000;

const httpOptions = {
  keepAliveTimeout: keepAliveMs,
  headersTimeout: keepAliveMs + 1000,
  // A slow uplink may take its time over a large body, but not for ever.
  requestTimeout: 600_000,
};

/** An import of it would load Node's own fetch too, which takes 40 ms and 16 MB and is not used here. */
const { createServer } = process.getBuiltinModule("node:http");

/**
 * Listens on exactly this host and port, since clients are configured with it; port 0 takes any. Exchanges do not pass
 * through h3: its event, its web Request and its route cost a small exchange a quarter of its time
 * (docs/performance.md). Pages, lists, preflights and wrong methods do.
 */
export async function listenOn(
  { page, post }: App,
  { host, port }: { host: string; port: number },
): Promise<Listening> {
  const server = createServer(httpOptions, (req, res) => {
    if (req.method === "POST") post(req, res);
    else page(req, res);
  });
  // Workers share the port through their supervisor.
  server.listen({ host, port, exclusive: false });
  await once(server, "listening").catch((cause: NodeJS.ErrnoException) => {
    throw new Error(reasonOf(cause, host, port), { cause });
  });
  const address = server.address();
  const actual = typeof address === "object" && address ? address.port : port;
  return { url: urlOf(host, actual), port: actual, close: (graceMs) => closeServer(server, graceMs) };
}

function reasonOf({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  const there = `${host}:${port}`;
  if (code === "EADDRINUSE")
    return `${there} is in use by another program; choose another port with --port or \`listen:\``;
  if (code === "EACCES") return `this user may not listen on ${there}; ports below 1024 are the system's`;
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND")
    return `this machine has no address ${host}; 127.0.0.1 and 0.0.0.0 always work`;
  return `cannot listen on ${there}: ${message}`;
}

/** Connections that are kept alive close as soon as their answer is out. */
function closeServer(server: Server, graceMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  server.close(() => {
    clearTimeout(timer);
    clearInterval(idle);
    resolve();
  });
  server.closeIdleConnections();
  return promise;
}
