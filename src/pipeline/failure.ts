import type { IncomingHttpHeaders } from "node:http";
import type { CanonicalError } from "../mapping/canonical.ts";
import { usualStatus } from "../mapping/rejection.ts";

/** Whom a call goes to. */
export interface Callee {
  provider: string;
  timeoutMs: number;
}

/** Why a call gave no answer, or not a whole one, as the error that the client is told. `hasHead`: the answer had begun. */
export function failureOf(error: unknown, { provider, timeoutMs }: Callee, hasHead: boolean): CanonicalError {
  const code = codeOf(error);
  const seconds = `${timeoutMs / 1000} s`;
  switch (code) {
    case "UND_ERR_CONNECT_TIMEOUT":
    case "ETIMEDOUT":
      return { type: "timeout", status: 504, message: `${provider} could not be reached in time` };
    case "UND_ERR_HEADERS_TIMEOUT":
      return { type: "timeout", status: 504, message: `${provider} did not answer within ${seconds}` };
    case "UND_ERR_BODY_TIMEOUT":
      return {
        type: "timeout",
        status: 504,
        message: `${provider} fell silent for ${seconds} in the midst of its answer`,
      };
    case "ECONNREFUSED":
      return { type: "server", status: 502, message: `${provider} refused the connection` };
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return { type: "server", status: 502, message: `the host of ${provider} could not be found` };
    case "UND_ERR_SOCKET":
    case "ECONNRESET":
    case "EPIPE":
      return hasHead
        ? {
            type: "upstream_truncated",
            status: 502,
            message: `${provider} closed the connection in the midst of its answer`,
          }
        : { type: "server", status: 502, message: `${provider} closed the connection before it answered` };
    case "UND_ERR_INVALID_ARG":
      return {
        type: "server",
        status: 500,
        message: `${provider} cannot be called: a header or a path of its configuration is not valid`,
      };
  }
  if (code.startsWith("HPE_"))
    return { type: "server", status: 502, message: `${provider} did not answer in HTTP (${code})` };
  return { type: "server", status: 502, message: `the call to ${provider} failed (${code})` };
}

/** The error's own code, or the one of the first cause that has one; several addresses are tried in one attempt. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  const { code, cause } = error as Error & { code?: unknown };
  if (typeof code === "string") return code;
  if (error.name === "HTTPParserError") return "HPE_INVALID";
  return cause === undefined ? error.name : codeOf(cause);
}

const excerptLength = 200;

/** What an upstream said instead of JSON, as one short line: without markup, without what looks like a secret. */
export function excerptOf(text: string, secret?: string): string {
  const head = text.slice(0, 20_000);
  const plain = /<[a-z!/]/i.test(head)
    ? head
        .replace(/<(script|style|svg)\b[\s\S]*?(?:<\/\1>|$)/gi, " ")
        .replace(/<[^>]*>/g, " ")
        .replace(/&(?:nbsp|#160);/g, " ")
    : head;
  const safe = withoutSecret(plain, secret).replace(/[\w-]{32,}/g, "***");
  const line = safe.replace(/[\s\p{Cc}]+/gu, " ").trim();
  return line.length > excerptLength ? `${line.slice(0, excerptLength)}…` : line;
}

/** Blots out a provider's key, should an upstream repeat it. */
export function withoutSecret(text: string, secret?: string): string {
  return secret ? text.replaceAll(secret, "***") : text;
}

/** An upstream's own word on when to come back, in seconds: `retry-after` as a number or as a date. */
export function retryAfterOf(headers: IncomingHttpHeaders): number | undefined {
  const value = headers["retry-after"];
  if (value === undefined) return undefined;
  const seconds = /^\s*\d/.test(value) ? Number.parseFloat(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}

/** An upstream's own error, with what a mapping may have left out of it. */
export function completeError(error: Partial<CanonicalError>, provider: string): CanonicalError {
  const { type, message } = error;
  const said = typeof message === "string" && message !== "" ? message : `${provider} reported an error`;
  return { ...error, type: type !== undefined && type in usualStatus ? type : "server", message: said };
}

/** An error that stood where an answer should be, or in the midst of one: whole, and without the provider's key. */
export function ownError(error: CanonicalError, provider: string, secret?: string): CanonicalError {
  const told = secret ? (JSON.parse(withoutSecret(JSON.stringify(error), secret)) as CanonicalError) : error;
  return completeError(told, provider);
}

/** Failures that another target, or another moment, may not have. */
export function isRetryable({ type, status }: CanonicalError): boolean {
  if (type === "cancelled") return false;
  return status === undefined
    ? type === "rate_limit" ||
        type === "overloaded" ||
        type === "server" ||
        type === "timeout" ||
        type === "upstream_truncated"
    : status === 408 || status === 409 || status === 429 || status >= 500;
}
