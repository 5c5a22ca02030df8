import { relative } from "node:path";
import { styleText } from "node:util";
import { useColour } from "./common.ts";
import type { Explanation, Leftover, Source } from "./explain.ts";

/** An explanation for a terminal: a line for each field, then what was not read, what was lost, and the losses. */
export function describeExplanation({ fields, unread, lost, idle, losses }: Explanation): string {
  const width = Math.min(48, Math.max(...fields.map(({ path }) => path.length), 10));
  const lines = fields.map(({ path, value, from, by }) => {
    const origin = from.length > 0 ? `← ${from.join(", ")}` : "  said by the mapping or its target";
    return `${path.padEnd(width)}  ${short(value).padEnd(24)} ${from.length > 0 ? origin : dim(origin)}${by ? dim(`  ${placeOf(by)}`) : ""}`;
  });
  const sections = [
    lines.join("\n"),
    section("read by nothing", unread.map(leftover)),
    section("lost", lost.map(leftover)),
    section("read, and makes no difference here", idle.map(leftover)),
    section(
      "losses",
      losses.map(
        ({ code, action, at, note }) =>
          `${code} (${action})${at ? ` at ${at}` : ""}${note ? `: ${note}` : ""}`,
      ),
    ),
  ];
  return `${sections.filter(Boolean).join("\n\n")}\n`;
}

function leftover({ path, value, codes }: Leftover): string {
  return `${path}  ${short(value)}${codes.length > 0 ? `  ${codes.join(", ")}` : ""}`;
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0
    ? ""
    : `${paint("yellow", title)}\n${lines.map((line) => `  ${line}`).join("\n")}`;
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? "";
  return text.length > 24 ? `${text.slice(0, 22)}…"` : text;
}

function placeOf({ file, line }: Source): string {
  return `${relative(process.cwd(), file)}:${line}`;
}

function dim(text: string): string {
  return paint("dim", text);
}

function paint(style: "dim" | "yellow", text: string): string {
  return useColour(process.stdout) ? styleText(style, text) : text;
}
