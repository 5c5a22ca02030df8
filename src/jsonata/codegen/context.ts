/** What the generators share: the unit being compiled, and the place in it where code is written now. */
import { ascii } from "../ascii.ts";
import type { Node } from "../ast.ts";
import type { HostFunction } from "../types.ts";
import { SPAN } from "../error.ts";
import type { Constant } from "./constants.ts";
import type { Frame } from "./scope.ts";

/** One expression with its prelude. */
export interface Unit {
  readonly hosts: Readonly<Record<string, HostFunction>>;
  /** Names that callers may bind; undefined: any. */
  readonly variables: ReadonlySet<string> | undefined;
  /** Code of the caller's variables. */
  readonly vars: string;
  /** Variables that change while the code runs, so that each use reads them anew; undefined: all. */
  readonly changing: ReadonlySet<string> | undefined;
  /** Values that the generated code refers to as k0, k1, … */
  readonly constants: Constant[];
  /** Declarations outside of the function that runs. */
  readonly preamble: string[];
  /** Code that reads the caller's variables, first thing in every run. */
  readonly prologue: string[];
  readonly cache: Map<string, string>;
  /** Unfinished sequences may turn up as values anywhere, so nodes that pass values on must finish them. */
  readonly unfinished: boolean;
  next: number;
}

/** `value`: it and all in it. `members`: what it holds, but it is looked at itself, as a step's value is. */
export type Escape = false | "members" | "value";

/** What the code before a place has worked out already: what is read, and the variable that holds it. */
export interface Known {
  readonly around: Known | null;
  readonly names: Map<string, string>;
}

export interface Cx {
  readonly unit: Unit;
  readonly known: Known;
  /** The text that positions count in. */
  readonly source: string;
  readonly out: string[];
  readonly frame: Frame;
  /** Changes where code may not run, or may run more than once. */
  readonly stretch: object;
  /** Number of that text among those of one function. */
  readonly text: number;
  /** Code of the whole input. */
  readonly root: string;
  /** The context as paths see it. */
  readonly item: string;
  /** The context as `$` sees it. */
  readonly dollar: string;
  /** Paths take the context as one item even if it is an array. */
  readonly single: boolean;
  /** The context is known not to be an array. */
  readonly flat: boolean;
  readonly prelude: boolean;
  /** A call in tail position stays a value here: what stands behind it applies to the call, not to its result. */
  readonly lazy: boolean;
  /** The body of a lambda that is written out where a built-in would call it: there is no caller to hand calls to. */
  readonly inlined: boolean;
  /** How far the value goes straight into the result, where no node looks at the flags of its arrays. */
  readonly escapes: Escape;
}

/** What is known of a value at compile time. */
export type Kind = "any" | "string" | "number" | "boolean" | "object" | "array" | "none" | "sequence" | "at";

/** Code of a value that may be written more than once: a name or a literal. */
export interface Val {
  readonly code: string;
  /** `sequence`: unfinished. `at`: picked by a literal index. */
  readonly kind: Kind;
  /** Never nothing. */
  readonly there: boolean;
}

export const NOTHING: Val = { code: "undefined", kind: "none", there: false };

export function val(code: string, kind: Kind = "any", there = false): Val {
  return { code, kind, there };
}

export function fresh(unit: Unit, letter = "t"): string {
  return `${letter}${unit.next++}`;
}

/** Writes a declaration and gives its name. */
export function define(cx: Cx, code: string, letter = "t"): string {
  const name = fresh(cx.unit, letter);
  cx.out.push(`const ${name} = ${code};`);
  return name;
}

/** The name of a value that is not written out. */
export function constant(unit: Unit, value: Constant): string {
  const key = `constant ${JSON.stringify(value)}`;
  let name = unit.cache.get(key);
  if (name === undefined) {
    name = `k${unit.constants.push(value) - 1}`;
    unit.cache.set(key, name);
  }
  return name;
}

/** A place for code that runs under a condition or in a loop. */
export function branch(cx: Cx, changes: Partial<Cx> = {}): Cx {
  return { ...cx, out: [], stretch: {}, known: { around: cx.known, names: new Map() }, ...changes };
}

/** A place for the body of a function: it holds on to nothing that the code around it has read. */
export function apart(cx: Cx, changes: Partial<Cx> = {}): Cx {
  return branch(cx, { known: nothingKnown(), ...changes });
}

export function nothingKnown(): Known {
  return { around: null, names: new Map() };
}

/** Counts the turns of a loop. `node`: what is evaluated in each, which is the place of a limit that is passed there. */
export function countTurns(cx: Cx, turns: string, node: Node): void {
  cx.out.push(`if ((S.steps += ${turns}) > S.mark) tick(0, ${place(cx, node)});`);
}

/** The variable that holds what `code` gives, which is the same wherever it runs. `key`: what is known by. */
export function defineOnce(cx: Cx, key: string, code: () => string, letter = "t"): string {
  const earlier = definedAs(cx, key);
  if (earlier !== undefined) return earlier;
  const name = define(cx, code(), letter);
  cx.known.names.set(key, name);
  return name;
}

/** The variable that holds what is known by a key, where code has defined it already. */
export function definedAs(cx: Cx, key: string): string | undefined {
  for (let known: Known | null = cx.known; known !== null; known = known.around) {
    const name = known.names.get(key);
    if (name !== undefined) return name;
  }
  return undefined;
}

/** A literal of the generated code. The only way for text of the source to get there. */
export function literal(value: string | number | boolean | null): string {
  if (typeof value !== "string") return Object.is(value, -0) ? "-0" : String(value);
  return ascii(JSON.stringify(value));
}

/** The place of a node in errors at run time. */
export function place(cx: Cx, node: Node | { position?: number; value?: unknown; type?: string }): number {
  const offset = startOf(cx.source, node as Node);
  return cx.prelude ? -1 - offset : offset + cx.text * SPAN;
}

/** Offset of a node's first character; the parser gives the offset behind its token. */
export function startOf(source: string, node: Node): number {
  const [head] = node.type === "path" ? node.steps : [];
  if (head !== undefined) return startOf(source, head);
  const start = node.type === "function" || node.type === "partial" ? (node.procedure ?? node) : node;
  if (start !== node && (start.position !== undefined || start.type === "path"))
    return startOf(source, start);
  const end = node.position ?? 0;
  return Math.max(0, end - tokenLength(source, node, end));
}

function tokenLength(source: string, node: Node, end: number): number {
  if (node.type === "string" || source[end - 1] === '"' || source[end - 1] === "'") {
    return stringLength(source.slice(0, end));
  }
  const before = source.slice(Math.max(0, end - 64), end);
  if (node.type === "number") return (/\d+(?:\.\d+)?(?:[Ee][-+]?\d+)?$/.exec(before)?.[0] ?? "0").length;
  if (node.type === "regex") return String(node.value).length - 1;
  const text = String(node.value ?? "");
  if (before.endsWith("`")) return text.length + 2;
  return node.type === "variable" ? text.length + 1 : Math.max(1, text.length);
}

function stringLength(before: string): number {
  const quote = before.at(-1) as string;
  let i = before.length - 2;
  for (; i > 0; i--) {
    if (before[i] !== quote) continue;
    let slashes = 0;
    while (before[i - 1 - slashes] === "\\") slashes++;
    if (slashes % 2 === 0) break;
  }
  return before.length - i;
}
