import type { Variables } from "../jsonata/index.ts";
import type { Path } from "../text/yaml.ts";
import { fuseTemplate } from "./fuse.ts";
import { compileExpression, readsIn } from "./scope.ts";
import type { Evaluate, Scope, SourceText } from "./scope.ts";

/** A YAML value whose strings that begin with `=` are expressions, ready to be filled. */
export type Template = (input: unknown, variables: Variables) => unknown;

/** How a table finds its expressions' places, and what is bound when they run. */
export interface TemplateContext {
  scope: Scope;
  variables: readonly string[];
  text: (path: Path, source: string, skipped: number) => SourceText;
  /** Names of bindings and functions that the templates refer to are added here. */
  uses: Set<string>;
}

/**
 * Compiles a template. Members and items whose expression gives nothing disappear; everything else is literal.
 * Mistakes are reported; what they concern then gives nothing.
 */
export function compileTemplate(node: unknown, path: Path, context: TemplateContext): Template {
  const fused = isStatic(node) ? undefined : fuseTemplate(node, path, context);
  const whole =
    fused && compileExpression({ ...context.scope, report: () => undefined }, fused, context.variables);
  if (!whole) return compilePieces(node, path, context);
  for (const name of whole.uses) context.uses.add(name);
  let pieces: Template | undefined;
  // A constructor groups the items of a list that it is given; a template is filled once.
  return function fill(input, variables) {
    return Array.isArray(input)
      ? (pieces ??= compilePieces(node, path, context))(input, variables)
      : whole(input, variables);
  };
}

/** A template without expressions is the same value every time. */
function isStatic(node: unknown): boolean {
  if (typeof node === "string") return !node.startsWith("=");
  return node === null || typeof node !== "object" || Object.values(node).every(isStatic);
}

/** The template piece by piece: every expression is compiled by itself, so its mistakes are told at its own place. */
function compilePieces(node: unknown, path: Path, context: TemplateContext): Template {
  if (typeof node === "string") return node.startsWith("=") ? compileLeaf(node, path, context) : () => node;
  if (Array.isArray(node)) return compileList(node, path, context);
  if (node !== null && typeof node === "object")
    return compileMap(node as Record<string, unknown>, path, context);
  return () => node;
}

/** An expression that may be written with or without its `=` (`when`, `each`, `key`, `set`). */
export function compileAnyExpression(source: unknown, path: Path, context: TemplateContext): Evaluate {
  if (typeof source !== "string") return Object.assign(() => source, { uses: new Set<string>() });
  return source.startsWith("=")
    ? compileSource(source.slice(1), path, 1, context)
    : compileSource(source, path, 0, context);
}

function compileLeaf(node: string, path: Path, context: TemplateContext): Template {
  return compileSource(node.slice(1), path, 1, context);
}

function compileSource(source: string, path: Path, skipped: number, context: TemplateContext): Evaluate {
  const { scope } = context;
  const compiled = compileExpression(scope, context.text(path, source, skipped), context.variables);
  // Streams want to know (refrain/).
  if (compiled) scope.memory?.later?.(() => void readsIn(scope, source));
  for (const name of compiled?.uses ?? []) context.uses.add(name);
  return compiled ?? Object.assign(() => undefined, { uses: new Set<string>() });
}

function compileList(items: readonly unknown[], path: Path, context: TemplateContext): Template {
  const templates = items.map((item, index) => compilePieces(item, [...path, index], context));
  return function list(input, variables) {
    const filled: unknown[] = [];
    for (const template of templates) {
      const value = template(input, variables);
      if (value !== undefined) filled.push(value);
    }
    return filled;
  };
}

function compileMap(node: Record<string, unknown>, path: Path, context: TemplateContext): Template {
  const members = Object.entries(node).map(([name, value]) => ({
    name,
    template: compilePieces(value, [...path, name], context),
  }));
  return function map(input, variables) {
    const filled: Record<string, unknown> = {};
    for (const { name, template } of members) {
      const value = template(input, variables);
      if (value !== undefined) filled[name] = value;
    }
    return filled;
  };
}
