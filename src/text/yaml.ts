import { isAlias, isCollection, isMap, isPair, isScalar, isSeq, parseDocument, visit } from "yaml";
import type { Document, Node, Pair, Scalar, YAMLError, YAMLMap } from "yaml";
import { diagnostic } from "../diagnostics/diagnostic.ts";
import type { Diagnostic, Place } from "../diagnostics/diagnostic.ts";
import { didYouMean } from "./nearest.ts";
import { createPlacer } from "./place.ts";
import { scalarOffsets } from "./yaml-scalar.ts";

export type Path = readonly (string | number)[];

/** A parsed file whose every value still knows where it stands. */
export interface Source {
  /** The plain value; absent where the syntax is too broken to have one. */
  value?: unknown;
  diagnostics: Diagnostic[];
  /** Where a value stands, or its key. A path that is not in the file gives the nearest place above it. */
  place(path: Path, what?: "key" | "value"): Place;
  /** Where `offset` of a string VALUE stands, through quotes, escapes, folding and indentation. */
  placeIn(path: Path, offset: number, length: number): Place;
}

/**
 * Parses YAML 1.2 (core schema, merge keys). Syntax errors and duplicate keys are LB103; nothing is thrown. Places are
 * asked for where something is wrong, mostly never: the tree that knows them is let go, and made again if need be.
 */
export function parseYaml(text: string, file: string): Source {
  const parse = (): Document.Parsed => parseDocument(text, { merge: true, prettyErrors: false });
  const document = parse();
  const placeAt = createPlacer(text, file);
  const diagnostics = [
    ...withoutEchoes(document.errors).map((error) => syntaxError(error, text, placeAt)),
    ...document.warnings.map((warning) => ({
      ...syntaxError(warning, text, placeAt),
      severity: "warning" as const,
    })),
  ];
  const source = { ...valueOf(document, text, diagnostics, placeAt), diagnostics };
  return { ...source, ...placesOf(text, placeAt, weakly(document, parse)) };
}

function placesOf(text: string, placeAt: PlaceAt, tree: () => Document): Pick<Source, "place" | "placeIn"> {
  const place: Source["place"] = (path, what = "value") => placeAt(...spanOf(tree(), path, what));
  return {
    place,
    placeIn(path, offset, length) {
      const { node } = find(tree(), path);
      const offsets = isScalar(node) ? scalarOffsets(text, node) : undefined;
      const start = offsets?.[offset];
      if (offsets === undefined || start === undefined) return place(path);
      const end = offsets[offset + length] ?? start + length;
      return placeAt(start, Math.max(1, end - start));
    },
  };
}

function weakly<T extends object>(value: T, make: () => T): () => T {
  let held = new WeakRef(value);
  return () => {
    const known = held.deref() ?? make();
    held = new WeakRef(known);
    return known;
  };
}

type PlaceAt = (offset: number, length?: number) => Place;

/** Where an alias may stand: a star before a name, at the start of a token. */
const alias = /(?:^|[\s[{,])\*[^\s,[\]{}]/m;

function valueOf(
  document: Document,
  text: string,
  diagnostics: Diagnostic[],
  placeAt: PlaceAt,
): { value?: unknown } {
  // A duplicate key leaves a usable value behind, so that the rest of the file is still checked.
  if (document.errors.some((error) => error.code !== "DUPLICATE_KEY")) return {};
  if (alias.test(text)) removeLostAliases(document, diagnostics, placeAt);
  try {
    return { value: document.toJS() };
  } catch (error) {
    // Aliases that multiply without end.
    diagnostics.push(diagnostic("LB103", decapitalise((error as Error).message), placeAt(0)));
    return {};
  }
}

/** They are reported, and what they stood for is then absent. */
function removeLostAliases(document: Document, diagnostics: Diagnostic[], placeAt: PlaceAt): void {
  const anchors = new Set<string>();
  function isLost(node: unknown): boolean {
    // Resolving an alias takes a visit of the whole document, and an anchor that was met is hardly ever missing.
    if (!isAlias(node) || anchors.has(node.source) || node.resolve(document)) return false;
    const cure = didYouMean(node.source, anchors) ?? "there is no anchor above it";
    const message = `the alias *${node.source} has no anchor &${node.source} before it`;
    diagnostics.push(diagnostic("LB103", message, placeAt(...rangeOf(node)), cure));
    return true;
  }
  visit(document, {
    Value: (_, node) => void (node.anchor && anchors.add(node.anchor)),
    Pair: (_, { value }) => (isLost(value) ? visit.REMOVE : undefined),
    Alias: (_, node) => (isLost(node) ? visit.REMOVE : undefined),
  });
}

const cures: Partial<Record<YAMLError["code"], string>> = {
  TAB_AS_INDENT: "indent with spaces",
  BAD_SCALAR_START: "put the value in quotes",
  BLOCK_AS_IMPLICIT_KEY: 'a value that holds ": " needs quotes, and a nested map a line of its own',
  BAD_INDENT: "line it up with its neighbours",
  MULTIPLE_DOCS: "keep one document in a file: remove the ---",
  MULTILINE_IMPLICIT_KEY: "is a colon missing after a key, or a closing quote?",
  BAD_DQ_ESCAPE: "write \\\\ for a backslash, or use single quotes",
};

function syntaxError(error: YAMLError, text: string, placeAt: PlaceAt): Diagnostic {
  const [start, end] = error.pos;
  const message = decapitalise(error.message).replace(/(['"])quote$/, "$1 quote");
  if (error.code === "DUPLICATE_KEY") {
    const key = /^[^:\n]*/.exec(text.slice(start))![0].trim();
    return diagnostic(
      "LB103",
      `the key ${key} stands twice`,
      placeAt(start, key.length),
      "remove one of them",
    );
  }
  return diagnostic("LB103", message, placeAt(start, end - start), cures[error.code]);
}

/** After the first slip the parser stumbles on over what it no longer understands; only duplicate keys stand alone. */
function withoutEchoes(errors: readonly YAMLError[]): YAMLError[] {
  const slip = errors.find((error) => error.code !== "DUPLICATE_KEY");
  return errors.filter((error) => error === slip || error.code === "DUPLICATE_KEY");
}

function decapitalise(message: string): string {
  return /^[A-Z][a-z]/.test(message) ? message[0]!.toLowerCase() + message.slice(1) : message;
}

interface Found {
  key?: Node;
  node?: Node;
  /** How many segments of the path were found. */
  depth: number;
}

function find(document: Document, path: Path): Found {
  let found: Found = { node: document.contents ?? undefined, depth: 0 };
  for (const segment of path) {
    const next = child(resolve(found.node, document), segment, document);
    if (!next) break;
    found = { ...next, depth: found.depth + 1 };
  }
  return { ...found, node: resolve(found.node, document) };
}

function resolve(node: unknown, document: Document): Node | undefined {
  if (isAlias(node)) return node.resolve(document);
  return (node ?? undefined) as Node | undefined;
}

function child(
  node: Node | undefined,
  segment: string | number,
  document: Document,
): Omit<Found, "depth"> | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(segment)];
    return item === undefined ? undefined : { node: (isPair(item) ? item.value : item) as Node };
  }
  if (!isMap(node)) return undefined;
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
    for (const from of isSeq(source) ? source.items : [source]) {
      const found = child(resolve(from, document), segment, document);
      if (found) return found;
    }
  }
  return undefined;
}

function keyName(pair: Pair): string {
  const key = isScalar(pair.key) ? pair.key.value : pair.key;
  // The merge key is a symbol, so that no key of a map can be taken for it.
  return typeof key === "symbol" ? key.description! : String(key ?? "");
}

function spanOf(document: Document, path: Path, what: "key" | "value"): [number, number] {
  const { key, node, depth } = find(document, path);
  const wantsKey = what === "key" || depth < path.length || !node?.range || isBlockCollection(node);
  if (key && (wantsKey || isEmpty(node))) return rangeOf(key);
  return node?.range ? rangeOf(firstOf(node)) : [0, 1];
}

/** A block collection is pointed at by its first key or item: it has no bracket of its own. */
function firstOf(node: Node): Node {
  if (!isCollection(node) || node.flow) return node;
  const first = node.items[0];
  const inner = (isPair(first) ? first.key : first) as Node | undefined;
  return inner?.range ? firstOf(inner) : node;
}

function isBlockCollection(node: Node): boolean {
  return isCollection(node) && !node.flow;
}

function isEmpty(node: Node | undefined): boolean {
  return isScalar(node) && (node as Scalar).range?.[0] === (node as Scalar).range?.[1];
}

function rangeOf(node: Node): [number, number] {
  const [start, end] = node.range!;
  return [start, end - start];
}
