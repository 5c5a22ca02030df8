import { diagnostic } from "../diagnostics/diagnostic.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { didYouMean } from "../text/nearest.ts";
import { createPlacer } from "../text/place.ts";
import type { Folder, FolderFile } from "./folder.ts";

const isTemplate = /\.(md|txt)$/;
/** A call with a name that is written out; comments and texts are skipped, so that nothing in them is taken for one. */
const call =
  /\/\*[\s\S]*?\*\/|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\$template\(\s*(?:"([^"\\]+)"|'([^'\\]+)')/g;

/** The templates of a mapping folder, by file name. */
export function readTemplates(folder: Folder): Record<string, string> {
  const files = [...folder.files].filter(([name]) => isTemplate.test(name));
  return Object.fromEntries(files.map(([name, { text }]) => [name, text]));
}

/** Every template that an expression file names and the folder does not have: LB305. */
export function checkTemplates(folder: Folder): Diagnostic[] {
  const names = Object.keys(readTemplates(folder));
  const files = [...folder.files.values(), ...folder.libs].filter(({ path }) => path.endsWith(".jsonata"));
  return files.flatMap((file) => {
    return callsIn(file).flatMap(({ name, offset }) => {
      if (names.includes(name)) return [];
      const { path, text } = file;
      const cure = didYouMean(name, names) ?? "create it in the folder of the mapping";
      return [
        diagnostic(
          "LB305",
          `there is no template ${name}`,
          createPlacer(text, path)(offset, name.length),
          cure,
        ),
      ];
    });
  });
}

interface Call {
  name: string;
  /** Where the name stands. */
  offset: number;
}

/** A file that several folders borrow is the same to all of them. */
const calls = new WeakMap<FolderFile, readonly Call[]>();

function callsIn(file: FolderFile): readonly Call[] {
  const known = calls.get(file) ?? findCalls(file.text);
  calls.set(file, known);
  return known;
}

function findCalls(text: string): Call[] {
  // Most files have none, and looking for this word costs next to nothing.
  if (!text.includes("$template")) return [];
  return [...text.matchAll(call)].flatMap((match) => {
    const name = match[1] ?? match[2];
    return name === undefined ? [] : [{ name, offset: match.index + match[0].length - name.length - 1 }];
  });
}
