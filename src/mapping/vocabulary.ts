import type { DeltaKind, Part, StreamEvent } from "./canonical.ts";

type PartType = Part["type"];

/** The kinds of delta that a block of each type can get; semantics §3.3. */
export const deltaKinds: Readonly<Record<Exclude<PartType, "tool_result">, readonly DeltaKind[]>> = {
  text: ["text", "annotation", "logprobs", "opaque", "meta"],
  refusal: ["text", "meta"],
  reasoning: ["text", "summary", "opaque", "meta"],
  tool_call: ["args", "input", "opaque", "meta"],
  media: ["data", "transcript", "opaque", "meta"],
  server_call: ["args", "meta"],
  server_result: ["meta"],
  compaction: ["text", "opaque", "meta"],
  raw: ["meta"],
};

const blockTypes = Object.keys(deltaKinds) as (keyof typeof deltaKinds)[];

/** Every name that an encode table must decide on. */
export const eventNames: readonly string[] = [
  "start",
  ...blockTypes.map((type) => `block.start/${type}`),
  ...blockTypes.flatMap((type) => deltaKinds[type].map((kind) => `block.delta/${type}/${kind}`)),
  ...blockTypes.map((type) => `block.stop/${type}`),
  "usage",
  "stop",
  "end",
  "error",
  "ping",
  "raw",
];

/** The members of each fact, and which of them must be there: `check` reads it, and so do people. */
export const factMembers: Readonly<
  Record<string, { required: readonly string[]; optional: readonly string[] }>
> = {
  start: { required: [], optional: ["id", "model", "created", "usage", "meta", "strict"] },
  block: { required: ["key", "part"], optional: ["c"] },
  delta: { required: ["key", "kind", "v"], optional: ["c", "s", "part"] },
  close: { required: ["key"], optional: ["c", "part"] },
  usage: { required: ["usage"], optional: [] },
  stop: { required: ["stop"], optional: ["c"] },
  end: { required: [], optional: ["meta"] },
  error: { required: ["error"], optional: [] },
  ping: { required: [], optional: [] },
  raw: { required: [], optional: ["name", "data"] },
};

/** `<event>/<block type>/<kind>`: the row of an encode table that an event belongs to. */
export function eventName(event: StreamEvent, type: PartType | undefined): string {
  if (event.type === "block.delta") return `block.delta/${type}/${event.kind}`;
  return event.type === "block.start" || event.type === "block.stop" ? `${event.type}/${type}` : event.type;
}

/** What stands for each event name, found again without putting the name together. */
export function eventIndex<T>(
  found: (name: string) => T,
): (event: StreamEvent, type: PartType | undefined) => T {
  const plain = new Map<string, Map<string | undefined, Map<string | undefined, T>>>();
  return function lookUp(event, type) {
    const kind = event.type === "block.delta" ? event.kind : undefined;
    const owner = "i" in event ? type : undefined;
    let byType = plain.get(event.type);
    if (!byType) plain.set(event.type, (byType = new Map()));
    let byKind = byType.get(owner);
    if (!byKind) byType.set(owner, (byKind = new Map()));
    let value = byKind.get(kind);
    if (value === undefined) byKind.set(kind, (value = found(eventName(event, type))));
    return value;
  };
}

/** Whether a name written in a table covers an event name: `*` stands for one segment, a shorter name for all below it. */
export function covers(pattern: string, name: string): boolean {
  if (pattern[0] !== "*" && pattern[0] !== name[0]) return false;
  const wanted = pattern.split("/");
  const given = name.split("/");
  return (
    wanted.length <= given.length && wanted.every((segment, i) => segment === "*" || segment === given[i])
  );
}

/** How much of a pattern is literal: the most literal one that covers a name decides. */
export function literalness(pattern: string): number {
  return pattern.split("/").reduce((sum, segment) => sum + (segment === "*" ? 1 : 10), 0);
}
