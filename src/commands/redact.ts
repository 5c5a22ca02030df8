import type { CanonicalRequest } from "../mapping/canonical.ts";

/** Blots out of a text what says who somebody is, and what opens doors. */
export type Redact = (text: string) => string;

const patterns: readonly (readonly [RegExp, string])[] = [
  [/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, "someone@example.com"],
  [/\b(?:Bearer\s+)[\w.~+/-]{8,}=*/g, "Bearer redacted"],
  [/\b(?:sk|pk|rk|key|ghp|gho|github_pat|xox[abpsr]|AIza|ya29)[-_.]?[\w-]{16,}/g, "redacted-key"],
  [/(\/(?:home|Users)\/)[\w.-]+/g, "$1someone"],
];

/**
 * Blots out the same everywhere, in requests and in answers: who asks (the user's ids, metadata, the cache's key), the
 * providers' keys, addresses, what looks like a key, and names in paths of home folders.
 */
export function createRedactor(
  { user, metadata, cache }: CanonicalRequest,
  secrets: readonly (string | undefined)[],
): Redact {
  const personal = [user?.id, user?.safetyId, cache?.key, ...Object.values(metadata ?? {})].filter(
    (value) => typeof value === "string",
  );
  const known = new Map<string, string>();
  for (const value of personal) if (value.length > 2) known.set(value, `person-${known.size + 1}`);
  for (const secret of secrets) if (secret) known.set(secret, "redacted-key");
  const longestFirst = [...known].sort(([a], [b]) => b.length - a.length);
  return function redact(text) {
    let safe = text;
    for (const [value, stand] of longestFirst)
      safe = safe.replaceAll(JSON.stringify(value).slice(1, -1), stand);
    for (const [pattern, stand] of patterns) safe = safe.replace(pattern, stand);
    return safe;
  };
}
