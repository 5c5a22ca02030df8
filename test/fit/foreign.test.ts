import { describe, expect, test } from "vitest";
import type { Part, Turn } from "../../src/mapping/canonical.ts";
import { assistant, call, fitTo, losses, refusal, result, shape, tool, user } from "./support.ts";

function compacted(part: Part): Turn[] {
  return [assistant(part), user("b")];
}

describe("parts that only one format knows", () => {
  const raw: Part = { type: "raw", protocol: "client", value: { type: "hologram" } };
  const server: Part[] = [
    { type: "server_call", id: "s", tool: "web_search", raw: { protocol: "client", value: {} } },
    { type: "server_result", callId: "s", tool: "web_search", raw: { protocol: "client", value: {} } },
  ];

  test("are refused in what the user wrote", () => {
    expect(refusal(() => fitTo({}, { turns: [user("a", raw)] }))).toBe(
      '400 turns.raw: unsupported content part client "hologram" (turns[0].parts[1])',
    );
  });

  test("are left out of earlier answers", () => {
    const fitted = fitTo({}, { turns: [user("a"), assistant("b", raw, ...server), user("c")] });
    expect(shape(fitted.request.turns)).toEqual(["u:a", "a:b", "u:c"]);
    expect(losses(fitted)).toEqual([
      "history.raw drop turns[1].parts[1]",
      "history.server drop turns[1].parts[2]",
      "history.server drop turns[1].parts[3]",
    ]);
  });

  test("go back to their own", () => {
    const turns = [user("a", raw), assistant("b", raw, ...server), user("c")];
    expect(fitTo({ raw: ["client"] }, { turns }).request.turns).toBe(turns);
  });

  test("a refusal is text", () => {
    const turns = [user("a"), assistant({ type: "refusal", text: "No." }), user("b")];
    expect(shape(fitTo({}, { turns }).request.turns)).toEqual(["u:a", "a:No.", "u:b"]);
    expect(fitTo({ refusals: true }, { turns }).request.turns).toBe(turns);
  });

  test("a compacted history is text, or refused", () => {
    expect(
      shape(fitTo({}, { turns: compacted({ type: "compaction", text: "so far" }) }).request.turns),
    ).toEqual(["a:so far", "u:b"]);
    const sealed: Part = { type: "compaction", opaque: [{ issuer: "v", kind: "encrypted", data: "x" }] };
    expect(refusal(() => fitTo({}, { turns: compacted(sealed) }))).toContain("400 history.compaction");
    expect(refusal(() => fitTo({ issuer: "v" }, { turns: compacted(sealed) }))).toContain("400");
    const can = { issuer: "v", compaction: true };
    expect(fitTo(can, { turns: compacted(sealed) }).request.turns[0]?.parts).toEqual([sealed]);
  });

  test("leave what only they have to say of it behind", () => {
    const ext = { client: { weight: 1 }, target: { x: 2 } };
    const shot = result("1", [{ type: "text", text: "r", ext }]);
    const fitted = fitTo(
      {},
      { turns: [user({ type: "text", text: "a", ext }), assistant(call("1", "f")), tool(shot)] },
    );
    expect(fitted.request.turns[0]?.parts).toEqual([{ type: "text", text: "a", ext: { target: { x: 2 } } }]);
    expect(losses(fitted)).toEqual([
      "ext.weight drop turns[0].parts[0].ext.client.weight",
      "ext.weight drop turns[2].parts[0].content[0].ext.client.weight",
    ]);
  });
});
