import type { StreamEvent } from "./canonical.ts";
import { compileFrame } from "./frame.ts";
import type { Printer } from "./printer.ts";
import { repeating } from "./refrain/line.ts";
import type { RowContext, Rows, RowVariables, Sink } from "./rows.ts";
import type { TableFile } from "./table.ts";
import type { Template } from "./template.ts";
import type { StreamFacts } from "./types.ts";
import { printValue } from "./unfolded.ts";
import type { Path } from "../text/yaml.ts";

/** What a table says of all its frames. */
export interface FrameRules {
  frame: Template | undefined;
  eventLine: ((frame: unknown, bound: RowVariables) => unknown) | undefined;
}

/** Where the rows of one stream put their frames: values, or text that is printed already. */
export interface Frames extends Sink {
  text: string;
  print(data: string, name: string | undefined): void;
}

/** Opens the frames of one stream. */
export function openFrames(
  rules: FrameRules,
  printer: Printer,
  bound: RowVariables,
  current: () => StreamEvent,
): Frames {
  const stream = bound["stream"] as StreamFacts;
  return {
    text: "",
    print(data, name) {
      stream.frame++;
      this.text += printer.json(data, name);
    },
    push(frame) {
      if (typeof frame === "string") {
        this.text += printer.frame(frame, undefined);
        return;
      }
      const whole = rules.frame
        ? { ...(rules.frame(current(), bound) as object), ...(frame as object) }
        : frame;
      const name = rules.eventLine?.(whole, bound);
      this.print(printValue(whole) as string, typeof name === "string" ? name : undefined);
    },
  };
}

/**
 * A map of literals and expressions is printed straight, with `frame:` under it, where the SSE event's name is a literal of
 * it too; everything else is filled first and printed then.
 */
export function compilePrinted(
  table: TableFile,
  emitted: unknown,
  path: Path,
  context: RowContext,
): Rows | undefined {
  const { frame: base = {}, event } = table.value as { frame?: unknown; event?: unknown };
  if (!isMap(emitted) || !isMap(base)) return undefined;
  const whole = { ...base, ...emitted };
  const named = typeof event === "string" ? whole[event.replace(/^=/, "")] : undefined;
  if (event !== undefined && (typeof named !== "string" || named.startsWith("="))) return undefined;
  const name = named as string | undefined;
  const frame = compileFrame(
    whole,
    (member) => (member in emitted ? [...path, member] : ["frame", member]),
    context,
  );
  const print = context.isInEach ? frame.print : repeating(frame, context.scope);
  return function printRow(input, bound, out) {
    (out as Frames).print(print(input, bound), name);
  };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
