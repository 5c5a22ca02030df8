import { describe, expect, test } from "vitest";
import type { CanonicalResponse, StreamEvent } from "../../src/mapping/canonical.ts";
import { createRestorer, restoreResponse } from "../../src/mapping/fit/restore.ts";
import type { Restore } from "../../src/mapping/fit/restore.ts";
import { call, freeze, text } from "./support.ts";

const restore: Restore = {
  names: new Map([
    ["a_b", { name: "a.b" }],
    ["crm__get", { name: "get", namespace: "crm" }],
    ["s_q_l", { name: "s.q.l" }],
  ]),
  custom: new Set(["s_q_l"]),
};
const nothing: Restore = { names: new Map(), custom: new Set() };

function response(...parts: CanonicalResponse["candidates"][number]["parts"]): CanonicalResponse {
  return freeze({ v: 1, candidates: [{ index: 0, parts, stop: { reason: "tool_calls" } }] });
}

describe("a response", () => {
  test("costs nothing where there is nothing to restore", () => {
    const answer = response(text("a"), call("1", "f"));
    expect(restoreResponse(answer, nothing)).toBe(answer);
  });

  test("gets names and namespaces back", () => {
    const answer = response(text("a"), call("1", "a_b"), call("2", "crm__get"), call("3", "other"));
    expect(restoreResponse(answer, restore).candidates[0]?.parts).toEqual([
      text("a"),
      call("1", "a.b"),
      call("2", "get", { namespace: "crm" }),
      call("3", "other"),
    ]);
  });

  test.each([
    ['{"input":"select \\"x\\""}', 'select "x"'],
    ["{}", ""],
    ["", ""],
    ['{"input":{"a":1}}', '{"a":1}'],
    ['{"sql":"x"}', '{"sql":"x"}'],
    ["select 1", "select 1"],
    ['{"input":"cut of', "cut of"],
    ['{ "input" : "a\\nb\\u00', "a\nb"],
  ])("a wrapped custom call with %s has the input %s", (argsText, input) => {
    const answer = response(call("1", "s_q_l", { argsText }));
    expect(restoreResponse(answer, restore).candidates[0]?.parts).toEqual([
      { type: "tool_call", id: "1", name: "s.q.l", kind: "custom", input },
    ]);
  });
});

const begun = (name: string): StreamEvent => ({
  type: "block.start",
  i: 0,
  block: { type: "tool_call", id: "1", name },
});
const args = (v: string): StreamEvent => ({ type: "block.delta", i: 0, kind: "args", v });

function restored(events: readonly StreamEvent[], with_ = restore): StreamEvent[] {
  const restorer = createRestorer(with_);
  return events.flatMap((event) => restorer(freeze(event)));
}

describe("a stream", () => {
  test("passes as it is where there is nothing to restore", () => {
    const events = [begun("f"), args("{}")];
    expect(restored(events, nothing).every((event, i) => event === events[i])).toBe(true);
  });

  test("shows the client's name", () => {
    const events: StreamEvent[] = [
      begun("a_b"),
      args("{}"),
      { type: "block.stop", i: 0, part: call("1", "a_b") },
    ];
    expect(restored(events)).toEqual([
      begun("a.b"),
      args("{}"),
      { type: "block.stop", i: 0, part: call("1", "a.b") },
    ]);
  });

  test("holds the arguments of a wrapped custom call back until they are whole", () => {
    const events: StreamEvent[] = [
      begun("s_q_l"),
      args('{"input":"se'),
      { type: "ping" },
      args('lect"}'),
      { type: "block.stop", i: 0 },
    ];
    expect(restored(events)).toEqual([
      { type: "block.start", i: 0, block: { type: "tool_call", id: "1", name: "s.q.l", kind: "custom" } },
      { type: "ping" },
      { type: "block.delta", i: 0, kind: "input", v: "select" },
      { type: "block.stop", i: 0 },
    ]);
  });

  test("believes the authoritative whole", () => {
    const whole = call("1", "s_q_l", { argsText: '{"input":"y"}' });
    const [, delta, stop] = restored([
      begun("s_q_l"),
      args('{"input":"x"}'),
      { type: "block.stop", i: 0, c: 1, part: whole },
    ]);
    expect(delta).toEqual({ type: "block.delta", i: 0, c: 1, kind: "input", v: "y" });
    expect(stop).toMatchObject({ part: { kind: "custom", input: "y" } });
  });
});
