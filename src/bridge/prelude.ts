import { createPlacer } from "../text/place.ts";
import type { SourceText } from "../mapping/scope.ts";
import type { FolderFile } from "./folder.ts";

/** The text before the parenthesis that opens a block: white space and comments. */
const opening = /^(?:\s|\/\*[\s\S]*?\*\/)*\(/;
const closing = /\)(?:\s|\/\*[\s\S]*?\*\/)*$/;

/**
 * One block of assignments of several `lib.jsonata` files, the borrowed ones first, so that a folder's own function wins
 * over a borrowed one of the same name. A place in the block is a place in the file that it came from.
 */
export function joinPreludes(libs: readonly FolderFile[]): SourceText | undefined {
  if (libs.length === 0) return undefined;
  const pieces: { from: number; skipped: number; placer: ReturnType<typeof createPlacer> }[] = [];
  let source = "(";
  for (const lib of libs) {
    const skipped = opening.exec(lib.text)?.[0].length ?? 0;
    const end = closing.exec(lib.text)?.index ?? lib.text.length;
    if (pieces.length > 0) source += ";\n";
    pieces.push({ from: source.length, skipped, placer: createPlacer(lib.text, lib.path) });
    source += lib.text.slice(skipped, end).replace(/;\s*$/, "");
  }
  return {
    source: `${source})`,
    place: (offset, length) => {
      const piece = pieces.findLast((one) => one.from <= offset) ?? pieces[0]!;
      return piece.placer(Math.max(0, offset - piece.from) + piece.skipped, length);
    },
  };
}
