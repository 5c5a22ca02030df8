import type { Scalar } from "yaml";

/** Text as YAML reads it, and for each of its UTF-16 units the offset in the file that it came from. */
interface Decoded {
  text: string;
  offsets: number[];
}

/**
 * For each UTF-16 unit of a string scalar's value (and for its end) the offset in the file, or nothing where the two
 * cannot be laid side by side. The scalar is read a second time here, and trusted only if it comes out the same.
 */
export function scalarOffsets(source: string, node: Scalar): number[] | undefined {
  if (typeof node.value !== "string" || !node.range) return undefined;
  const [start, end] = node.range;
  const isBlock = node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED";
  const decoded = isBlock
    ? decodeBlock(source, start, end)
    : decodeFlow(source, node.type === "PLAIN" ? start : start + 1, node.type === "PLAIN" ? end : end - 1);
  // The final line breaks of a block scalar depend on its chomping; everything before them must agree.
  const same = isBlock ? agree(decoded.text, node.value) : decoded.text === node.value;
  return same ? decoded.offsets : undefined;
}

function agree(decoded: string, value: string): boolean {
  return decoded.replace(/\n+$/, "") === value.replace(/\n+$/, "");
}

const lineFold = /[ \t]*\r?\n(?:[ \t]*\r?\n)*[ \t]*/y;
const namedEscapes: Record<string, string> = {
  "0": "\0",
  a: "\x07",
  b: "\b",
  t: "\t",
  "\t": "\t",
  n: "\n",
  v: "\v",
  f: "\f",
  r: "\r",
  e: "\x1b",
  N: "\x85",
  _: "\xa0",
  L: "\u2028",
  P: "\u2029",
};

/** Plain, single- and double-quoted scalars: YAML 1.2.2 §7.3. */
function decodeFlow(source: string, start: number, end: number): Decoded {
  const quote = source[start - 1] === '"' || source[start - 1] === "'" ? source[end] : undefined;
  const decoded: Decoded = { text: "", offsets: [] };
  let at = start;
  while (at < end) {
    const [text, next] = flowUnit(source, at, quote);
    put(decoded, text, at);
    at = next;
  }
  decoded.offsets.push(end);
  return decoded;
}

/** What stands at `at`, and where the next thing begins. */
function flowUnit(source: string, at: number, quote: string | undefined): [string, number] {
  lineFold.lastIndex = at;
  const fold = lineFold.exec(source)?.[0];
  if (fold !== undefined) {
    const breaks = fold.split("\n").length - 1;
    return [breaks === 1 ? " " : "\n".repeat(breaks - 1), at + fold.length];
  }
  if (quote === "'" && source.startsWith("''", at)) return ["'", at + 2];
  if (quote === '"' && source[at] === "\\") return escape(source, at);
  return [source[at]!, at + 1];
}

function escape(source: string, at: number): [string, number] {
  const letter = source[at + 1]!;
  const digits = { x: 2, u: 4, U: 8 }[letter];
  if (digits !== undefined) {
    const code = Number.parseInt(source.slice(at + 2, at + 2 + digits), 16);
    return [code <= 0x10ffff ? String.fromCodePoint(code) : "", at + 2 + digits];
  }
  // A backslash at the end of a line joins it to the next without a space.
  const joined = /^\r?\n[ \t]*/.exec(source.slice(at + 1));
  if (joined) return ["", at + 1 + joined[0].length];
  return [namedEscapes[letter] ?? letter, at + 2];
}

/** Literal and folded block scalars: YAML 1.2.2 §8.1. */
function decodeBlock(source: string, start: number, end: number): Decoded {
  const header = source.slice(start, source.indexOf("\n", start));
  const isFolded = header.startsWith(">");
  const lines = linesOf(source, start + header.length + 1, end);
  const indent = indentOf(lines);
  const decoded: Decoded = { text: "", offsets: [] };
  let empty = 0;
  let previous: "none" | "text" | "indented" = "none";
  for (const [at, line] of lines) {
    const content = line.slice(indent);
    if (content === "" || (line.trim() === "" && line.length <= indent)) {
      empty++;
      continue;
    }
    const kind = /^[ \t]/.test(content) ? "indented" : "text";
    const folds = isFolded && previous === "text" && kind === "text";
    const breaks = folds
      ? empty === 0
        ? " "
        : "\n".repeat(empty)
      : "\n".repeat(empty + (previous === "none" ? 0 : 1));
    put(decoded, breaks, at - 1);
    for (let i = 0; i < content.length; i++) put(decoded, content[i]!, at + indent + i);
    previous = kind;
    empty = 0;
  }
  decoded.offsets.push(end);
  return decoded;
}

function linesOf(source: string, start: number, end: number): [number, string][] {
  const lines: [number, string][] = [];
  for (let at = start; at < end;) {
    const lineEnd = source.indexOf("\n", at);
    const stop = lineEnd === -1 || lineEnd > end ? end : lineEnd;
    lines.push([at, source.slice(at, stop).replace(/\r$/, "")]);
    at = stop + 1;
  }
  return lines;
}

/** An explicit indentation indicator is rare; where it makes a difference, the result disagrees and is not used. */
function indentOf(lines: [number, string][]): number {
  const first = lines.find(([, line]) => line.trim() !== "")?.[1] ?? "";
  return first.length - first.trimStart().length;
}

function put(decoded: Decoded, text: string, at: number): void {
  decoded.text += text;
  for (let i = 0; i < text.length; i++) decoded.offsets.push(at);
}
