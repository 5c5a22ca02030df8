import { diagnostic } from "../diagnostics/diagnostic.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Path, Source } from "../text/yaml.ts";
import { isCredential } from "./config-secrets.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Expanded {
  value: unknown;
  diagnostics: Diagnostic[];
  /** Paths whose text came from the environment, whole or in part: it is never shown. */
  read: ReadonlySet<string>;
  /** Paths that are left out because a variable is not set. */
  unset: ReadonlySet<string>;
}

const reference = /\$\$\{|\$\{([A-Za-z_]\w*)(?::-([^}]*))?\}|\$\{/g;
const wholeReference = /^os\.environ\/([A-Za-z_]\w*)$/;

/**
 * Reads the environment into every text of a parsed file: `${VAR}`, `${VAR:-default}` (also where VAR is empty), and a
 * text that is `os.environ/VAR`. `$${` stands for `${`. A variable that is not set and has no default is LB503, placed
 * at its name; the value is then left out. For credentials it is a warning: what needs them just cannot be used yet.
 */
export function expandEnvironment(source: Source, env: Environment): Expanded {
  const diagnostics: Diagnostic[] = [];
  const read = new Set<string>();
  const unset = new Set<string>();

  function walk(value: unknown, path: Path): unknown {
    if (typeof value === "string") return text(value, path);
    // An item that is not set stays as an empty one, so that the places of the others stay right.
    if (Array.isArray(value)) return value.map((item, i) => walk(item, [...path, i]) ?? "");
    if (typeof value !== "object" || value === null) return value;
    const members = Object.entries(value).map(([key, member]): [string, unknown] => [
      key,
      walk(member, [...path, key]),
    ]);
    return Object.fromEntries(members.filter(([, member]) => member !== undefined));
  }
  function text(written: string, path: Path): unknown {
    const [, whole] = wholeReference.exec(written) ?? [];
    if (whole === undefined && !written.includes("${")) return written;
    const missing = { found: false };
    const note = (offset: number, length: number, name?: string): string => {
      missing.found = true;
      diagnostics.push(missingVariable(source, path, { offset, length, name }));
      return "";
    };
    read.add(keyOf(path));
    const expanded =
      whole === undefined
        ? written.replace(
            reference,
            (match, name: string | undefined, other: string | undefined, offset: number) => {
              if (match === "$${") return "${";
              if (name === undefined) return note(offset, 2);
              return (
                (other === undefined ? env[name] : env[name] || other) ?? note(offset, match.length, name)
              );
            },
          )
        : (env[whole] ?? note(0, written.length, whole));
    if (!missing.found) return typed(expanded, path);
    unset.add(keyOf(path));
    return undefined;
  }
  return { value: walk(source.value, []), diagnostics, read, unset };
}

/** A path as a key of `read` and `unset`. */
export function keyOf(path: Path): string {
  return path.map((segment) => String(segment).replaceAll("~", "~0").replaceAll("/", "~1")).join("/");
}

interface Missing {
  offset: number;
  length: number;
  name?: string;
}

function missingVariable(source: Source, path: Path, { offset, length, name }: Missing): Diagnostic {
  const place = source.placeIn(path, offset, length);
  if (name === undefined) {
    return diagnostic(
      "LB503",
      "this is no reference to a variable",
      place,
      'write "${NAME}" or "${NAME:-default}"; $${ is a literal ${',
    );
  }
  const [section, provider] = path;
  const before = section === "providers" ? ` before you use ${String(provider)}` : "";
  const cure = isCredential(path)
    ? `set it${before}, here or in .env beside this file`
    : `set it, here or in .env beside this file, or give a default: \${${name}:-…}`;
  const severity = isCredential(path) ? "warning" : "error";
  return diagnostic("LB503", `environment variable ${name} is not set`, place, cure, severity);
}

/** The environment holds only texts; where a number belongs, one that looks like a number is one. */
function typed(text: string, path: Path): string | number {
  const last = path.at(-1);
  const isNumber = (last === "port" || last === "context_length") && /^\d+$/.test(text);
  return isNumber ? Number(text) : text;
}
