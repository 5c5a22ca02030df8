import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { seal, speakCalls, usageOf } from "./script.ts";
import type { Said, Script } from "./script.ts";
import type { Call, Rules, Vendor } from "./vendor.ts";

/** The key that a bridge must send; a client's own must never arrive. */
export const upstreamKey = "upstream-key-of-the-bridge";

/** A request that the double got, and what it made of it. */
export interface Asked extends Call {
  /** Number of the answer that it got; none for a request without tools, or one that was refused. */
  turn?: number;
  problems: string[];
  streams: boolean;
  /** Tokens of the answer. */
  usage?: { input: number; output: number };
}

export interface Double {
  vendor: Vendor;
  baseUrl: string;
  asked: Asked[];
  /** What was illegal, request by request. */
  problems(): string[];
  /** Numbers of the answers that were given, in their order. */
  turns(): number[];
  /** Begins another script, with nothing asked yet. */
  play(rules: Rules): void;
  close(): Promise<void>;
}

/** An upstream double on a free port of this machine, which plays a script. */
export async function startDouble(vendor: Vendor, rules: Rules): Promise<Double> {
  const asked: Asked[] = [];
  let playing = rules;
  const server = createServer((req, res) => {
    void readText(req).then((text) => {
      const one = remember(asked, req, text);
      return answer(res, vendor, playing, one).catch((error: unknown) => {
        one.problems.push(`the double failed: ${String(error)}`);
        refuse(res, vendor, one);
      });
    });
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  return {
    vendor,
    baseUrl: `http://127.0.0.1:${port}${vendor.base}`,
    asked,
    problems: () =>
      asked.flatMap(({ problems }, i) => problems.map((problem) => `request ${i + 1}: ${problem}`)),
    turns: () => asked.flatMap(({ turn }) => turn ?? []),
    play(another) {
      playing = another;
      asked.length = 0;
    },
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

async function readText(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function remember(asked: Asked[], { url = "/", headers }: IncomingMessage, text: string): Asked {
  const one: Asked = { path: url, headers, body: text, problems: [], streams: false };
  asked.push(one);
  try {
    one.body = JSON.parse(text) as unknown;
  } catch {
    one.problems.push(`the body is no JSON: ${text.slice(0, 100)}`);
  }
  return one;
}

async function answer(res: ServerResponse, vendor: Vendor, rules: Rules, asked: Asked): Promise<void> {
  const path = asked.path.startsWith(vendor.base) ? asked.path.slice(vendor.base.length) : "";
  if (vendor.count?.paths.test(path)) return sendJson(res, 200, vendor.count.answer);
  if (!vendor.paths.test(path)) asked.problems.push(`nothing is served at ${asked.path}`);
  if (asked.problems.length > 0) return refuse(res, vendor, asked);
  const declined = vendor.decline?.(asked.body);
  if (declined !== undefined) return sendJson(res, 400, declined);

  const { problems, turn, model, offered, streams, thinks, shows } = vendor.read({ ...asked, path }, rules);
  asked.problems.push(...problems, ...checkMedia(asked.body, rules.script.slice(0, turn)));
  asked.streams = streams;
  if (asked.problems.length > 0) return refuse(res, vendor, asked);

  // A client asks for a title or the like between its turns, and offers no tools then.
  const isAside = offered.length === 0;
  if (!isAside) asked.turn = turn;
  asked.usage = usageOf(turn);
  const said: Said = isAside ? { text: rules.aside ?? "An aside" } : rules.script[turn]!;
  const spoken = {
    turn,
    model,
    ...(shows && said.thinking !== undefined && { thinking: said.thinking }),
    ...(thinks && said.thinking !== undefined && { token: seal(vendor.name, turn, said) }),
    ...(said.text !== undefined && { text: said.text }),
    calls: speakCalls(said, turn, offered, vendor.prefix),
  };
  if (!streams) return sendJson(res, 200, vendor.whole(spoken));
  res.writeHead(200, { "content-type": "text/event-stream" });
  await writeCut(res, vendor.frames(spoken).join(""));
}

function checkMedia(body: unknown, said: Script): string[] {
  const text = JSON.stringify(body);
  const calls = said.flatMap((one) => one.calls ?? []);
  return calls.flatMap(({ name, shows }) =>
    shows === undefined || text.includes(shows) ? [] : [`what ${name} showed is nowhere`],
  );
}

function refuse(res: ServerResponse, vendor: Vendor, { problems }: Asked): void {
  sendJson(res, 400, vendor.refuse(problems));
}

function sendJson(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

/** Writes in pieces that heed neither frames nor characters, as networks do. */
async function writeCut(res: ServerResponse, text: string): Promise<void> {
  const bytes = Buffer.from(text);
  const sizes = [1, 7, 61, 250, 3, 1400];
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const size = sizes[n % sizes.length]!;
    res.write(bytes.subarray(at, at + size));
    at += size;
    await new Promise((next) => setImmediate(next));
  }
  res.end();
}
