import { hash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Document, YAMLError } from "yaml";
import { diagnostic } from "../diagnostics/diagnostic.ts";
import type { Diagnostic, Place } from "../diagnostics/diagnostic.ts";
import { isWide, narrow } from "./narrow.ts";
import { didYouMean } from "./nearest.ts";
import { createPlacer } from "./place.ts";
import { scalarOffsets } from "./yaml-scalar.ts";
import { find, rangeOf, spanOf, yaml } from "./yaml-tree.ts";
import type { Path } from "./yaml-tree.ts";

export type { Path } from "./yaml-tree.ts";

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

/** Remembers plain values by keys that hold all they depend on. */
export interface ValueMemory {
  recall(key: string): unknown;
  note(key: string, value: unknown): void;
}

/**
 * Parses YAML 1.2 (core schema, merge keys). Syntax errors and duplicate keys are LB103; nothing is thrown. Places are
 * asked for where something is wrong, mostly never: the tree that knows them is let go, and made again if need be.
 * `memory` may know the value of a text that nothing is wrong with.
 */
export function parseYaml(text: string, file: string, memory?: ValueMemory): Source {
  const placeAt = createPlacer(text, file);
  const key = memory && `yaml ${hash("sha256", text, "base64url")}`;
  const known = memory?.recall(key!) as { value: unknown } | undefined;
  const parse = (): Document.Parsed => yaml().parseDocument(text, { merge: true, prettyErrors: false });
  if (known) return { ...known, diagnostics: [], ...placesOf(text, placeAt, weakly(parse)) };
  const document = parse();
  const source = readDocument(document, text, placeAt);
  const { value, diagnostics } = source;
  if (diagnostics.length === 0 && isJson(value)) memory?.note(key!, { value });
  return { ...source, ...placesOf(text, placeAt, weakly<Document>(parse, document)) };
}

/** Whether JSON carries a value as it is. */
function isJson(value: unknown): boolean {
  try {
    return isDeepStrictEqual(JSON.parse(JSON.stringify(value)), value);
  } catch {
    return false;
  }
}

function readDocument(
  document: Document.Parsed,
  text: string,
  placeAt: PlaceAt,
): Pick<Source, "value" | "diagnostics"> {
  const diagnostics = [
    ...withoutEchoes(document.errors).map((error) => syntaxError(error, text, placeAt)),
    ...document.warnings.map((warning) => ({
      ...syntaxError(warning, text, placeAt),
      severity: "warning" as const,
    })),
  ];
  return { ...valueOf(document, text, diagnostics, placeAt), diagnostics };
}

function placesOf(text: string, placeAt: PlaceAt, tree: () => Document): Pick<Source, "place" | "placeIn"> {
  const place: Source["place"] = (path, what = "value") => placeAt(...spanOf(tree(), path, what));
  return {
    place,
    placeIn(path, offset, length) {
      const { node } = find(tree(), path);
      const offsets = yaml().isScalar(node) ? scalarOffsets(text, node) : undefined;
      const start = offsets?.[offset];
      if (offsets === undefined || start === undefined) return place(path);
      const end = offsets[offset + length] ?? start + length;
      return placeAt(start, Math.max(1, end - start));
    },
  };
}

/** Made when it is first asked for, and again when memory was wanted for something else meanwhile. */
function weakly<T extends object>(make: () => T, first?: T): () => T {
  let held = first && new WeakRef(first);
  return () => {
    const known = held?.deref() ?? make();
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
  if (isWide(text)) narrowScalars(document);
  try {
    return { value: document.toJS() };
  } catch (error) {
    // Aliases that multiply without end.
    diagnostics.push(diagnostic("LB103", decapitalise((error as Error).message), placeAt(0)));
    return {};
  }
}

/** A wide name would make all JSON wide that is printed with it as a key, and twice as dear (test/text/narrow.test.ts). */
function narrowScalars(document: Document): void {
  yaml().visit(document, {
    Scalar(_, scalar) {
      if (typeof scalar.value === "string") scalar.value = narrow(scalar.value);
    },
  });
}

/** They are reported, and what they stood for is then absent. */
function removeLostAliases(document: Document, diagnostics: Diagnostic[], placeAt: PlaceAt): void {
  const anchors = new Set<string>();
  function isLost(node: unknown): boolean {
    // Resolving an alias takes a visit of the whole document, and an anchor that was met is hardly ever missing.
    if (!yaml().isAlias(node) || anchors.has(node.source) || node.resolve(document)) return false;
    const cure = didYouMean(node.source, anchors) ?? "there is no anchor above it";
    const message = `the alias *${node.source} has no anchor &${node.source} before it`;
    diagnostics.push(diagnostic("LB103", message, placeAt(...rangeOf(node)), cure));
    return true;
  }
  const { visit } = yaml();
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
