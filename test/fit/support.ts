import { resolveCapabilities } from "../../src/mapping/resolve-capabilities.ts";
import type { CapabilityOverride } from "../../src/mapping/capabilities.ts";
import type {
  CanonicalRequest,
  Part,
  ToolCallPart,
  ToolResultPart,
  Turn,
} from "../../src/mapping/canonical.ts";
import { fit } from "../../src/mapping/fit/fit.ts";
import type { Fitted } from "../../src/mapping/fit/fit.ts";
import { Rejection } from "../../src/mapping/rejection.ts";

/** The client's protocol and the target's, which nothing in `fit` knows by name. */
export const names: { from: string; to: string } = { from: "client", to: "target" };

export function request(members: Partial<CanonicalRequest> = {}): CanonicalRequest {
  return {
    v: 1,
    from: { protocol: "client" },
    model: "m",
    stream: false,
    system: [],
    turns: [user("hello")],
    ...members,
  };
}

export function fitTo(can: CapabilityOverride, asked: Partial<CanonicalRequest>): Fitted {
  return fit(freeze(request(asked)), resolveCapabilities([can])("m", {}), names);
}

/** What was lost, as `code action at`. */
export function losses(fitted: Fitted): string[] {
  return fitted.losses.map(({ code, action, at }) => `${code} ${action} ${at}`);
}

/** The refusal's code and message. */
export function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Rejection)
      return `${error.error.status} ${String(error.error.details?.["unsupported"])}: ${error.message}`;
    throw error;
  }
  return "not refused";
}

export function text(value: string): Part {
  return { type: "text", text: value };
}

export function user(...parts: (string | Part)[]): Turn {
  return { role: "user", parts: parts.map((part) => (typeof part === "string" ? text(part) : part)) };
}

export function assistant(...parts: (string | Part)[]): Turn {
  return { ...user(...parts), role: "assistant" };
}

export function system(value: string): Turn {
  return { role: "system", parts: [text(value)] };
}

export function tool(...parts: ToolResultPart[]): Turn {
  return { role: "tool", parts };
}

export function call(id: string, name: string, members: Partial<ToolCallPart> = {}): ToolCallPart {
  return { type: "tool_call", id, name, argsText: "{}", ...members };
}

export function result(
  callId: string,
  content?: string | Part[],
  members: Partial<ToolResultPart> = {},
): ToolResultPart {
  const parts = typeof content === "string" ? [text(content)] : content;
  return { type: "tool_result", callId, ...(parts && { content: parts }), ...members };
}

/** Frozen all the way down, so that a test fails where something changes its input. */
export function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) freeze(member);
  }
  return value;
}

/** A conversation in short: `u:hi`, `a:text+call id`, `t:id,id`, one string a turn. */
export function shape(turns: readonly Turn[]): string[] {
  return turns.map((turn) => `${turn.role[0]}:${turn.parts.map(shapeOf).join("+")}`);
}

function shapeOf(part: Part): string {
  switch (part.type) {
    case "text":
      return part.text ?? "";
    case "tool_call":
      return `call ${part.id}`;
    case "tool_result":
      return `result ${part.callId}`;
    default:
      return part.type;
  }
}
