/** What all parts of one mapping are compiled with. */
import { hostFunctions } from "../mapping/host/functions.ts";
import type { Memory } from "../jsonata/index.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Scope, SourceText } from "../mapping/scope.ts";
import type { Mapping } from "../mapping/types.ts";
import { createPlacer } from "../text/place.ts";
import type { Folder } from "./folder.ts";
import { joinPreludes } from "./prelude.ts";
import { readTemplates } from "./templates.ts";
import { unchanged } from "./unchanged.ts";

/** What a mapping's compiler may be told. */
export interface CompileOptions {
  report: (found: Diagnostic) => void;
  /** A wire event that no row of a stream table knows, once a stream. */
  onUnknown?: (mapping: string, event: string) => void;
  /** What was found out about texts before. */
  memory?: Memory;
  /** What was compiled before, if nothing was wrong with it: documents that did not change stay, as warm as they are. */
  before?: { folder: Folder; mapping: Mapping } | undefined;
}

/** One mapping while it is compiled. */
export interface Build {
  folder: Folder;
  scope: Scope;
  /** Keys of wire values under which nulls stay. */
  opaque: ReadonlySet<string>;
  protocol: string;
  onUnknown: (mapping: string, event: string) => void;
  before: Mapping | undefined;
  /** Whether what a file stands for may stay as it was before. */
  isKept: (file: string) => boolean;
}

/** What `folder` says to all of its parts; nothing of them is compiled yet. */
export function openBuild(folder: Folder, options: CompileOptions): Build {
  const { written } = folder;
  const { before } = options;
  const protocol = text(written["protocol"]) ?? folder.name;
  return {
    folder,
    protocol,
    opaque: new Set(list(written["opaque"])),
    onUnknown: options.onUnknown ?? (() => undefined),
    before: before?.mapping,
    isKept: before ? unchanged(before.folder, folder) : () => false,
    scope: {
      functions: hostFunctions({
        templates: readTemplates(folder),
        lookups: tables(written["lookup"]),
        dialects: tables(written["dialects"]),
      }),
      prelude: joinPreludes(folder.libs),
      report: options.report,
      compiled: new Map(),
      ...(options.memory && { memory: options.memory }),
    },
  };
}

/** The files of the documents of one kind. */
export function documents(kind: string): string[] {
  return [`${kind}.decode.jsonata`, `${kind}.encode.jsonata`];
}

/** A part of a mapping as it was where its files are what they were; else as `make` makes it now. */
export function keep<Part extends keyof Mapping>(
  { before, isKept }: Build,
  files: readonly string[],
  part: Part,
  make: () => Mapping[Part],
): Mapping[Part] {
  return before && files.every(isKept) ? before[part] : make();
}

/** The text of a file of the folder; nothing where it is not there. */
export function sourceOf(folder: Folder, name: string): SourceText | undefined {
  const file = folder.files.get(name);
  return file && { source: file.text, place: createPlacer(file.text, file.path) };
}

function tables(written: unknown): Record<string, Record<string, unknown>> {
  return (written ?? {}) as Record<string, Record<string, unknown>>;
}

/** A value of mapping.yaml where it is a text. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function list(value: unknown): string[] {
  return Array.isArray(value) ? (value as string[]) : [];
}
