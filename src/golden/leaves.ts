/** Where a leaf stands in a JSON value. */
export type Path = readonly (string | number)[];

export interface Leaf {
  path: Path;
  value: string | number | boolean;
}

/** Every string, number and boolean of a value, in order. */
export function leavesOf(value: unknown, path: Path = []): Leaf[] {
  if (Array.isArray(value)) return value.flatMap((item, i) => leavesOf(item, [...path, i]));
  if (isObject(value))
    return Object.entries(value).flatMap(([name, member]) => leavesOf(member, [...path, name]));
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? [{ path, value }]
    : [];
}

export function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      isObject(inner) || Array.isArray(inner) ? (inner as Record<string | number, unknown>)[key] : undefined,
    value,
  );
}

/** A copy with one place changed; `undefined` takes a member away, or an item out of its list. */
export function withAt<T>(value: T, path: Path, next: unknown): T {
  const [key, ...rest] = path;
  if (key === undefined) return next as T;
  if (Array.isArray(value)) {
    const copy: unknown[] = [...(value as unknown[])];
    const item = withAt(copy[key as number], rest, next);
    if (item === undefined) copy.splice(key as number, 1);
    else copy[key as number] = item;
    return copy as T;
  }
  const copy: Record<string, unknown> = { ...(value as Record<string, unknown>) };
  const member = withAt(copy[key], rest, next);
  if (member === undefined) delete copy[key];
  else copy[key] = member;
  return copy as T;
}

/** `turns[0].parts[1].text`, as losses write it. */
export function written(path: Path): string {
  return path.map((key, i) => (typeof key === "number" ? `[${key}]` : i === 0 ? key : `.${key}`)).join("");
}

/** The way back: members and numbers of a place as a loss writes it. */
export function parsePath(place: string): Path {
  return [...place.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, name]) =>
    index === undefined ? name! : Number(index),
  );
}

/** The place without its numbers: `turns[].parts[].text`. */
export function kindOfPlace(path: Path): string {
  return written(path).replaceAll(/\[\d+\]/g, "[]");
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
