import { describe, expect, test } from "vitest";
import type { Fact, StreamEvent } from "../../src/mapping/canonical.ts";
import { fold } from "../../src/mapping/fold.ts";
import { createGrammar } from "../../src/mapping/grammar.ts";
import type { GrammarOptions } from "../../src/mapping/grammar.ts";

function tell(facts: Fact[], options?: GrammarOptions): StreamEvent[] {
  const grammar = createGrammar(options);
  const out: StreamEvent[] = [];
  for (const fact of facts) grammar.push(fact, out);
  grammar.finish(out);
  return out;
}

const start: Fact = { type: "start", id: "m1", model: "m" };
const stop: Fact = { type: "stop", stop: { reason: "stop", raw: "stop" } };
const end: Fact = { type: "end" };
const names = (events: StreamEvent[]): string[] => events.map((one) => one.type);

describe("a character that is cut in two", () => {
  const text = (v: string, s?: number): Fact =>
    s === undefined
      ? { type: "delta", key: "t", kind: "text", v }
      : { type: "delta", key: "r", kind: "summary", v, s, part: { type: "reasoning" } };
  const told = (...facts: Fact[]): unknown[] =>
    tell([start, ...facts, stop, end]).flatMap((one) => (one.type === "block.delta" ? [one.v] : []));

  test("is told with its second half", () => {
    expect(told(text("a\ud83d"), text("\ude00b"))).toEqual(["a", "😀b"]);
    expect(told(text("\ud83d"), text("\ude00\ud83d"), text("\ude00"))).toEqual(["😀", "😀"]);
  });

  test("waits for its own text alone", () => {
    expect(told(text("\ud83d", 0), text("x", 1), text("\ude00", 0))).toEqual(["x", "😀"]);
  });

  test("is none where the second half never comes", () => {
    expect(told(text("a\ud83d"))).toEqual(["a", "\ufffd"]);
    expect(told(text("a\ud83d"), text("b\ude00c"))).toEqual(["a", "\ufffdb\ufffdc"]);
    expect(told(text("a\ud83d"), { type: "close", key: "t" }, text("b"))).toEqual(["a", "\ufffd", "b"]);
  });

  test("is told once where the whole brings the rest", () => {
    const part = { type: "text", text: "a😀b" } as const;
    expect(told(text("a\ud83d"), { type: "close", key: "t", part })).toEqual(["a", "😀b"]);
  });
});

describe("blocks", () => {
  test("a delta opens the block that it names, and the stop closes it", () => {
    const events = tell([start, { type: "delta", key: "t", kind: "text", v: "Hi" }, stop, end]);
    expect(names(events)).toEqual(["start", "block.start", "block.delta", "block.stop", "stop", "end"]);
  });

  test("empty deltas open nothing", () => {
    const events = tell([start, { type: "delta", key: "t", kind: "text", v: "" }, stop, end]);
    expect(names(events)).toEqual(["start", "stop", "end"]);
  });

  test("a key that was closed names a new block", () => {
    const text = (v: string): Fact => ({ type: "delta", key: "t", kind: "text", v });
    const events = tell([start, text("a"), { type: "close", key: "t" }, text("b"), stop, end]);
    expect(fold(events).candidates[0]?.parts.map((part) => "text" in part && part.text)).toEqual(["a", "b"]);
  });

  test("content that comes with a part becomes its first deltas", () => {
    const part = { type: "tool_call", id: "c", name: "f", argsText: '{"a":1}' } as const;
    const events = tell([start, { type: "block", key: 0, part }, stop, end]);
    expect(events[1]).toEqual({
      type: "block.start",
      i: 0,
      block: { type: "tool_call", id: "c", name: "f" },
    });
    expect(events[2]).toEqual({ type: "block.delta", i: 0, kind: "args", v: '{"a":1}' });
  });

  test("what only the whole says at the close is told as a last delta", () => {
    const part = { type: "tool_call", id: "c", name: "f", argsText: '{"a":1}' } as const;
    const call: Fact = { type: "block", key: 0, part: { type: "tool_call", id: "c", name: "f" } };
    const whole = tell([
      start,
      call,
      { type: "delta", key: 0, kind: "args", v: '{"a' },
      { type: "close", key: 0, part },
      stop,
      end,
    ]);
    expect(whole.slice(2, 5)).toEqual([
      { type: "block.delta", i: 0, kind: "args", v: '{"a' },
      { type: "block.delta", i: 0, kind: "args", v: '":1}' },
      { type: "block.stop", i: 0, part },
    ]);
  });

  test("an opaque token that is known when a text or a call opens stays in its start", () => {
    const opaque = [{ issuer: "x", kind: "signature", data: "s" }];
    const events = tell([
      start,
      { type: "block", key: 0, part: { type: "text", text: "a", opaque } },
      stop,
      end,
    ]);
    expect(events[1]).toEqual({ type: "block.start", i: 0, block: { type: "text", opaque } });
  });

  test("candidates have blocks of their own under one key", () => {
    const events = tell([
      start,
      { type: "delta", key: "t", kind: "text", v: "a" },
      { type: "delta", key: "t", c: 1, kind: "text", v: "b" },
      stop,
      { ...stop, c: 1 } as Fact,
      end,
    ]);
    expect(fold(events).candidates.map((one) => one.parts)).toEqual([
      [{ type: "text", text: "a" }],
      [{ type: "text", text: "b" }],
    ]);
  });
});

describe("tool calls", () => {
  test("one without arguments gets {}", () => {
    const events = tell([
      start,
      { type: "block", key: 0, part: { type: "tool_call", id: "c", name: "f" } },
      { type: "close", key: 0 },
      stop,
      end,
    ]);
    expect(fold(events).candidates[0]?.parts).toEqual([
      { type: "tool_call", id: "c", name: "f", argsText: "{}" },
    ]);
  });

  test("one without a name is held back until it has one", () => {
    const call = (part: object): Fact => ({
      type: "block",
      key: 0,
      part: { type: "tool_call", ...part } as never,
    });
    const events = tell([
      start,
      call({ id: "c" }),
      { type: "delta", key: 0, kind: "args", v: "{}" },
      call({ name: "f" }),
      stop,
      end,
    ]);
    expect(events[1]).toMatchObject({ type: "block.start", block: { id: "c", name: "f" } });
    expect(events[2]).toMatchObject({ type: "block.delta", v: "{}" });
  });

  test("one without an id gets the same one on every replay", () => {
    const facts: Fact[] = [
      start,
      { type: "block", key: 0, part: { type: "tool_call", name: "f" } },
      stop,
      end,
    ];
    expect(tell(facts)).toEqual(tell(facts));
    expect(tell(facts)[1]).toMatchObject({ block: { id: expect.stringMatching(/^call_[0-9a-f]{24}$/) } });
  });

  test("a stop with calls is a stop for tools, and one without is not", () => {
    const call: Fact = { type: "block", key: 0, part: { type: "tool_call", id: "c", name: "f" } };
    const reasons = (facts: Fact[]): unknown =>
      tell(facts).flatMap((one) => (one.type === "stop" ? [one.stop.reason] : []));
    expect(reasons([start, call, stop, end])).toEqual(["tool_calls"]);
    expect(reasons([start, { type: "stop", stop: { reason: "tool_calls" } }, end])).toEqual(["stop"]);
    expect(reasons([start, call, { type: "stop", stop: { reason: "max_tokens" } }, end])).toEqual([
      "max_tokens",
    ]);
  });

  test("a last word of refusal is a refusal", () => {
    const events = tell([
      start,
      { type: "delta", key: "r", kind: "text", v: "No.", part: { type: "refusal" } },
      stop,
      end,
    ]);
    expect(events.find((one) => one.type === "stop")).toMatchObject({
      stop: { reason: "refusal", raw: "stop" },
    });
  });

  test("arguments cut by the output limit mark the call incomplete", () => {
    const facts: Fact[] = [
      start,
      { type: "block", key: 0, part: { type: "tool_call", id: "c", name: "f" } },
      { type: "delta", key: 0, kind: "args", v: '{"a' },
      { type: "stop", stop: { reason: "max_tokens" } },
      end,
    ];
    expect(fold(tell(facts)).candidates[0]?.parts[0]).toMatchObject({ argsText: '{"a', complete: false });
  });
});

describe("ends", () => {
  test("an end of input without a proper end is an error", () => {
    expect(tell([start, stop]).at(-1)).toMatchObject({
      type: "error",
      error: { type: "upstream_truncated" },
    });
    expect(tell([]).at(-1)).toMatchObject({ type: "error" });
  });

  test("a proper end without a stop is an error too", () => {
    expect(tell([start, end]).at(-1)).toMatchObject({ type: "error", error: { type: "upstream_truncated" } });
  });

  test("where the table says so, the end of input is proper once every candidate has stopped", () => {
    expect(tell([start, stop], { endOnStop: true }).at(-1)).toEqual({ type: "end" });
    const other: Fact = { type: "delta", key: "t", c: 1, kind: "text", v: "b" };
    expect(tell([start, other, stop], { endOnStop: true }).at(-1)).toMatchObject({ type: "error" });
  });

  test("usage after the stop comes before it", () => {
    const events = tell([start, stop, { type: "usage", usage: { input: 1 } }, end]);
    expect(names(events)).toEqual(["start", "usage", "stop", "end"]);
  });

  test("nothing is told after an error", () => {
    const events = tell([start, { type: "error", error: { type: "server", message: "x" } }, stop, end]);
    expect(names(events)).toEqual(["start", "error"]);
  });

  test("a second start is ignored; a strict one with another id after content is an error", () => {
    const text: Fact = { type: "delta", key: "t", kind: "text", v: "a" };
    expect(names(tell([start, text, { ...start, id: "m2" } as Fact, stop, end]))).not.toContain("error");
    const spliced = tell([start, text, { ...start, id: "m2", strict: true } as Fact, stop, end]);
    expect(spliced.at(-1)).toMatchObject({ type: "error" });
  });
});
