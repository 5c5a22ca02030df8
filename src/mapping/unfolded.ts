/**
 * Values that expressions make may hold one part many times, in each of which another part is held many times: little in
 * memory, and more text than the machine can hold when they are printed.
 */

/** As many objects, items and characters as no message between a client and a model has. */
const mostValues = 5_000_000;
const mostCharacters = 256 * 1024 ** 2;

interface Left {
  values: number;
  characters: number;
}

/** Whether a value's JSON text would be too long, or nested too deep, to print. Stops looking as soon as it is known. */
export function unfoldsTooFar(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  try {
    return goesTooFar(value, { values: mostValues, characters: mostCharacters });
  } catch {
    // The stack is not deep enough here, and would not be for printing.
    return true;
  }
}

/** JSON text of what a row of a table made; throws where that would be too long. */
export function printValue(value: unknown): string | undefined {
  if (unfoldsTooFar(value)) throw new RangeError("a value in a frame is too long or too deep to be printed");
  return JSON.stringify(value);
}

/** Written out flat: every document that is sent passes here. */
function goesTooFar(value: object, left: Left): boolean {
  if (Array.isArray(value)) {
    if ((left.values -= value.length) < 0) return true;
    for (let i = 0; i < value.length; i++) {
      const item: unknown = value[i];
      if (typeof item === "string") left.characters -= item.length;
      else if (typeof item === "object" && item !== null && goesTooFar(item, left)) return true;
    }
    return left.characters < 0;
  }
  if (--left.values < 0) return true;
  for (const name in value) {
    const member = (value as Record<string, unknown>)[name];
    if (typeof member === "string") left.characters -= member.length;
    else if (typeof member === "object" && member !== null && goesTooFar(member, left)) return true;
  }
  return left.characters < 0;
}
