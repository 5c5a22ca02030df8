import { expect, test } from "vitest";
import type { StreamEvent } from "../../src/mapping/canonical.ts";
import { createSerializer } from "../../src/mapping/serial.ts";

function order(events: StreamEvent[]): StreamEvent[] {
  const serializer = createSerializer();
  const out: StreamEvent[] = [];
  for (const event of events) serializer.push(event, out);
  return out;
}

const open = (i: number): StreamEvent => ({
  type: "block.start",
  i,
  block: { type: "tool_call", id: `c${i}`, name: "f" },
});
const args = (i: number, v: string): StreamEvent => ({ type: "block.delta", i, kind: "args", v });
const close = (i: number): StreamEvent => ({ type: "block.stop", i });
const shown = (events: StreamEvent[]): string[] =>
  events.map((one) =>
    "i" in one
      ? `${one.type.slice(6)} ${one.i}${one.type === "block.delta" ? ` ${String(one.v)}` : ""}`
      : one.type,
  );

test("interleaved calls come out one after another, whole (trap 49)", () => {
  const events = order([
    open(0),
    args(0, '{"a"'),
    open(1),
    args(1, '{"b"'),
    args(0, ":1}"),
    args(1, ":2}"),
    close(0),
    close(1),
  ]);
  expect(shown(events)).toEqual([
    "start 0",
    'delta 0 {"a"',
    "delta 0 :1}",
    "stop 0",
    "start 1",
    'delta 1 {"b"',
    "delta 1 :2}",
    "stop 1",
  ]);
});

test("a call whose arguments are whole is closed as soon as another begins, so that the other is live", () => {
  const events = order([open(0), args(0, "{}"), open(1)]);
  expect(shown(events)).toEqual(["start 0", "delta 0 {}", "stop 0", "start 1"]);
});

test("what comes late for a call that was closed early is dropped", () => {
  const events = order([open(0), args(0, "{}"), open(1), close(0), args(1, "{}"), close(1)]);
  expect(shown(events)).toEqual(["start 0", "delta 0 {}", "stop 0", "start 1", "delta 1 {}", "stop 1"]);
});

test("an end flushes what waits", () => {
  const events = order([
    open(0),
    args(0, "{"),
    open(1),
    args(1, "{}"),
    { type: "stop", stop: { reason: "stop" } },
  ]);
  expect(shown(events)).toEqual([
    "start 0",
    "delta 0 {",
    "stop 0",
    "start 1",
    "delta 1 {}",
    "stop 1",
    "stop",
  ]);
});
