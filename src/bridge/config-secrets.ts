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

const member =
  /((?:[\w-]*api[-_]?key|keys|authorization|cookie|[\w-]*(?:token|secret|password))["']?\s*:\s*)([^#]*)/gi;

function blotMembers(line: string): string {
  return line.replace(member, (_, name: string, rest: string) => {
    const end = rest.startsWith("[") ? rest.indexOf("]") : rest.search(/[,}]/);
    const own = end === -1 ? rest : rest.slice(0, end);
    return (
      name +
      own.replace(/[^\s"',[\]]+/g, (word) => (isReference(word) ? word : blot(word))) +
      rest.slice(own.length)
    );
  });
}

function isReference(text: string): boolean {
  return text.includes("${") || text.startsWith("os.environ/");
}

/** As wide as what it hides, so that the caret stays where it belongs. */
function blot(secret: string): string {
  return "•".repeat(secret.length);
}
