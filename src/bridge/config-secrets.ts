import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Path } from "../text/yaml.ts";

/** Whether a value at this path lets somebody in. */
export function isCredential(path: Path): boolean {
  const [section, , member] = path;
  return (section === "providers" && member === "api_key") || (section === "auth" && path[1] === "keys");
}

/** Headers whose values are nobody's business, and credentials. */
export function isSecret(path: Path): boolean {
  const header =
    path.at(-2) === "headers" && /auth|key|token|secret|cookie|password/i.test(String(path.at(-1)));
  return header || isCredential(path);
}

/**
 * Blots out, in the source lines that diagnostics show, every secret that was written into the file itself, and whatever looks
 * like one: it may stand in the wrong place. `value` is the file's; absent where the syntax is broken.
 */
export function hideSecrets(diagnostics: readonly Diagnostic[], value: unknown): Diagnostic[] {
  const secrets = secretsOf(value, []).toSorted((a, b) => b.length - a.length);
  const hide = (line: string): string =>
    blotMembers(secrets.reduce((text, one) => text.replaceAll(one, blot), line));
  return diagnostics.map((one) => {
    if (one.place?.text === undefined) return one;
    return { ...one, place: { ...one.place, text: hide(one.place.text) } };
  });
}

function secretsOf(value: unknown, path: Path): string[] {
  if (typeof value === "string" || typeof value === "number") {
    const text = String(value);
    return isSecret(path) && text.length > 3 && !isReference(text) ? [text] : [];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => secretsOf(member, [...path, key]));
}

/** A member whose name speaks of a secret, and its value as far as the line shows it. */
const member =
  /((?:[\w-]*api[-_]?key|keys|authorization|cookie|[\w-]*(?:token|secret|password))["']?\s*:\s*)(\[[^\]#]*|[^#,}]*)/gi;
/** References and the names of members are no secrets; whatever else stands there may be one. */
const word = /\$\{[^}]*\}?|\{\s*[\w-]+:|[^\s"',[\]{}]+/g;

function blotMembers(line: string): string {
  return line.replace(
    member,
    (_, name: string, value: string) =>
      name + value.replace(word, (one) => (isReference(one) || one.startsWith("{") ? one : blot(one))),
  );
}

function isReference(text: string): boolean {
  return text.includes("${") || text.startsWith("os.environ/");
}

/** As wide as what it hides, so that the caret stays where it belongs. */
function blot(secret: string): string {
  return "•".repeat(secret.length);
}
