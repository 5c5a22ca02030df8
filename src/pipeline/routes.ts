import type { IncomingHttpHeaders } from "node:http";
import type { Mapping, Route } from "../mapping/types.ts";

/** What a client called, as far as routing needs it. */
export interface Called {
  method: string;
  path: string;
  query: Readonly<Record<string, string>>;
  headers: IncomingHttpHeaders;
}

export interface Served {
  mapping: Mapping;
  route: Route;
  /** What stood for `{name}` in the path. */
  params: Record<string, string>;
}

export type RouteResult =
  | { found: Served }
  /** `closest`: whose error format the caller most likely reads. `allow`: the methods that the path does have. */
  | { found?: undefined; closest?: Served; allow?: readonly string[] };

/** The paths that clients may call, over all mappings of a bridge. */
export interface RouteTable {
  find(called: Called): RouteResult;
}

interface Entry {
  mapping: Mapping;
  route: Route;
  /** Absent for a path without parameters: those are found by name. */
  pattern?: RegExp;
  names: readonly string[];
  conditions: number;
}

/**
 * Compiles the table. Of several entries for one path the one with the most conditions that hold wins; a path without
 * parameters goes before one with.
 */
export function compileRoutes(mappings: Iterable<Mapping>): RouteTable {
  const entries = [...mappings].flatMap((mapping) =>
    mapping.serves.map((route) => compileEntry(mapping, route)),
  );
  entries.sort((a, b) => b.conditions - a.conditions || b.route.path.length - a.route.path.length);
  const exact = new Map<string, Entry[]>();
  for (const entry of entries) {
    if (entry.pattern) continue;
    const known = exact.get(entry.route.path);
    if (known) known.push(entry);
    else exact.set(entry.route.path, [entry]);
  }
  const patterns = entries.filter((entry) => entry.pattern);
  return { find: (called) => find(called, exact, patterns) ?? miss(called, entries) };
}

function compileEntry(mapping: Mapping, route: Route): Entry {
  const conditions = Object.keys(route.query ?? {}).length + Object.keys(route.headers ?? {}).length;
  if (!route.path.includes("{")) return { mapping, route, names: [], conditions };
  const names: string[] = [];
  // A parameter may hold slashes: model names do, and clients differ in whether they encode them.
  const source = route.path.split(/(\{\w+\})/).map((piece) => {
    if (!/^\{\w+\}$/.test(piece)) return piece.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
    names.push(piece.slice(1, -1));
    return "(.+)";
  });
  return { mapping, route, names, conditions, pattern: new RegExp(`^${source.join("")}$`) };
}

function find(
  called: Called,
  exact: ReadonlyMap<string, readonly Entry[]>,
  patterns: readonly Entry[],
): RouteResult | undefined {
  const entry = exact.get(called.path)?.find((one) => applies(one.route, called));
  if (entry) return { found: { mapping: entry.mapping, route: entry.route, params: {} } };
  for (const one of patterns) {
    const params = match(one, called.path);
    if (params && applies(one.route, called))
      return { found: { mapping: one.mapping, route: one.route, params } };
  }
  return undefined;
}

function match(entry: Entry, path: string): Record<string, string> | undefined {
  const groups = entry.pattern?.exec(path);
  if (!groups) return undefined;
  return Object.fromEntries(entry.names.map((name, i) => [name, decodePath(groups[i + 1]!)]));
}

/** A path segment without its percent-encoding; as it stands if that is malformed. */
function decodePath(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function applies(route: Route, called: Called): boolean {
  return (
    (route.method === called.method || (route.method === "GET" && called.method === "HEAD")) &&
    conditionsHold(route, called)
  );
}

function conditionsHold(route: Route, { query, headers }: Called): boolean {
  return holds(route.query, query) && holds(route.headers, headers);
}

function holds(
  wanted: Readonly<Record<string, string>> | undefined,
  given: Readonly<Record<string, unknown>>,
): boolean {
  for (const name in wanted) {
    const value = given[name];
    if (value === undefined || (wanted[name] !== "*" && wanted[name] !== value)) return false;
  }
  return true;
}

/** Nothing serves this: says which methods the path has, and whose error format to answer in. */
function miss(called: Called, entries: readonly Entry[]): RouteResult {
  const samePath = entries.filter(
    (one) => isPathOf(one, called.path) && !isOtherVerb(one, called.path, entries),
  );
  const methods = new Set(samePath.map((one) => one.route.method));
  // Where the method is right, it was a condition that did not hold.
  const allow = methods.has(called.method) ? [] : [...methods];
  const closest = samePath[0] ?? closestEntry(called, entries);
  return {
    ...(closest && { closest: { mapping: closest.mapping, route: closest.route, params: {} } }),
    ...(allow.length > 0 && { allow }),
  };
}

function isPathOf({ pattern, route }: Entry, path: string): boolean {
  return pattern ? pattern.test(path) : route.path === path;
}

/** Where some routes put a verb behind a name and a colon, another verb is another path, and no part of the name. */
function isOtherVerb({ route }: Entry, path: string, entries: readonly Entry[]): boolean {
  const isVerb = path.includes(":", path.lastIndexOf("/"));
  return isVerb && entries.some((other) => other.route.path.startsWith(`${route.path}:`));
}

/**
 * The entry that shares the longest beginning with the path; of equal ones, one whose own conditions the caller meets.
 * Nothing where several formats are equally close.
 */
function closestEntry(called: Called, entries: readonly Entry[]): Entry | undefined {
  let best: Entry | undefined;
  let most = 1;
  for (const one of entries) {
    const mine = one.conditions === 0 ? 0 : conditionsHold(one.route, called) ? 0.5 : -0.5;
    const score = sharedSegments(called.path, one.route.path) + mine;
    if (score > most) best = one;
    else if (score === most && best?.mapping !== one.mapping) best = undefined;
    most = Math.max(most, score);
  }
  return best;
}

function sharedSegments(a: string, b: string): number {
  const left = a.split("/");
  const right = b.split(/[/:]/);
  let count = 0;
  while (count < left.length && left[count] === right[count]) count++;
  return count;
}
