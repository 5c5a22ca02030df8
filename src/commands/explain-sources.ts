import { compileFolder } from "../bridge/compile.ts";
import { findFolders, readFolders } from "../bridge/folder.ts";
import type { Folder, FolderFile } from "../bridge/folder.ts";
import { builtInMappings } from "../bridge/mappings.ts";
import { isObject, leavesOf, written } from "../golden/leaves.ts";
import type { Path } from "../golden/leaves.ts";
import type { Mapping } from "../mapping/types.ts";
import type { Source } from "./explain.ts";

/** A letter that no name has: it marks a member while its origin is sought. */
const mark = "\u{f8ff}";

/** What is drawn by a document, and by which: `request.encode` of one mapping. */
export interface Drawing {
  mapping: Mapping;
  document: string;
  /** The output that the mapping draws, when it is given instead of the loaded one. */
  draw: (mapping: Mapping) => unknown;
}

/**
 * Which line of a mapping names which member of what it draws, found by experiment: the document is compiled anew with one
 * name changed at one place, and where the changed name appears, that place has drawn it. Slow, and exact.
 */
export function sourcesOf(
  directories: readonly string[],
  { mapping, document, draw }: Drawing,
): Map<string, Source> {
  const sources = new Map<string, Source>();
  const folder = readFolders(findFolders([...directories, builtInMappings], ignore), ignore).get(
    mapping.name,
  );
  if (!folder) return sources;
  const wanted = namesIn(draw(mapping));
  for (const place of placesIn(folder, document)) {
    if (!wanted.has(place.name)) continue;
    const changed = compileWith(folder, document, place);
    for (const path of markedIn(drawn(changed, mapping, { document, draw }))) {
      sources.set(written(path), { file: place.file.path, line: lineAt(place.file.text, place.offset) });
    }
  }
  return sources;
}

function ignore(): void {}

function drawn(
  changed: Mapping,
  mapping: Mapping,
  { document, draw }: Pick<Drawing, "document" | "draw">,
): unknown {
  const [kind, direction] = document.split(".") as ["request" | "response" | "error", "decode" | "encode"];
  try {
    return draw({ ...mapping, [kind]: { ...mapping[kind], [direction]: changed[kind][direction] } });
  } catch {
    return undefined;
  }
}

interface KeyPlace {
  file: FolderFile;
  name: string;
  /** Of the name's closing quote. */
  offset: number;
}

/** Every quoted name before a colon, in the document and in the libraries that it may use. */
function placesIn({ files, libs }: Folder, document: string): KeyPlace[] {
  const own = files.get(`${document}.jsonata`);
  return [...(own ? [own] : []), ...libs].flatMap((file) =>
    [...file.text.matchAll(/"([^"\\\n]+)"\s*:/g)].map(([, name], i, all) => ({
      file,
      name: name!,
      offset: all[i]!.index + name!.length + 1,
    })),
  );
}

/** The document alone, with one name changed. */
function compileWith(folder: Folder, document: string, { file, offset }: KeyPlace): Mapping {
  const text = `${file.text.slice(0, offset)}${mark}${file.text.slice(offset)}`;
  const change = (one: FolderFile): FolderFile => (one === file ? { ...one, text } : one);
  const kept = [...folder.files].filter(
    ([name]) =>
      name === `${document}.jsonata` || !/\.(jsonata|json|yaml)$/.test(name) || name === "mapping.yaml",
  );
  return compileFolder(
    {
      ...folder,
      files: new Map(kept.map(([name, one]) => [name, change(one)])),
      libs: folder.libs.map(change),
    },
    { report: ignore },
  );
}

function namesIn(value: unknown): Set<string> {
  return new Set(leavesOf(value).flatMap(({ path }) => path.filter((key) => typeof key === "string")));
}

/** Paths of marked members, without their marks. */
function markedIn(value: unknown, path: Path = []): Path[] {
  if (Array.isArray(value)) return value.flatMap((item, i) => markedIn(item, [...path, i]));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const place = [...path, name.replaceAll(mark, "")];
    return name.includes(mark) ? [place, ...markedIn(member, place)] : markedIn(member, place);
  });
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}
