/** Parsing with the reference's parser; its errors as problems. */
import type { Node } from "./ast.ts";
import { parseSource } from "./reference.ts";
import type { Problem } from "./types.ts";

export interface Parsed {
  readonly ast?: Node;
  readonly problems: readonly Problem[];
}

interface ParseError {
  readonly code?: string;
  readonly message?: string;
  readonly position?: number;
  readonly token?: unknown;
}

/** Codes whose position is that of the offending character, not the end of a token. */
const AT_POSITION = new Set([
  "S0101",
  "S0103",
  "S0104",
  "S0105",
  "S0106",
  "S0301",
  "S0302",
  "S0203",
  "S0207",
]);

/**
 * Trees of texts that were parsed before, as long as memory is not wanted for anything else. Texts are checked when they
 * are loaded and become code when they first run, which may be never; then they are parsed again.
 */
const parsed = new Map<string, WeakRef<Node>>();
const mostParsed = 10_000;

export function checkSyntax(source: string, where: Problem["in"]): Parsed {
  const known = parsed.get(source)?.deref();
  if (known !== undefined) return { ast: known, problems: [] };
  try {
    const ast = parseSource(source);
    if (parsed.size >= mostParsed) parsed.clear();
    parsed.set(source, new WeakRef(ast));
    return { ast, problems: [] };
  } catch (thrown) {
    return { problems: [toProblem(thrown as ParseError, source, where)] };
  }
}

function toProblem(error: ParseError, source: string, where: Problem["in"]): Problem {
  const code = error.code ?? (error instanceof RangeError ? "U1001" : "S0201");
  const message = error.message ?? code;
  const end = Math.min(error.position ?? source.length, source.length);
  const token =
    error.token === undefined || AT_POSITION.has(code) ? "" : tokenBefore(source, end, error.token);
  const position = Math.max(0, Math.min(end - token.length, source.length - 1));
  return { code, message, position, length: Math.max(1, token.length), in: where };
}

/** The token as it is written: with its dollar, its quotes or its backquotes. */
function tokenBefore(source: string, end: number, token: unknown): string {
  const before = source.slice(0, end);
  if (typeof token === "number") return /\d+(?:\.\d+)?(?:[Ee][-+]?\d+)?$/.exec(before)?.[0] ?? "";
  const forms = [`"${token}"`, `'${token}'`, `\`${token}\``, `$${token}`, `${token}`];
  return forms.find((form) => before.endsWith(form)) ?? "";
}
