import { relative } from "node:path";
import { styleText } from "node:util";
import { codes } from "./codes.ts";
import type { Code } from "./codes.ts";
import type { Diagnostic, Place } from "./diagnostic.ts";

export interface FormatOptions {
  color?: boolean;
  /** Files are named relative to it where they lie below it. */
  cwd?: string;
}

/** A diagnostic as machines read it: `check --format json` and `/health`. */
export interface DiagnosticJson {
  code: Code;
  /** The code's one-line meaning. */
  title: string;
  severity: Diagnostic["severity"];
  message: string;
  cure?: string;
  file?: string;
  line?: number;
  column?: number;
  length?: number;
}

/** A report for people: each mistake with its place, source line, caret and cure, and a line that counts them. */
export function formatDiagnostics(list: readonly Diagnostic[], options: FormatOptions = {}): string {
  if (list.length === 0) return "";
  const paint = painter(options.color ?? false);
  const reports = inOrder(list).map((one) => formatOne(one, options.cwd, paint));
  return [...reports, paint("bold", summary(list)), ""].join("\n");
}

/** The same list for machines, in the same order. */
export function diagnosticsJson(list: readonly Diagnostic[], cwd?: string): DiagnosticJson[] {
  return inOrder(list).map(({ code, severity, message, cure, place }) => ({
    code,
    title: codes[code],
    severity,
    message,
    ...(cure !== undefined && { cure }),
    ...(place && {
      file: fileName(place.file, cwd),
      line: place.line,
      column: place.column,
      length: place.length,
    }),
  }));
}

/** Files in order of first mention, mistakes in the order of their lines. */
function inOrder(list: readonly Diagnostic[]): Diagnostic[] {
  const files = [...new Set(list.map((one) => one.place?.file))];
  const rank = new Map(files.map((file, index) => [file, index]));
  return list.toSorted(
    (a, b) => rank.get(a.place?.file)! - rank.get(b.place?.file)! || comparePlaces(a.place, b.place),
  );
}

function comparePlaces(a: Place | undefined, b: Place | undefined): number {
  return (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0);
}

type Paint = (style: "bold" | "dim" | "red" | "yellow" | "cyan", text: string) => string;

function painter(color: boolean): Paint {
  return (style, text) => (color ? styleText(style, text, { validateStream: false }) : text);
}

function formatOne(
  { code, severity, message, place, cure }: Diagnostic,
  cwd: string | undefined,
  paint: Paint,
): string {
  const tint = severity === "error" ? "red" : "yellow";
  const label = severity === "error" ? paint(tint, code) : `${paint(tint, code)}  warning:`;
  const where = place
    ? paint("bold", place.line > 0 ? at(place, cwd) : fileName(place.file, cwd)) + "  "
    : "";
  const head = `${where}${label}${severity === "error" ? "  " : " "}${message}`;
  if (place?.text === undefined) return cure ? `${head}\n    ${cure}` : head;
  const shown = excerpt(place);
  const gutter = `  ${place.line} | `;
  const caret = paint(tint, "^".repeat(shown.carets)) + (cure ? ` ${cure}` : "");
  const below = `${" ".repeat(gutter.length - 2)}| `;
  return `${head}\n${paint("dim", gutter)}${shown.text}\n${paint("dim", below)}${shown.indent}${caret}`;
}

function at(place: Place, cwd: string | undefined): string {
  return `${fileName(place.file, cwd)}:${place.line}:${place.column}`;
}

function fileName(file: string, cwd: string | undefined): string {
  if (cwd === undefined) return file;
  const short = relative(cwd, file);
  return short === "" || short.startsWith("..") ? file : short;
}

const widest = 140;

/** The source line, cut around the place where it is too long to read, and what stands under it up to the caret. */
function excerpt({ text = "", column, length }: Place): { text: string; indent: string; carets: number } {
  const from = text.length > widest && column > 60 ? column - 41 : 0;
  const to = text.length - from > widest ? from + widest : text.length;
  const line = (from > 0 ? "…" : "") + text.slice(from, to) + (to < text.length ? "…" : "");
  const before = (from > 0 ? "…" : "") + text.slice(from, column - 1);
  const marked = text.slice(column - 1, Math.min(column - 1 + length, to));
  return { text: line, indent: blank(before), carets: Math.max(1, blank(marked).length) };
}

const wide =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;

/** Spaces of the same width on a terminal; tabs stay, so that they stop at the same column. */
function blank(text: string): string {
  let spaces = "";
  for (const character of text) {
    if (character === "\t") spaces += "\t";
    else if (!/\p{M}/u.test(character)) spaces += wide.test(character) ? "  " : " ";
  }
  return spaces;
}

function summary(list: readonly Diagnostic[]): string {
  const errors = list.filter((one) => one.severity === "error").length;
  const warnings = list.length - errors;
  const files = new Set(list.flatMap((one) => one.place?.file ?? [])).size;
  const counts = [errors > 0 && count(errors, "problem"), warnings > 0 && count(warnings, "warning")];
  return counts.filter(Boolean).join(" and ") + (files > 0 ? ` in ${count(files, "file")}` : "");
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
