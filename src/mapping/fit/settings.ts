import type { CanonicalRequest } from "../canonical.ts";
import { change, filled, lose, refuse, takes } from "./context.ts";
import type { Context, Pass } from "./context.ts";

type State = NonNullable<CanonicalRequest["state"]>;

/** What another server holds cannot be had from this one: an answer without it would be an answer to something else. */
export const fitState: Pass = (request, context) => {
  const { state } = request;
  if (!state) return request;
  const { can } = context;
  if ((state.previousId !== undefined || state.conversation !== undefined) && !can.state.previousId) {
    refuse(
      "state.previousId",
      "state.previousId",
      "another server holds the conversation so far; send the full history",
    );
  }
  if (state.references && !can.state.previousId) {
    refuse(
      "state.references",
      "state.references",
      `another server holds what the history only refers to (${state.references.join(", ")}); send these items in full, as clients do with store: false`,
    );
  }
  if (state.prompt !== undefined && !takes(context, context.from)) {
    refuse("state.prompt", "state.prompt", "another server holds the prompt template; send its text");
  }
  if (state.background && !can.state.background) {
    refuse("state.background", "state.background", "the upstream cannot answer in the background");
  }
  const changes: Partial<State> = {};
  if (state.background !== undefined && !can.state.background) changes.background = undefined;
  for (const setting of ["store", "truncation"] as const) {
    const value = state[setting];
    if (value === undefined || can.state[setting]) continue;
    changes[setting] = undefined;
    // Not to store and not to truncate is what a target without the setting does anyway.
    const isDefault = value === false || value === "disabled";
    if (!isDefault) lose(context, { code: `state.${setting}`, at: `state.${setting}`, action: "drop" });
  }
  return filled(changes) ? change(request, { state: filled(change(state, changes)) }) : request;
};

/** Who pays how much, who asks, and what is noted about it. */
export const fitService: Pass = (request, context) => {
  const { can } = context;
  const changes: Partial<CanonicalRequest> = {};
  if (request.serviceTier !== undefined && !can.serviceTiers.includes(request.serviceTier)) {
    changes.serviceTier = undefined;
    if (request.serviceTier !== "auto") {
      lose(context, { code: "serviceTier", at: "serviceTier", action: "drop", note: request.serviceTier });
    }
  }
  for (const setting of ["speed", "metadata", "safety"] as const) {
    if (request[setting] === undefined || can[setting]) continue;
    changes[setting] = undefined;
    lose(context, { code: setting, at: setting, action: "drop" });
  }
  if (request.user) changes.user = fitUser(request.user, context);
  return filled(changes) ? change(request, changes) : request;
};

/** Both ids say who the user is, so one stands for the other where there is one only. */
function fitUser(user: NonNullable<CanonicalRequest["user"]>, context: Context): CanonicalRequest["user"] {
  const { can } = context;
  const id = can.user ? (user.id ?? (can.safetyId ? undefined : user.safetyId)) : undefined;
  const safetyId = can.safetyId ? (user.safetyId ?? (can.user ? undefined : user.id)) : undefined;
  const kept = new Set([id, safetyId]);
  for (const name of ["id", "safetyId"] as const) {
    if (user[name] !== undefined && !kept.has(user[name]))
      lose(context, { code: `user.${name}`, at: `user.${name}`, action: "drop" });
  }
  if (id === user.id && safetyId === user.safetyId) return user;
  return filled({ ...(id !== undefined && { id }), ...(safetyId !== undefined && { safetyId }) });
}
