import { readFileSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { Offered, Script, Spoken } from "./script.ts";

/** A request as the double has it. */
export interface Call {
  path: string;
  headers: IncomingHttpHeaders;
  body: unknown;
}

/** What the double makes of a request. */
export interface Reading {
  /** All that the vendor would refuse it for. */
  problems: string[];
  /** How many answers the conversation holds. */
  turn: number;
  model: string;
  offered: readonly Offered[];
  streams: boolean;
  /** Whether the model thinks, and whether the client sees it. */
  thinks: boolean;
  shows: boolean;
}

export interface Rules {
  script: Script;
  /** Whether the client can carry what only the vendor reads; then it must come back. */
  keepsTokens: boolean;
  /** Whether the client speaks the vendor's own format: then the shape of its requests is its own affair. */
  isOwn?: boolean;
  /** What is answered to a request without tools. */
  aside?: string;
}

/** One vendor's API, as strict as the vendor. */
export interface Vendor {
  name: string;
  /** Path of the base URL. */
  base: string;
  /** Mapping and model that the bridge is configured with. */
  mapping: string;
  model: string;
  /** Prefix of the ids of its calls. */
  prefix: string;
  /** Paths that it answers, after the base. */
  paths: RegExp;
  /** Where it counts tokens, and what it says then. */
  count?: { paths: RegExp; answer: unknown };
  read(call: Call, rules: Rules): Reading;
  /** The vendor's answer to what it is free not to do; clients ask in another way then. */
  decline?(body: unknown): unknown;
  whole(spoken: Spoken): unknown;
  /** SSE text of the whole answer, frame by frame. */
  frames(spoken: Spoken): string[];
  refuse(problems: readonly string[]): unknown;
}

const ajv = new Ajv2020({
  allErrors: true,
  strict: true,
  strictTypes: false,
  strictRequired: false,
  discriminator: true,
});

/** Compiles a JSON Schema of a request that stands beside this file; gives what is wrong with a body. */
export function shapeOf(file: string): (body: unknown, rules: Rules) => string[] {
  const validate = ajv.compile(JSON.parse(readFileSync(new URL(file, import.meta.url), "utf8")) as object);
  return (body, { isOwn = false }) => {
    if (isOwn || validate(body)) return [];
    return (validate.errors ?? []).map(({ instancePath, message, params }) => {
      const extra = (params["additionalProperty"] ??
        params["allowedValues"] ??
        params["allowedValue"] ??
        "") as unknown;
      return `${instancePath || "/"} ${message}${extra === "" ? "" : `: ${JSON.stringify(extra)}`}`;
    });
  };
}

/** A request that is not even of the right shape. */
export function unread(problems: string[]): Reading {
  return { problems, turn: 0, model: "", offered: [], streams: false, thinks: false, shows: false };
}

/** An SSE frame with an event line. */
export function named(event: { type: string } & Record<string, unknown>): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

export function unnamed(data: unknown): string {
  return `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
}

/** Problems of headers that every vendor looks at. */
export function checkHeaders(
  headers: IncomingHttpHeaders,
  wanted: Record<string, string | RegExp>,
): string[] {
  return Object.entries({ "content-type": /^application\/json/, ...wanted }).flatMap(([name, value]) => {
    const given = String(headers[name] ?? "");
    const isRight = typeof value === "string" ? given === value : value.test(given);
    return isRight ? [] : [`header ${name} is ${given === "" ? "missing" : JSON.stringify(given)}`];
  });
}
