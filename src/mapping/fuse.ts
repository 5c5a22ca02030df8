import type { SourceText } from "./scope.ts";
import type { TemplateContext } from "./template.ts";
import type { Path } from "../text/yaml.ts";

/**
 * A whole template as one JSONata expression, so that filling it is one call of generated code: an object constructor
 * with the leaves in their places. A place in it is a place in the leaf that stands there. Nothing where a template
 * means something else than a constructor would: a list whose item is an expression does not flatten.
 */
export function fuseTemplate(node: unknown, path: Path, context: TemplateContext): SourceText | undefined {
  const fused: Fused = { source: "", leaves: [] };
  if (node === null || typeof node !== "object" || Array.isArray(node)) return undefined;
  if (!append(node, path, context, fused)) return undefined;
  return {
    source: fused.source,
    place: (offset, length) => {
      const leaf = fused.leaves.findLast((one) => one.from <= offset) ?? fused.leaves[0];
      return leaf
        ? leaf.text.place(Math.max(0, offset - leaf.from), length)
        : context.text(path, "", 0).place(0, 1);
    },
  };
}

interface Fused {
  source: string;
  leaves: { from: number; text: SourceText }[];
}

function append(node: unknown, path: Path, context: TemplateContext, fused: Fused): boolean {
  if (typeof node === "string" && node.startsWith("=")) {
    fused.source += "(";
    fused.leaves.push({ from: fused.source.length, text: context.text(path, node.slice(1), 1) });
    fused.source += `${node.slice(1)}\n)`;
    return true;
  }
  if (Array.isArray(node)) return appendList(node, path, context, fused);
  if (node !== null && typeof node === "object")
    return appendMap(node as Record<string, unknown>, path, context, fused);
  fused.source += JSON.stringify(node) ?? "null";
  return true;
}

function appendList(items: readonly unknown[], path: Path, context: TemplateContext, fused: Fused): boolean {
  fused.source += "[";
  for (const [i, item] of items.entries()) {
    if (typeof item === "string" && item.startsWith("=")) return false;
    if (i > 0) fused.source += ", ";
    if (!append(item, [...path, i], context, fused)) return false;
  }
  fused.source += "]";
  return true;
}

function appendMap(
  members: Record<string, unknown>,
  path: Path,
  context: TemplateContext,
  fused: Fused,
): boolean {
  fused.source += "{";
  for (const [i, [name, value]] of Object.entries(members).entries()) {
    fused.source += `${i > 0 ? ", " : ""}${JSON.stringify(name)}: `;
    if (!append(value, [...path, name], context, fused)) return false;
  }
  fused.source += "}";
  return true;
}
