import { describe, expect, test } from "vitest";
import { defaultCapabilities } from "../../src/mapping/capabilities.ts";
import { resolveCapabilities } from "../../src/mapping/resolve-capabilities.ts";

describe("capabilities of a model", () => {
  const capabilitiesOf = resolveCapabilities(
    [
      { issuer: "acme", sampling: { temperature: { max: 1 }, topK: true }, raw: ["acme"] },
      { models: ["big-*", "huge"], prefill: true, sampling: { topK: false } },
      { models: ["big-*-old"], raw: ["acme", "older"] },
      { headers: { "x-version": "2*" }, alternate: true },
    ],
    [{ wire: { a: 1 } }, { wire: { b: 2 } }],
  );

  test("are the defaults, then what applies, objects member by member", () => {
    const small = capabilitiesOf("small", {});
    expect(small.sampling).toEqual({ ...defaultCapabilities.sampling, temperature: { max: 1 }, topK: true });
    expect([small.prefill, small.alternate, small.issuer, small.wire]).toEqual([
      false,
      false,
      "acme",
      { a: 1, b: 2 },
    ]);
    expect(capabilitiesOf("big-1", {}).sampling).toEqual({ ...small.sampling, topK: false });
  });

  test("lists are replaced", () => {
    expect(capabilitiesOf("big-1-old", {}).raw).toEqual(["acme", "older"]);
  });

  test.each([
    ["big-", true],
    ["big-anything/at.all", true],
    ["huge", true],
    ["huge-1", false],
    ["a-big-1", false],
    ["bigger", false],
  ])("a pattern for %s", (model, applies) => {
    expect(capabilitiesOf(model, {}).prefill).toBe(applies);
  });

  test("hang on headers that the provider sends", () => {
    expect(capabilitiesOf("small", { "x-version": "2026" }).alternate).toBe(true);
    expect(capabilitiesOf("small", { "x-version": "1" }).alternate).toBe(false);
  });

  test("are one frozen object per model", () => {
    expect(capabilitiesOf("small", {})).toBe(capabilitiesOf("small", { other: "x" }));
    expect(Object.isFrozen(capabilitiesOf("small", {}).tools.name)).toBe(true);
  });

  test("of ever new names do not pile up", () => {
    const first = capabilitiesOf("small", {});
    for (let i = 0; i < 1100; i++) capabilitiesOf(`made-up-${i}`, {});
    expect(capabilitiesOf("small", {})).toEqual(first);
  });
});
