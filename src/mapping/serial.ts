import { grown } from "../text/grow.ts";
import type { StreamEvent } from "./canonical.ts";
import { isJson } from "./fold.ts";

/**
 * Puts overlapping blocks one after another for formats that cannot interleave (semantics §3.5): the head block is live,
 * later ones wait; when the head stops, the next one replays what it has and is live. A tool call whose arguments are
 * whole is closed early when another block waits, since nothing meaningful can follow.
 */
export interface Serializer {
  push(event: StreamEvent, out: StreamEvent[]): void;
  /** Whether `push` would only hand the event on: more text of the block that is live. */
  passes(event: StreamEvent): boolean;
}

/** Characters that may wait, over all blocks of a stream. Past it the stream ends in an error. */
const waitingLimit = 32 * 1024 * 1024;

interface Waiting {
  i: number;
  events: StreamEvent[];
}

interface State {
  head: number | undefined;
  headCall: boolean;
  headArgs: string;
  queue: Waiting[];
  /** Blocks that were closed early: what still comes for them is dropped. */
  closed: Set<number>;
  size: number;
}

export function createSerializer(): Serializer {
  const state: State = {
    head: undefined,
    headCall: false,
    headArgs: "",
    queue: [],
    closed: new Set(),
    size: 0,
  };
  return {
    push: (event, out) => push(state, event, out),
    passes: (event) => event.type === "block.delta" && event.i === state.head && event.kind !== "args",
  };
}

function push(state: State, event: StreamEvent, out: StreamEvent[]): void {
  switch (event.type) {
    case "block.start":
    case "block.delta":
    case "block.stop":
      return pushBlock(state, event, out);
    case "stop":
    case "end":
    case "error":
      flush(state, out);
  }
  out.push(event);
}

type BlockEvent = StreamEvent & { i: number };

function pushBlock(state: State, event: BlockEvent, out: StreamEvent[]): void {
  if (state.closed.has(event.i)) return;
  if (state.head === undefined) beginHead(state, event);
  if (event.i !== state.head) return wait(state, event, out);
  out.push(event);
  if (event.type === "block.delta" && event.kind === "args") {
    state.headArgs = grown(state.headArgs, event.v as string);
    if (state.queue.length > 0) closeWholeCall(state, out);
  } else if (event.type === "block.stop") nextHead(state, out);
}

function beginHead(state: State, event: BlockEvent): void {
  state.head = event.i;
  state.headCall = event.type === "block.start" && event.block.type === "tool_call";
  state.headArgs = "";
}

function wait(state: State, event: BlockEvent, out: StreamEvent[]): void {
  let waiting = state.queue.find((one) => one.i === event.i);
  if (!waiting) state.queue.push((waiting = { i: event.i, events: [] }));
  waiting.events.push(event);
  if (event.type === "block.delta" && typeof event.v === "string") state.size += event.v.length;
  if (state.size > waitingLimit) {
    state.queue = [];
    out.push({
      type: "error",
      error: {
        type: "server",
        status: 502,
        message: "the upstream's overlapping blocks are too large to put in order",
      },
    });
    return;
  }
  if (event.type === "block.start") closeWholeCall(state, out);
}

function closeWholeCall(state: State, out: StreamEvent[]): void {
  if (!state.headCall || state.head === undefined || !isJson(state.headArgs)) return;
  out.push({ type: "block.stop", i: state.head });
  state.closed.add(state.head);
  nextHead(state, out);
}

function nextHead(state: State, out: StreamEvent[]): void {
  state.head = undefined;
  const next = state.queue.shift();
  if (!next) return;
  for (const event of next.events) {
    if (event.type === "block.delta" && typeof event.v === "string") state.size -= event.v.length;
    pushBlock(state, event as BlockEvent, out);
  }
}

function flush(state: State, out: StreamEvent[]): void {
  while (state.head !== undefined) {
    out.push({ type: "block.stop", i: state.head });
    nextHead(state, out);
  }
}
