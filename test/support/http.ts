import { request, createServer } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** What an upstream double was asked. */
export interface Received {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Upstream {
  url: string;
  received: Received[];
  /** Connections that are open now. */
  open: () => number;
  close(): Promise<void>;
}

export type Respond = (res: ServerResponse, asked: Received, req: IncomingMessage) => void;

/** An upstream double on a real socket. */
export async function startUpstream(respond: Respond): Promise<Upstream> {
  const received: Received[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on("data", (chunk: Buffer) => chunks.push(chunk));
    req.on("end", () => {
      const asked = {
        method: req.method!,
        url: req.url!,
        headers: req.headers,
        body: Buffer.concat(chunks).toString(),
      };
      received.push(asked);
      respond(res, asked, req);
    });
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    open: () => sockets.size,
    close: () =>
      new Promise((done) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => done());
      }),
  };
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** The chunks as they came, with milliseconds since the request. */
  chunks: { at: number; text: string }[];
  json: () => Record<string, unknown>;
}

export interface Call {
  method?: string;
  headers?: OutgoingHttpHeaders;
  body?: unknown;
  signal?: AbortSignal;
  /** A text body goes as it is. */
}

/** One request on a connection of its own, with nothing of a client's own cleverness. */
export function call(
  url: string,
  { method = "POST", headers = {}, body, signal }: Call = {},
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const startedAt = performance.now();
  const text =
    body === undefined || typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const length =
    text === undefined || "transfer-encoding" in headers ? {} : { "content-length": Buffer.byteLength(text) };
  const req = request(url, {
    method,
    agent: false,
    headers: { "content-type": "application/json", ...length, ...headers },
    signal,
  });
  req.on("response", (res) => {
    const chunks: Answer["chunks"] = [];
    const finish = (): void => {
      const whole = chunks.map((one) => one.text).join("");
      resolve({
        status: res.statusCode!,
        headers: res.headers,
        text: whole,
        chunks,
        json: () => JSON.parse(whole) as Record<string, unknown>,
      });
    };
    res.setEncoding("utf8");
    res.on("data", (chunk: string) => chunks.push({ at: performance.now() - startedAt, text: chunk }));
    res.on("end", finish);
    res.on("error", finish);
  });
  req.on("error", reject);
  req.end(text);
  return promise;
}

export const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Waits until something holds; fails after two seconds. */
export async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (holds()) return;
    await sleep(10);
  }
  throw new Error("it never came true");
}
