import type { Candidate, Part, StopReason } from "./canonical.ts";
import { markCut } from "./fold.ts";

/**
 * A model that calls tools stops for them, whatever its vendor calls it (also a call that the vendor finds wrong, but tells:
 * it must have a result), and one that does not, does not; one whose last word is a refusal has refused.
 */
export function settleReason(
  reason: StopReason,
  hasCalls: boolean,
  last: Part["type"] | undefined,
): StopReason {
  if (hasCalls && (reason === "stop" || reason === "invalid_tool_call")) return "tool_calls";
  if (reason === "stop" && last === "refusal") return "refusal";
  if (reason === "tool_calls" && !hasCalls) return "stop";
  return reason;
}

/** The same for a whole candidate; a call that the output limit cut is marked too. */
export function settleCandidate(one: Candidate): Candidate {
  if (!one.stop) return one;
  const hasCalls = one.parts.some((part) => part.type === "tool_call");
  const reason = settleReason(one.stop.reason, hasCalls, one.parts.at(-1)?.type);
  const settled = reason === one.stop.reason ? one : { ...one, stop: { ...one.stop, reason } };
  markCut(settled);
  return settled;
}
