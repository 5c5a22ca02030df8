import { renderMessage } from "./reference.ts";

/** What the evaluator and the reference's built-ins throw inside; it becomes a JsonataError where it leaves. */
export interface Fault {
  readonly code: string;
  readonly message?: string;
  readonly value?: unknown;
  token?: string | undefined;
  /** Encoded place: an offset in a source (`SPAN` times its number more), or below zero `-1 - offset` in the prelude. */
  place?: number | undefined;
}

/** Longer than any source: what places in two sources of one function are apart. */
export const SPAN: number = 2 ** 30;

/** An error that an expression ends in while it runs. */
export class JsonataError extends Error {
  override readonly name = "JsonataError";
  /** JSONata's code: T2001, D3030, … and U1001 where a limit was passed. */
  readonly code: string;
  /** Offset of the first character concerned, 0-based; absent where no place is known. */
  readonly position: number | undefined;
  /** The text that `position` counts in. */
  readonly in: "source" | "prelude";
  /** Which of several sources: those of a procedure are numbered. */
  readonly source: number;
  readonly token: string | undefined;
  readonly value: unknown;

  constructor(cause: Fault) {
    super(renderMessage(cause));
    const { code, token, value, place } = cause;
    this.code = code;
    this.token = token;
    this.value = value;
    this.in = place !== undefined && place < 0 ? "prelude" : "source";
    this.source = place !== undefined && place > 0 ? Math.floor(place / SPAN) : 0;
    this.position = place !== undefined && place < 0 ? -1 - place : place && place % SPAN;
  }
}

/** A fault of the evaluator's own. Thrown as it is; `settle` gives it its message. */
export function fault(code: string, fields: Partial<Fault> = {}): Fault {
  return { code, ...fields };
}

/** The stack and the longest string end in RangeErrors of the engine; everything else of that name is a caller's. */
const ENGINE_LIMIT = /call stack|Invalid (?:string|array) length|Invalid count value/;

/** Turns whatever was thrown into what callers may see. */
export function settle(thrown: unknown): unknown {
  if (thrown instanceof RangeError && ENGINE_LIMIT.test(thrown.message)) {
    const message = thrown.message.includes("call stack")
      ? "Stack overflow"
      : "A string or an array grew too long";
    return new JsonataError({ code: "U1001", message });
  }
  if (thrown instanceof Error || typeof thrown !== "object" || thrown === null) return thrown;
  return typeof (thrown as Fault).code === "string" ? new JsonataError(thrown as Fault) : thrown;
}
