/** What of a mapping folder is still what it was, so that a reload need not make it anew. */
import { isDeepStrictEqual } from "node:util";
import { documentFiles } from "./folder.ts";
import type { Folder, FolderFile } from "./folder.ts";

/** Whether a folder, with all that it borrows, is still what it was. */
export function isSame(a: Folder, b: Folder): boolean {
  return isSharedSame(a, b) && areSame(a, b, () => true);
}

/** Which files are still what they were, or still not there; none where something changed that all documents look at. */
export function unchanged(before: Folder, now: Folder): (file: string) => boolean {
  const isShared = isSharedSame(before, now);
  return (file) => isShared && isSameFile(before.files.get(file), now.files.get(file));
}

/** Files that one part of a mapping is made of; any other, a template say, may be looked at by all of them. */
const parts: ReadonlySet<string> = new Set([
  ...documentFiles,
  "answer.jsonata",
  "request.schema.json",
  "stream.decode.yaml",
  "stream.encode.yaml",
]);

function isSharedSame(a: Folder, b: Folder): boolean {
  return (
    a.dir === b.dir &&
    a.libs.length === b.libs.length &&
    a.libs.every((file, i) => isSameFile(file, b.libs[i])) &&
    isDeepStrictEqual(a.written, b.written) &&
    areSame(a, b, (name) => !parts.has(name))
  );
}

/** Whether both have the same files among those that are meant, none more and none less. */
function areSame(a: Folder, b: Folder, isMeant: (name: string) => boolean): boolean {
  const names = [...a.files.keys(), ...b.files.keys()].filter(isMeant);
  return names.every((name) => isSameFile(a.files.get(name), b.files.get(name)));
}

function isSameFile(a: FolderFile | undefined, b: FolderFile | undefined): boolean {
  return a?.path === b?.path && a?.text === b?.text;
}
