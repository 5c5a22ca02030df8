import { describe, expect, test } from "vitest";
import { dropNulls } from "../../src/mapping/nulls.ts";

const opaque = new Set(["schema"]);

describe("dropNulls", () => {
  test("drops members and items, and keeps the order of the others", () => {
    const value = { a: 1, b: null, c: [1, null, { d: null, e: 2 }], f: { g: { h: null } } };
    const dropped = dropNulls(value, opaque);
    expect(dropped).toStrictEqual({ a: 1, c: [1, { e: 2 }], f: { g: {} } });
    expect(Object.keys(dropped as object)).toEqual(["a", "c", "f"]);
    expect(value.b).toBeNull();
  });

  test("gives the same value back where there is no null", () => {
    const value = { a: [{ b: 1 }], schema: { default: null } };
    expect(dropNulls(value, opaque)).toBe(value);
  });

  test("carries what stands under an opaque key whole, but not null in its place", () => {
    expect(dropNulls({ a: null, schema: { default: null } }, opaque)).toStrictEqual({
      schema: { default: null },
    });
    expect(dropNulls({ a: 1, schema: null }, opaque)).toStrictEqual({ a: 1 });
  });

  test("takes __proto__ for a name like any other", () => {
    const value: unknown = JSON.parse('{"a": null, "__proto__": {"polluted": true}}');
    const dropped = dropNulls(value, opaque) as { polluted?: boolean };
    expect(dropped.polluted).toBeUndefined();
    expect(JSON.stringify(dropped)).toBe('{"__proto__":{"polluted":true}}');
  });

  test("takes time in proportion to the depth", () => {
    let value: unknown = null;
    for (let i = 0; i < 200; i++) value = { inner: value };
    expect(JSON.stringify(dropNulls(value, opaque))).toContain("inner");
  });
});
