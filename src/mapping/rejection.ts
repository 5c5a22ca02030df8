import type { CanonicalError, ErrorType } from "./canonical.ts";

/** The usual HTTP status of each error type; a format may differ (`status:` in its mapping.yaml). */
export const usualStatus: Readonly<Record<ErrorType, number>> = {
  invalid_request: 400,
  context_length: 400,
  authentication: 401,
  billing: 402,
  permission: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  rate_limit: 429,
  server: 500,
  overloaded: 503,
  timeout: 504,
  cancelled: 499,
  upstream_truncated: 502,
};

/** A request that is refused before any upstream is called. Each format writes `error` in its own shape. */
export class Rejection extends Error {
  readonly error: CanonicalError;

  constructor(error: CanonicalError) {
    super(error.message);
    this.name = "Rejection";
    this.error = error;
  }
}

/** What a refusal may leave out: the type (`invalid_request`) and the status (the type's usual one). */
export type Refusal = Omit<CanonicalError, "type"> & { type?: ErrorType };

/** Refuses the request; always throws a `Rejection`. */
export function reject(refusal: Refusal): never {
  const type = refusal.type ?? "invalid_request";
  throw new Rejection({ ...refusal, type, status: refusal.status ?? usualStatus[type] ?? 500 });
}
