import { usualStatus, Rejection } from "../mapping/rejection.ts";
import type { CanonicalError } from "../mapping/canonical.ts";
import { MappingFailure } from "../mapping/scope.ts";

/** Where the log finds what the client is not told. */
interface Noted {
  cause?: unknown;
}

/** What the client is told of something that was thrown. Only refusals speak for themselves. */
export function errorOf(thrown: unknown, noted: Noted): CanonicalError {
  if (thrown instanceof Rejection) return thrown.error;
  noted.cause ??= thrown;
  const message =
    thrown instanceof MappingFailure
      ? "a mapping failed on this request; the log of the bridge says where"
      : "the bridge failed on this request; its log says why";
  return { type: "server", status: usualStatus.server, code: "bridge_error", message };
}
