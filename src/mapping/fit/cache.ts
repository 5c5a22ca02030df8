import type { CacheMark, CanonicalRequest, Part } from "../canonical.ts";
import { seconds } from "../host/time.ts";
import { change, filled, lose, mapSame, refuse } from "./context.ts";
import type { Context, Pass } from "./context.ts";

/** Prompt caches: marks, keys, and prefixes that a server holds. */
export const fitCache: Pass = (request, context) => fitMarks(fitSettings(request, context), context);

type Cache = NonNullable<CanonicalRequest["cache"]>;

function fitSettings(request: CanonicalRequest, context: Context): CanonicalRequest {
  const { cache } = request;
  if (!cache) return request;
  const { can } = context;
  if (cache.ref !== undefined && !can.cache.ref) {
    refuse("cache.ref", "cache.ref", "another server holds the cached prefix; send its content");
  }
  const changes: Partial<Cache> = {};
  if (cache.key !== undefined && !can.cache.key) {
    changes.key = undefined;
    lose(context, { code: "cache.key", at: "cache.key", action: "drop" });
  }
  if (cache.auto !== undefined && !can.cache.marks) {
    changes.auto = undefined;
    if (cache.auto) lose(context, { code: "cache.marks", at: "cache.auto", action: "drop" });
  }
  if (cache.ttl !== undefined) changes.ttl = fitTtl(cache.ttl, "cache.ttl", context);
  return filled(changes) ? change(request, { cache: filled(change(cache, changes)) }) : request;
}

/** The longest time that the target knows and that is no longer than the one asked for, else its shortest. */
function fitTtl(ttl: string, at: string, context: Context): string | undefined {
  const known = context.can.cache.ttls ?? [];
  if (known.includes(ttl)) return ttl;
  const sorted = known.toSorted((a, b) => (seconds(a) ?? 0) - (seconds(b) ?? 0));
  const fitted = sorted.findLast((one) => (seconds(one) ?? 0) <= (seconds(ttl) ?? 0)) ?? sorted[0];
  const action = fitted === undefined ? "drop" : "approximate";
  lose(context, {
    code: "cache.ttl",
    at,
    action,
    note: `${ttl}${fitted === undefined ? "" : ` as ${fitted}`}`,
  });
  return fitted;
}

type MarkRule = (mark: CacheMark, at: string) => CacheMark | undefined;

function fitMarks(request: CanonicalRequest, context: Context): CanonicalRequest {
  if (!hasMarks(request)) return request;
  const places: string[] = [];
  mapMarks(request, (mark, at) => {
    places.push(at);
    return mark;
  });
  if (places.length === 0) return request;
  const kept = choose(places, context.can.cache.marks);
  const action = kept.size > 0 ? "clamp" : "drop";
  for (const at of places) if (!kept.has(at)) lose(context, { code: "cache.marks", at, action });
  return mapMarks(request, (mark, at) => {
    if (!kept.has(at)) return undefined;
    return mark.ttl === undefined ? mark : change(mark, { ttl: fitTtl(mark.ttl, at, context) });
  });
}

function hasMarks({ tools, system, turns }: CanonicalRequest): boolean {
  if (tools?.some(isMarked) || system.some(isMarked)) return true;
  for (const { parts } of turns) if (holdsMark(parts)) return true;
  return false;
}

function isMarked({ cache }: { cache?: CacheMark }): boolean {
  return cache !== undefined;
}

function holdsMark(parts: readonly Part[]): boolean {
  for (const part of parts) {
    if ("cache" in part && part.cache !== undefined) return true;
    const inner =
      part.type === "tool_result" ? part.content : part.type === "media" ? part.src.parts : undefined;
    if (inner && holdsMark(inner)) return true;
  }
  return false;
}

/**
 * Which marks are worth keeping: the ends of the tools and of the instructions, which every conversation shares, then
 * the latest ones, where the next turn goes on.
 */
function choose(places: readonly string[], few: Context["can"]["cache"]["marks"]): Set<string> {
  if (few === true) return new Set(places);
  const max = few ? few.max : 0;
  if (places.length <= max) return new Set(places);
  const ends = ["tools", "system"].map((start) => places.findLast((at) => at.startsWith(start)));
  const ranked = [...ends.filter((at) => at !== undefined), ...places.toReversed()];
  return new Set([...new Set(ranked)].slice(0, max));
}

/** Rewrites every cache mark, in the order of the prompt: tools, instructions, turns. */
function mapMarks(request: CanonicalRequest, rule: MarkRule): CanonicalRequest {
  const tools =
    request.tools && mapSame(request.tools, (tool, i) => withMark(tool, `tools[${i}].cache`, rule));
  const system = mapSame(request.system, (part, i) => withMark(part, `system[${i}].cache`, rule));
  const turns = mapSame(request.turns, (turn, i) => {
    const parts = mapSame(turn.parts, (part, j) => markPart(part, () => `turns[${i}].parts[${j}]`, rule));
    return parts === turn.parts ? turn : { ...turn, parts };
  });
  return change(request, { ...(tools && { tools }), system, turns });
}

function markPart(part: Part, at: () => string, rule: MarkRule): Part {
  const marked = "cache" in part ? withMark(part, `${at()}.cache`, rule) : part;
  if (marked.type === "tool_result" && marked.content) {
    const content = mapSame(marked.content, (inner, k) =>
      markPart(inner, () => `${at()}.content[${k}]`, rule),
    );
    return content === marked.content ? marked : { ...marked, content };
  }
  if (marked.type !== "media" || !marked.src.parts) return marked;
  const parts = mapSame(marked.src.parts, (inner, k) =>
    markPart(inner, () => `${at()}.src.parts[${k}]`, rule),
  );
  return parts === marked.src.parts ? marked : { ...marked, src: { ...marked.src, parts } };
}

function withMark<T extends { cache?: CacheMark }>(marked: T, at: string, rule: MarkRule): T {
  return marked.cache === undefined
    ? marked
    : (change<{ cache?: CacheMark }>(marked, { cache: rule(marked.cache, at) }) as T);
}
