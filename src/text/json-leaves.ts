/** A text or a number in a JSON text, and where it stands. */
export interface Leaf {
  /** The names that lead to it, joined by line feeds; the numbers of list items are left out. */
  readonly path: string;
  readonly kind: "text" | "number";
  /** Of a text, what stands between the quotes. */
  readonly start: number;
  readonly end: number;
}

const deepest = 64;

const quote = 34;
const comma = 44;
const colon = 58;
const backslash = 92;
const openList = 91;
const closeList = 93;
const openObject = 123;
const closeObject = 125;

/**
 * The texts and numbers of a JSON text that `JSON.parse` takes, in the order written. Nothing where an object has two
 * members of one name, since only the last of them counts, or where more than 64 lists and objects stand in one another.
 */
export function jsonLeaves(text: string): Leaf[] | undefined {
  const scan = new Scan(text);
  return scan.value("", 0) ? scan.leaves : undefined;
}

class Scan {
  readonly leaves: Leaf[] = [];
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(path: string, depth: number): boolean {
    switch (this.#skipSpace()) {
      case openObject:
        return depth < deepest && this.#members(path, depth + 1);
      case openList:
        return depth < deepest && this.#items(path, depth + 1);
      case quote: {
        const start = this.#at + 1;
        this.leaves.push({ path, kind: "text", start, end: this.#skipText() });
        return true;
      }
      default:
        this.#word(path);
        return true;
    }
  }

  #members(path: string, depth: number): boolean {
    const names: string[] = [];
    for (this.#at++; this.#goesOn(closeObject);) {
      const start = this.#at + 1;
      const name = nameOf(this.#text.slice(start, this.#skipText()));
      if (names.includes(name)) return false;
      names.push(name);
      if (this.#skipSpace() === colon) this.#at++;
      if (!this.value(path === "" ? name : `${path}\n${name}`, depth)) return false;
    }
    return true;
  }

  #items(path: string, depth: number): boolean {
    for (this.#at++; this.#goesOn(closeList);) if (!this.value(path, depth)) return false;
    return true;
  }

  /** Steps over a comma, and to what follows; past the closing bracket there is nothing. */
  #goesOn(close: number): boolean {
    let unit = this.#skipSpace();
    if (unit === comma) {
      this.#at++;
      unit = this.#skipSpace();
    }
    if (unit !== close) return true;
    this.#at++;
    return false;
  }

  /** Steps over a text; gives where its closing quote stands. */
  #skipText(): number {
    for (this.#at++; ; this.#at++) {
      const unit = this.#text.charCodeAt(this.#at);
      if (unit === quote) return this.#at++;
      if (unit === backslash) this.#at++;
    }
  }

  #word(path: string): void {
    const start = this.#at;
    while (isOfWord(this.#text.charCodeAt(this.#at))) this.#at++;
    const first = this.#text.charCodeAt(start);
    if (first === 45 || (first >= 48 && first <= 57))
      this.leaves.push({ path, kind: "number", start, end: this.#at });
  }

  /** The unit that stands behind white space. */
  #skipSpace(): number {
    for (;;) {
      const unit = this.#text.charCodeAt(this.#at);
      if (unit !== 32 && unit !== 9 && unit !== 10 && unit !== 13) return unit;
      this.#at++;
    }
  }
}

function nameOf(written: string): string {
  return written.includes("\\") ? (JSON.parse(`"${written}"`) as string) : written;
}

/** Letters, digits, signs and the point: what numbers, `true`, `false` and `null` are made of. */
function isOfWord(unit: number): boolean {
  return (
    (unit >= 48 && unit <= 57) ||
    (unit >= 97 && unit <= 122) ||
    unit === 43 ||
    unit === 45 ||
    unit === 46 ||
    unit === 69
  );
}
