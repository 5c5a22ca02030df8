import { AsyncLocalStorage } from "node:async_hooks";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Exchange } from "../pipeline/client.ts";
import type { Connections } from "../pipeline/connections.ts";

type DispatchOptions = Parameters<Connections["dispatch"]>[0];
type DispatchHandler = Parameters<Connections["dispatch"]>[1];

/** One call of an upstream, as it went over the wire. */
export interface TapedCall {
  path: string;
  body: string;
  /** 0 where there was no answer. */
  status: number;
  headers: Readonly<Record<string, string>>;
  answer: Buffer;
}

/** All that went over the wire in one exchange. */
export interface Recording {
  x: Exchange;
  body: Buffer;
  /** In order: where one failed, the next was asked. */
  calls: readonly TapedCall[];
  answer: Buffer;
}

interface Tape {
  body: Buffer[];
  answer: Buffer[];
  calls: { call: Omit<TapedCall, "answer">; answer: Buffer[] }[];
}

/**
 * Listens to exchanges from outside: to the client's request and response, and to the connections. Nothing in the
 * pipeline knows of it, so it costs nothing where nobody records.
 */
export interface TapeRecorder {
  connections(plain: Connections): Connections;
  /** Runs an exchange and keeps what is said in it. */
  run(req: IncomingMessage, res: ServerResponse, exchange: () => Promise<void>): Promise<void>;
  /** What was said in an exchange that is over. */
  take(x: Exchange): Recording | undefined;
}

export function createTapeRecorder(): TapeRecorder {
  const running = new AsyncLocalStorage<Tape>();
  const tapes = new WeakMap<IncomingMessage, Tape>();
  return {
    connections: (plain) => ({
      ...plain,
      dispatch(options, handler) {
        const tape = running.getStore();
        return plain.dispatch(options, tape ? listen(tape, options, handler) : handler);
      },
    }),
    run(req, res, exchange) {
      const tape: Tape = { body: [], answer: [], calls: [] };
      tapes.set(req, tape);
      req.on("data", (chunk: Buffer) => tape.body.push(chunk));
      listenToResponse(res, tape.answer);
      return running.run(tape, exchange);
    },
    take(x) {
      const tape = tapes.get(x.req);
      if (!tape) return undefined;
      const calls = tape.calls.map(({ call, answer }) => ({ ...call, answer: Buffer.concat(answer) }));
      return { x, body: Buffer.concat(tape.body), calls, answer: Buffer.concat(tape.answer) };
    },
  };
}

function listen(tape: Tape, { path, body }: DispatchOptions, handler: DispatchHandler): DispatchHandler {
  const call = { path, body: typeof body === "string" ? body : "", status: 0, headers: {} };
  const taped: Tape["calls"][number] = { call, answer: [] };
  tape.calls.push(taped);
  return {
    onRequestStart: (...given) => handler.onRequestStart?.(...given),
    onResponseStart(controller, status, headers, ...rest) {
      const told = Object.entries(headers).map(([name, value]) => [name, String(value)]);
      taped.call = { ...call, status, headers: Object.fromEntries(told) as Record<string, string> };
      handler.onResponseStart?.(controller, status, headers, ...rest);
    },
    onResponseData(controller, chunk) {
      taped.answer.push(Buffer.from(chunk));
      handler.onResponseData?.(controller, chunk);
    },
    onResponseEnd: (...given) => handler.onResponseEnd?.(...given),
    onResponseError: (...given) => handler.onResponseError?.(...given),
  };
}

function listenToResponse(res: ServerResponse, into: Buffer[]): void {
  const { write, end } = res;
  const keep = (chunk: unknown): void => {
    if (typeof chunk === "string" || chunk instanceof Uint8Array) into.push(Buffer.from(chunk as string));
  };
  res.write = ((...given: Parameters<typeof write>) => {
    keep(given[0]);
    return write.apply(res, given);
  }) as typeof write;
  res.end = ((...given: Parameters<typeof end>) => {
    keep(given[0]);
    return end.apply(res, given);
  }) as typeof end;
}
