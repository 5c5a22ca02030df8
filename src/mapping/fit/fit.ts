import type { CanonicalRequest, Loss } from "../canonical.ts";
import type { Capabilities } from "../capabilities.ts";
import type { Restore } from "./restore.ts";

/** A request that the target can carry, what it lost on the way, and how the answer gets the client's names back. */
export interface Fitted {
  request: CanonicalRequest;
  losses: Loss[];
  restore: Restore;
}

/** Fits a request to what a target can carry. `names` are the client's and the target's protocol. */
export function fit(
  request: CanonicalRequest,
  _capabilities: Capabilities,
  _names: { from: string; to: string },
): Fitted {
  return { request, losses: [], restore: { names: new Map(), custom: new Set() } };
}
