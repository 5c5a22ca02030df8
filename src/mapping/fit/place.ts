import type { Part, Turn } from "../canonical.ts";
import type { Context } from "./context.ts";

/** Where the part that is being fitted stands. One object for all of them: a rule must not keep it. */
export interface Place {
  turn: number;
  part: number;
  role: Turn["role"];
  /** The turn is the conversation's last. */
  last: boolean;
  /** Takes parts that must come in a user turn after this turn. */
  after: Part[];
  /** Inside a tool result: the number of the content part. */
  content?: number;
}

/** What becomes of a part: the same object, another, several, or nothing. */
export type PartRule<P extends Part> = (
  part: P,
  place: Place,
  context: Context,
) => Part | readonly Part[] | undefined;

/** The canonical path of the part, or of a member of it. */
export function pathOf(place: Place, member?: string): string {
  const path = `turns[${place.turn}].parts[${place.part}]`;
  const inner = place.content === undefined ? path : `${path}.content[${place.content}]`;
  return member === undefined ? inner : `${inner}.${member}`;
}
