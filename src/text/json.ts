import { diagnostic } from "../diagnostics/diagnostic.ts";
import { createPlacer } from "./place.ts";
import { parseYaml } from "./yaml.ts";
import type { Source } from "./yaml.ts";

/** Parses JSON. A syntax error is LB104 with its place; nothing is thrown. */
export function parseJson(text: string, file: string): Source {
  // JSON is YAML, so its positions are asked there, and only when something is wrong with a value.
  let yaml: Source | undefined;
  const positions = (): Source => (yaml ??= parseYaml(text, file));
  const source: Source = {
    diagnostics: [],
    place: (path, what) => positions().place(path, what),
    placeIn: (path, offset, length) => positions().placeIn(path, offset, length),
  };
  try {
    source.value = JSON.parse(text);
  } catch {
    const mistake = firstMistake(text);
    const place = createPlacer(text, file)(mistake.at, 1);
    source.diagnostics.push(diagnostic("LB104", mistake.message, place, mistake.cure));
  }
  return source;
}

interface Mistake {
  at: number;
  message: string;
  cure?: string;
}

const token =
  /[ \t\r\n]*(?:([[\]{},:])|("(?:[ -!#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.]))/y;

/** V8 does not always say where; this reads the same grammar up to the first token that does not fit. */
function firstMistake(text: string): Mistake {
  const open: string[] = [];
  let expected: "value" | "key" | "colon" | "end" = "value";
  let previous = "";
  token.lastIndex = 0;
  for (;;) {
    const from = token.lastIndex;
    const match = token.exec(text);
    if (!match)
      return expected === "end" && open.length === 0 ? after(text, from) : unreadable(text, from, open);
    const [, mark, string, literal] = match;
    const at = token.lastIndex - (mark ?? string ?? literal!).length;
    const inside = open.at(-1);
    if (mark === "]" || mark === "}") {
      if (previous === ",") return { at, message: "a comma stands before the end", cure: "remove the comma" };
      if (inside !== (mark === "]" ? "[" : "{")) return { at, message: `${mark} closes nothing` };
      if (expected === "colon" || (expected === "value" && previous === ":")) return wrong(at, expected);
      open.pop();
      expected = "end";
    } else if (expected === "end") {
      if (mark !== ",")
        return { at, message: inside ? "a comma is missing" : "something stands after the end" };
      if (!inside) return { at, message: "something stands after the end" };
      expected = inside === "{" ? "key" : "value";
    } else if (expected === "key") {
      if (string === undefined) return wrong(at, expected);
      expected = "colon";
    } else if (expected === "colon") {
      if (mark !== ":") return wrong(at, expected);
      expected = "value";
    } else if (mark === "{" || mark === "[") {
      open.push(mark);
      expected = mark === "{" ? "key" : "value";
    } else if (mark !== undefined) return wrong(at, expected);
    else expected = "end";
    previous = mark ?? "";
  }
}

function wrong(at: number, expected: "value" | "key" | "colon"): Mistake {
  if (expected === "key")
    return { at, message: "a key is expected here", cure: "keys stand in double quotes" };
  return { at, message: expected === "colon" ? "a colon is expected here" : "a value is expected here" };
}

function after(text: string, from: number): Mistake {
  return { at: skipSpace(text, from), message: "something stands after the end" };
}

function unreadable(text: string, from: number, open: string[]): Mistake {
  const at = skipSpace(text, from);
  if (at >= text.length) {
    const closing = open.at(-1) === "{" ? "}" : "]";
    const cure = open.length > 0 ? `is a ${closing} missing?` : undefined;
    return { at: Math.max(0, text.length - 1), message: "the file ends too early", cure };
  }
  if (text[at] === "'") return { at, message: "a text stands in single quotes", cure: 'write "…"' };
  if (text[at] === '"')
    return { at, message: "the text is not closed, or holds a bad escape or a raw line break" };
  if (text[at] === "/") return { at, message: "JSON has no comments", cure: "remove it" };
  return { at, message: `${JSON.stringify(text[at])} is not JSON` };
}

function skipSpace(text: string, from: number): number {
  return from + /^[ \t\r\n]*/.exec(text.slice(from))![0].length;
}
