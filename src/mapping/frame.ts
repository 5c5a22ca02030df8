import type { Variables } from "../jsonata/index.ts";
import type { Evaluate } from "./scope.ts";
import { compileAnyExpression } from "./template.ts";
import type { TemplateContext } from "./template.ts";
import { printValue } from "./unfolded.ts";
import type { Path } from "../text/yaml.ts";

/**
 * The JSON text of a filled template, printed from prepared parts: no object is made, and what is constant is printed once.
 * `marks`, by the number of an expression: what is printed as it is, in the place of the expression's value.
 */
export type PrintFrame = (
  input: unknown,
  variables: Variables,
  marks?: readonly (string | undefined)[],
) => string;

/** A template that prints, and the expressions in it in the order written. */
export interface Frame {
  readonly print: PrintFrame;
  readonly leaves: readonly { readonly source: string; readonly evaluate: Evaluate }[];
}

interface Builder {
  context: TemplateContext;
  /** Statements of the generated function, which adds to the text `s`. */
  code: string[];
  leaves: { source: string; evaluate: Evaluate }[];
  /** Constant text that has not been written yet. */
  pending: string;
  /** Numbers of the variables that say whether a comma is due. */
  commas: number;
}

/**
 * Compiles a template of maps and lists to a function that prints it as JSON. Members and items whose expression gives
 * nothing are left out, as `compileTemplate` leaves them out; test/mapping/frame.test.ts holds the two together.
 */
export function compileFrame(
  node: Record<string, unknown>,
  at: (name: string) => Path,
  context: TemplateContext,
): Frame {
  const builder: Builder = { context, code: [], leaves: [], pending: "", commas: 0 };
  appendMap(builder, node, (name) => at(name));
  flush(builder);
  let print: PrintFrame | undefined;
  return {
    print: (input, variables, marks) => (print ??= load(builder))(input, variables, marks),
    leaves: builder.leaves,
  };
}

let loaded = 0;

/**
 * The function is made when it is first called: most frames of most formats never are. Under a name of its own, for the
 * reason that `load` in jsonata/codegen/unit.ts has.
 */
function load(builder: Builder): PrintFrame {
  const body = [
    `"use strict";`,
    ...builder.leaves.flatMap((_, i) => [`const e${i} = leaves[${i}].evaluate;`, `let v${i}, t${i};`]),
    "return (input, variables, marks) => {",
    `let s = "", v;`,
    ...builder.code,
    "return s;",
    "};",
    `//# sourceURL=frame-${loaded++}`,
  ].join("\n");
  // What a mapping wrote reaches the code in literals that JSON.stringify printed, and nowhere else.
  return new Function("leaves", "print", body)(builder.leaves, printValue) as PrintFrame;
}

function append(builder: Builder, node: unknown, path: Path): void {
  if (Array.isArray(node)) return appendList(builder, node, path);
  if (node !== null && typeof node === "object")
    return appendMap(builder, node as Record<string, unknown>, (name) => [...path, name]);
  builder.pending += JSON.stringify(node) ?? "null";
}

function appendMap(builder: Builder, node: Record<string, unknown>, at: (name: string) => Path): void {
  const items = Object.entries(node).map(([name, value]) => ({
    label: `${JSON.stringify(name)}:`,
    value,
    path: at(name),
  }));
  appendItems(builder, "{", items, "}");
}

function appendList(builder: Builder, node: readonly unknown[], path: Path): void {
  appendItems(
    builder,
    "[",
    node.map((value, i) => ({ label: "", value, path: [...path, i] })),
    "]",
  );
}

interface Item {
  label: string;
  value: unknown;
  path: Path;
}

/** Whether a comma is due before the next item: known where an item before it is always there, else counted at run time. */
function appendItems(builder: Builder, open: string, items: readonly Item[], close: string): void {
  builder.pending += open;
  let due: "no" | "yes" | string = "no";
  for (const { label, value, path } of items) {
    if (!isLeaf(value)) {
      if (due === "yes") builder.pending += ",";
      else if (due !== "no") emit(builder, `if (${due}) s += ",";`);
      builder.pending += label;
      append(builder, value, path);
      due = "yes";
      continue;
    }
    if (due === "no") {
      due = `c${builder.commas++}`;
      emit(builder, `let ${due} = false;`);
    }
    appendLeaf(builder, value, path, label, due);
  }
  builder.pending += close;
}

/** The last value of a leaf and its text are kept: ids and names are the same in every frame of a stream. */
function appendLeaf(builder: Builder, source: string, path: Path, label: string, due: string): void {
  const i = builder.leaves.length;
  builder.leaves.push({
    source: source.slice(1),
    evaluate: compileAnyExpression(source, path, builder.context),
  });
  const comma =
    due === "yes"
      ? JSON.stringify(`,${label}`)
      : `(${due} ? ${JSON.stringify(`,${label}`)} : ${JSON.stringify(label)})`;
  const note = due === "yes" ? "" : `${due} = true;`;
  emit(
    builder,
    `if (marks !== undefined && marks[${i}] !== undefined) { s += ${comma} + marks[${i}]; ${note} }
else {
v = e${i}(input, variables);
if (v !== v${i} || typeof v === "object") { t${i} = print(v); v${i} = v; }
if (t${i} !== undefined && v !== undefined) { s += ${comma} + t${i}; ${note} }
}`,
  );
}

function isLeaf(value: unknown): value is string {
  return typeof value === "string" && value.startsWith("=");
}

function emit(builder: Builder, statement: string): void {
  flush(builder);
  builder.code.push(statement);
}

function flush(builder: Builder): void {
  if (builder.pending !== "") builder.code.push(`s += ${JSON.stringify(builder.pending)};`);
  builder.pending = "";
}
