import type { CanonicalResponse, Part, StreamEvent, ToolCallPart } from "../canonical.ts";

/** How an answer's tool calls get their client's names and kinds back. */
export interface Restore {
  /** `toolKey` of what was sent upstream → what the client calls the tool. */
  readonly names: ReadonlyMap<string, { name: string; namespace?: string }>;
  /** `toolKey` of custom tools that were sent upstream wrapped as functions. */
  readonly custom: ReadonlySet<string>;
}

/** One text for a tool: its name, and its namespace where it has one. */
export function toolKey(name: string, namespace: string | undefined): string {
  return namespace === undefined ? name : `${namespace}\n${name}`;
}

/** Gives the tool calls of an answer their names and kinds back; the same object where there is nothing to restore. */
export function restoreResponse(response: CanonicalResponse, restore: Restore): CanonicalResponse {
  if (isEmpty(restore)) return response;
  const candidates = response.candidates.map((candidate) => ({
    ...candidate,
    parts: candidate.parts.map((part) => restorePart(part, restore)),
  }));
  return { ...response, candidates };
}

/**
 * The same for a stream, event by event. Arguments of a wrapped custom tool are held back until its block stops, and
 * come as one `input` delta then: half a JSON text cannot be unwrapped.
 */
export function createRestorer(
  restore: Restore,
): (event: StreamEvent) => StreamEvent | readonly StreamEvent[] {
  if (isEmpty(restore)) return (event) => event;
  const wrapped = new Map<number, string>();
  return function restoreEvent(event) {
    switch (event.type) {
      case "block.start":
        if (isWrapped(event.block, restore)) wrapped.set(event.i, event.block.argsText ?? "");
        return { ...event, block: restorePart(event.block, restore, "start") };
      case "block.delta": {
        const args = wrapped.get(event.i);
        if (args === undefined || event.kind !== "args") return event;
        wrapped.set(event.i, args + String(event.v));
        return [];
      }
      case "block.stop": {
        const part = event.part && restorePart(event.part, restore);
        const stop: StreamEvent = part ? { ...event, part } : event;
        const args = wrapped.get(event.i);
        if (args === undefined) return stop;
        wrapped.delete(event.i);
        const input = part?.type === "tool_call" && part.input !== undefined ? part.input : unwrap(args);
        const { i, c } = event;
        return [{ type: "block.delta", i, ...(c !== undefined && { c }), kind: "input", v: input }, stop];
      }
      default:
        return event;
    }
  };
}

function isEmpty(restore: Restore): boolean {
  return restore.names.size === 0 && restore.custom.size === 0;
}

function isWrapped(part: Part, restore: Restore): part is ToolCallPart {
  return (
    part.type === "tool_call" &&
    part.kind !== "custom" &&
    restore.custom.has(toolKey(part.name, part.namespace))
  );
}

function restorePart(part: Part, restore: Restore, when: "start" | "whole" = "whole"): Part {
  if (part.type !== "tool_call") return part;
  const named = { ...part, ...restore.names.get(toolKey(part.name, part.namespace)) };
  if (!isWrapped(part, restore)) return named;
  const { argsText, ...call } = named;
  return { ...call, kind: "custom", ...(when === "whole" && { input: unwrap(argsText ?? "") }) };
}

/** The text inside `{"input": …}`. A model that ignored the wrapping has written the text itself. */
function unwrap(argsText: string): string {
  try {
    const args: unknown = JSON.parse(argsText || "{}");
    const input = typeof args === "object" && args !== null ? (args as { input?: unknown }).input : args;
    if (typeof input === "string") return input;
    return input === undefined ? (argsText === "{}" ? "" : argsText) : JSON.stringify(input);
  } catch {
    return unwrapCut(argsText);
  }
}

/** An answer that was cut off in the middle of the arguments: the part of the string that is there. */
function unwrapCut(argsText: string): string {
  const begun = /^\s*\{\s*"input"\s*:\s*"((?:[^"\\]|\\(?:[^u]|u[0-9a-fA-F]{4}))*)/.exec(argsText)?.[1];
  if (begun === undefined) return argsText;
  try {
    return JSON.parse(`"${begun}"`) as string;
  } catch {
    return argsText;
  }
}
