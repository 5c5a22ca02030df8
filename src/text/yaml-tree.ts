/** A parsed YAML document: finding what stands at a path, and where. */
import { createRequire } from "node:module";
import type { Document, Node, Pair, Scalar, YAMLMap } from "yaml";

export type Path = readonly (string | number)[];

const require = createRequire(import.meta.url);
let loaded: typeof import("yaml") | undefined;

/** The parser, loaded when the first text is parsed: where all values are remembered, none is. */
export function yaml(): typeof import("yaml") {
  return (loaded ??= require("yaml") as typeof import("yaml"));
}

export interface Found {
  key?: Node;
  node?: Node;
  /** How many segments of the path were found. */
  depth: number;
}

/** The node at a path, or the nearest above it. */
export function find(document: Document, path: Path): Found {
  let found: Found = { node: document.contents ?? undefined, depth: 0 };
  for (const segment of path) {
    const next = child(resolve(found.node, document), segment, document);
    if (!next) break;
    found = { ...next, depth: found.depth + 1 };
  }
  return { ...found, node: resolve(found.node, document) };
}

function resolve(node: unknown, document: Document): Node | undefined {
  if (yaml().isAlias(node)) return node.resolve(document);
  return (node ?? undefined) as Node | undefined;
}

function child(
  node: Node | undefined,
  segment: string | number,
  document: Document,
): Omit<Found, "depth"> | undefined {
  if (yaml().isSeq(node)) {
    const item = node.items[Number(segment)];
    return item === undefined ? undefined : { node: (yaml().isPair(item) ? item.value : item) as Node };
  }
  if (!yaml().isMap(node)) return undefined;
  // The last one counts, as it does for the value of a map with a duplicate key.
  const pair = node.items.findLast((item) => keyName(item) === String(segment));
  return pair ? { key: pair.key as Node, node: pair.value as Node } : merged(node, segment, document);
}

function merged(
  map: YAMLMap,
  segment: string | number,
  document: Document,
): Omit<Found, "depth"> | undefined {
  for (const pair of map.items.filter((item) => keyName(item) === "<<")) {
    const source = resolve(pair.value, document);
    for (const from of yaml().isSeq(source) ? source.items : [source]) {
      const found = child(resolve(from, document), segment, document);
      if (found) return found;
    }
  }
  return undefined;
}

function keyName(pair: Pair): string {
  const key = yaml().isScalar(pair.key) ? pair.key.value : pair.key;
  // The merge key is a symbol, so that no key of a map can be taken for it.
  return typeof key === "symbol" ? key.description! : String(key ?? "");
}

/** Offset and length of a value, or of its key. */
export function spanOf(document: Document, path: Path, what: "key" | "value"): [number, number] {
  const { key, node, depth } = find(document, path);
  const wantsKey = what === "key" || depth < path.length || !node?.range || isBlockCollection(node);
  if (key && (wantsKey || isEmpty(node))) return rangeOf(key);
  return node?.range ? rangeOf(firstOf(node)) : [0, 1];
}

/** A block collection is pointed at by its first key or item: it has no bracket of its own. */
function firstOf(node: Node): Node {
  if (!yaml().isCollection(node) || node.flow) return node;
  const first = node.items[0];
  const inner = (yaml().isPair(first) ? first.key : first) as Node | undefined;
  return inner?.range ? firstOf(inner) : node;
}

function isBlockCollection(node: Node): boolean {
  return yaml().isCollection(node) && !node.flow;
}

function isEmpty(node: Node | undefined): boolean {
  return yaml().isScalar(node) && (node as Scalar).range?.[0] === (node as Scalar).range?.[1];
}

export function rangeOf(node: Node): [number, number] {
  const [start, end] = node.range!;
  return [start, end - start];
}
