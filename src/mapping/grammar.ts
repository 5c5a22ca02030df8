import type { CanonicalError, Fact, Part, Stop, StreamEvent } from "./canonical.ts";
import { stableId } from "./id.ts";
import { tellDelta, tellEnd } from "./block.ts";
import type { Block } from "./block.ts";
import { settleReason } from "./settle.ts";
import { splitPart } from "./unfold.ts";

/**
 * Facts in any order → well-formed canonical events. The bookkeeping that every format needs, once: the first start
 * only, blocks numbered, opened by whoever names them first, closed when their candidate stops; stops told after all
 * else; an end of input without a proper end is an error, never a healthy stop.
 */
export interface Grammar {
  push(fact: Fact, out: StreamEvent[]): void;
  /** The input has ended. */
  finish(out: StreamEvent[]): void;
  isDone(): boolean;
}

export interface GrammarOptions {
  /** The end of input is a proper end once every candidate has stopped. */
  endOnStop?: boolean;
  protocol?: string;
}

interface State {
  started: boolean;
  done: boolean;
  id: string | undefined;
  next: number;
  open: Map<number, Map<string | number, Block>>;
  /** Candidates that called a tool; and the type of each candidate's last block. */
  calls: Set<number>;
  last: Map<number, Part["type"]>;
  stops: Map<number, Stop>;
  options: GrammarOptions;
}

export function createGrammar(options: GrammarOptions = {}): Grammar {
  const state: State = {
    started: false,
    done: false,
    id: undefined,
    next: 0,
    open: new Map(),
    calls: new Set(),
    last: new Map(),
    stops: new Map(),
    options,
  };
  return {
    push: (fact, out) => {
      if (!state.done) tell(state, fact, out);
    },
    finish: (out) => {
      if (!state.done) finish(state, options.endOnStop === true, out);
    },
    isDone: () => state.done,
  };
}

function tell(state: State, fact: Fact, out: StreamEvent[]): void {
  switch (fact.type) {
    case "start":
      return start(state, fact, out);
    case "error":
      state.done = true;
      out.push({ type: "error", error: fact.error });
      return;
    case "ping":
      out.push({ type: "ping" });
      return;
    case "raw":
      out.push({ ...fact, ...(state.options.protocol && { protocol: state.options.protocol }) });
      return;
  }
  if (!state.started) start(state, { type: "start" }, out);
  switch (fact.type) {
    case "block":
      return block(state, fact, out);
    case "delta":
      return delta(state, fact, out);
    case "close":
      return close(state, fact.c ?? 0, fact.key, fact.part, out);
    case "usage":
      out.push({ type: "usage", usage: fact.usage });
      return;
    case "stop":
      return stop(state, fact.c ?? 0, fact.stop, out);
    case "end":
      return finish(state, true, out, fact.meta);
  }
}

function start(state: State, fact: Fact & { type: "start" }, out: StreamEvent[]): void {
  if (state.started) {
    if (fact.strict && fact.id !== state.id && state.next > 0)
      fail(state, "the upstream restarted its answer in mid-stream", out);
    return;
  }
  state.started = true;
  state.id = fact.id;
  const { strict: _strict, ...event } = fact;
  out.push(event);
}

function openBlocks(state: State, c: number): Map<string | number, Block> {
  let blocks = state.open.get(c);
  if (!blocks) state.open.set(c, (blocks = new Map()));
  return blocks;
}

function block(state: State, fact: Fact & { type: "block" }, out: StreamEvent[]): void {
  const c = fact.c ?? 0;
  const blocks = openBlocks(state, c);
  const known = blocks.get(fact.key);
  if (known) return complete(state, known, fact.part, out);
  const made = open(state, c, fact.part, out);
  blocks.set(fact.key, made);
}

function open(state: State, c: number, part: Part, out: StreamEvent[]): Block {
  const made: Block = {
    i: -1,
    c,
    type: part.type,
    told: [],
    custom: part.type === "tool_call" && part.kind === "custom",
  };
  if (part.type === "tool_call" && !part.name) made.held = { part, deltas: [] };
  else announce(state, made, part, out);
  return made;
}

/** Tells that a block begins; content that came with its part becomes its first deltas. */
function announce(state: State, made: Block, part: Part, out: StreamEvent[]): void {
  made.i = state.next++;
  state.last.set(made.c, part.type);
  const { head, deltas } = splitPart(part);
  if (head.type === "tool_call") {
    state.calls.add(made.c);
    head.id ??= stableId("call_", state.id ?? "", made.i);
  }
  out.push({ type: "block.start", i: made.i, ...(made.c && { c: made.c }), block: head });
  for (const one of deltas) tellDelta(made, one, out);
}

/** A later fact may complete what an open tool call still lacks. */
function complete(state: State, known: Block, part: Part, out: StreamEvent[]): void {
  if (!known.held || part.type !== "tool_call") return;
  const { part: before, deltas } = known.held;
  const merged = { ...before, ...part } as Part;
  if (!part.name) {
    known.held.part = merged;
    return;
  }
  delete known.held;
  announce(state, known, merged, out);
  for (const one of deltas) addDelta(known, one as Fact & { type: "delta" }, out);
}

const typeOfKind: Partial<Record<string, Part["type"]>> = {
  summary: "reasoning",
  args: "tool_call",
  input: "tool_call",
  data: "media",
};

function delta(state: State, fact: Fact & { type: "delta" }, out: StreamEvent[]): void {
  const c = fact.c ?? 0;
  const blocks = openBlocks(state, c);
  let known = blocks.get(fact.key);
  if (!known) {
    if (fact.v === "" || fact.v === undefined || fact.v === null) {
      if (!fact.part) return;
    }
    known = open(state, c, fact.part ?? ({ type: typeOfKind[fact.kind] ?? "text" } as Part), out);
    blocks.set(fact.key, known);
  } else if (fact.part) complete(state, known, fact.part, out);
  addDelta(known, fact, out);
}

function addDelta(known: Block, fact: Fact & { type: "delta" }, out: StreamEvent[]): void {
  if (fact.v === "" || fact.v === undefined || fact.v === null) return;
  if (known.held) {
    known.held.deltas.push(fact);
    return;
  }
  tellDelta(known, fact, out);
}

function close(
  state: State,
  c: number,
  key: string | number,
  part: Part | undefined,
  out: StreamEvent[],
): void {
  const blocks = openBlocks(state, c);
  const known = blocks.get(key);
  if (!known) return;
  blocks.delete(key);
  stopBlock(state, known, part, out);
}

function stopBlock(state: State, known: Block, part: Part | undefined, out: StreamEvent[]): void {
  if (known.held) {
    const { part: before, deltas } = known.held;
    delete known.held;
    announce(state, known, { ...before, name: "", ...part } as Part, out);
    for (const one of deltas) addDelta(known, one as Fact & { type: "delta" }, out);
  }
  tellEnd(known, part, out);
  if (known.type === "tool_call" && !known.custom && known.told.length === 0)
    tellDelta(known, { kind: "args", v: "{}" }, out);
  out.push({ type: "block.stop", i: known.i, ...(known.c && { c: known.c }), ...(part && { part }) });
}

function stop(state: State, c: number, told: Stop, out: StreamEvent[]): void {
  for (const [key, known] of openBlocks(state, c)) {
    openBlocks(state, c).delete(key);
    stopBlock(state, known, undefined, out);
  }
  if (state.stops.has(c)) return;
  state.stops.set(c, { ...told, reason: settleReason(told.reason, state.calls.has(c), state.last.get(c)) });
}

function finish(
  state: State,
  proper: boolean,
  out: StreamEvent[],
  meta?: (Fact & { type: "end" })["meta"],
): void {
  const stopped = state.stops.size > 0 && [...state.open.keys()].every((c) => state.stops.has(c));
  if (!proper || !stopped) return fail(state, "the upstream closed the stream before its end", out);
  for (const blocks of state.open.values()) {
    for (const known of blocks.values()) stopBlock(state, known, undefined, out);
    blocks.clear();
  }
  for (const [c, one] of [...state.stops].sort(([a], [b]) => a - b))
    out.push({ type: "stop", ...(c && { c }), stop: one });
  state.done = true;
  out.push({ type: "end", ...(meta && { meta }) });
}

function fail(state: State, message: string, out: StreamEvent[]): void {
  state.done = true;
  const error: CanonicalError = { type: "upstream_truncated", status: 502, message };
  out.push({ type: "error", error });
}
