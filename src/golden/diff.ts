/** One place where two values differ; `undefined` where one of them has nothing. */
export interface Change {
  path: string;
  expected: unknown;
  actual: unknown;
}

/** Every place where two JSON values differ. Order of members does not count; order of items does. */
export function differences(expected: unknown, actual: unknown, path = ""): Change[] {
  if (Object.is(expected, actual)) return [];
  if (Array.isArray(expected) && Array.isArray(actual)) {
    const length = Math.max(expected.length, actual.length);
    return Array.from({ length }, (_, i) => differences(expected[i], actual[i], join(path, i))).flat();
  }
  if (isObject(expected) && isObject(actual)) {
    const names = new Set([...Object.keys(expected), ...Object.keys(actual)]);
    return [...names].flatMap((name) => differences(expected[name], actual[name], join(path, name)));
  }
  return [{ path, expected, actual }];
}

/** Whether a dotted path stands at or below a pattern; `*` in it stands for any one segment. */
export function isUnder(pattern: string, path: string): boolean {
  const wanted = pattern.split(".");
  const given = path.split(".");
  return (
    wanted.length <= given.length && wanted.every((segment, i) => segment === "*" || segment === given[i])
  );
}

/** A few changes as lines for a person. */
export function describeChanges(changes: readonly Change[], most = 8): string {
  const shown = changes
    .slice(0, most)
    .map((one) => `${one.path || "(whole)"}: expected ${show(one.expected)}, got ${show(one.actual)}`);
  if (changes.length > most) shown.push(`… and ${changes.length - most} more`);
  return shown.join("\n");
}

function show(value: unknown): string {
  const text = value === undefined ? "nothing" : (JSON.stringify(value) ?? String(value));
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

function join(path: string, name: string | number): string {
  return path === "" ? String(name) : `${path}.${name}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
