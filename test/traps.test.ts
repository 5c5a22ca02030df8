import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { loadMappings } from "../src/bridge/mappings.ts";
import { decodeStream, encodeStream } from "../src/golden/streams.ts";
import type { CanonicalRequest, CanonicalResponse } from "../src/mapping/canonical.ts";
import { fold } from "../src/mapping/fold.ts";
import { Rejection } from "../src/mapping/rejection.ts";
import { unfold } from "../src/mapping/unfold.ts";
import { translate } from "../src/pipeline/offline.ts";
import { bothFormats, startPair } from "./support/pair.ts";
import { regressions, traps } from "./traps/list.ts";
import type { Proof } from "./traps/list.ts";

const root = resolve(import.meta.dirname, "..");
const { mappings } = loadMappings();
const formats = ["openai-chat", "openai-responses", "anthropic", "gemini"].map((name) => mappings.get(name)!);
const chat = mappings.get("openai-chat")!;

/** How a request is refused by another format; nothing where it is not. */
function refusal(from: string, to: string, body: object): Rejection["error"] | undefined {
  try {
    translate("request", mappings.get(from)!, mappings.get(to)!, body, {
      model: to === "gemini" ? "gemini-2.5-pro" : "claude-sonnet-4-5",
    });
    return undefined;
  } catch (error) {
    if (error instanceof Rejection) return error.error;
    throw error;
  }
}

const asked = { role: "user", content: "Hi" };
const calls = ["a", "b"].map((id) => ({ id, type: "function", function: { name: "f", arguments: "{}" } }));

describe("traps that a golden case cannot show", () => {
  test.each(["anthropic", "gemini"])(
    "trap 10: a call without a result is refused before it reaches %s",
    (to) => {
      const messages = [
        asked,
        { role: "assistant", content: null, tool_calls: calls },
        { role: "tool", tool_call_id: "a", content: "1" },
      ];
      expect(refusal("openai-chat", to, { model: "m", messages })).toMatchObject({
        status: 400,
        message: expect.stringContaining('"b"') as string,
      });
    },
  );

  test.each(["anthropic", "gemini", "openai-responses"])(
    "trap 11: a result that answers no call is refused by its id, before it reaches %s",
    (to) => {
      const messages = [asked, { role: "tool", tool_call_id: "zz", content: "1" }];
      expect(refusal("openai-chat", to, { model: "m", messages })).toMatchObject({
        status: 400,
        message: expect.stringContaining('"zz"') as string,
      });
    },
  );

  test("trap 39: a conversation that another server holds is refused in the caller's own words", () => {
    const error = refusal("openai-responses", "anthropic", {
      model: "m",
      input: "On.",
      previous_response_id: "resp_1",
    });
    expect(error).toMatchObject({ status: 400, type: "invalid_request" });
    expect(mappings.get("openai-responses")!.error.encode!(error!, {})).toMatchObject({
      error: { type: "invalid_request_error", message: expect.stringContaining("history") as string },
    });
  });

  test.each(formats.map((one) => [one.name, one] as const))(
    "trap 73: a ping is no chunk for clients of %s",
    (name, mapping) => {
      const told = encodeStream(mapping, [{ type: "start", id: "1", model: "m" }, { type: "ping" }]);
      const without = encodeStream(mapping, [{ type: "start", id: "1", model: "m" }]);
      // Anthropic's own clients know the event by its name.
      if (name === "anthropic") expect(told).toContain("event: ping");
      else expect(told).toBe(without);
      expect(mapping.keepAlive).toMatch(/^(: |event: ping)/);
    },
  );

  test.each([false, true])(
    "trap 77: a client that goes away ends the upstream's work (streaming: %s)",
    async (stream) => {
      const { promise: gone, resolve: leave } = Promise.withResolvers<void>();
      const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
      const { server } = await startPair((res) => {
        res.on("close", leave);
        begin();
      }, bothFormats);
      const leaving = new AbortController();
      const body = JSON.stringify({ model: "hard", prompt: "Hi", stream });
      const call = fetch(`${server.url}/clay/ask`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
        signal: leaving.signal,
      });
      await begun;
      leaving.abort();
      await expect(call).rejects.toThrow();
      await gone;
    },
  );

  test("trap 79: of the upstream's headers only those go on that concern the client", async () => {
    const { ask } = await startPair((res) => {
      res.writeHead(200, {
        "content-type": "application/json",
        "request-id": "up-1",
        "set-cookie": "a=b",
        "openai-organization": "acme",
        "x-ratelimit-remaining": "9",
      });
      res.end('{"answer":"Hello","tokens":[3,2]}');
    }, bothFormats);
    const { headers, text } = await ask("/clay/ask", { model: "hard", prompt: "Hi" });
    for (const name of ["set-cookie", "openai-organization", "content-encoding"])
      expect(headers).not.toHaveProperty(name);
    expect(Number(headers["content-length"])).toBe(Buffer.byteLength(text));
    expect(headers["x-request-id"]).toBeDefined();
  });
});

test("candidates with parallel calls keep them apart", () => {
  const call = (id: string): CanonicalResponse["candidates"][number]["parts"][number] => ({
    type: "tool_call",
    id,
    name: "f",
    argsText: `{"n":"${id}"}`,
  });
  const response: CanonicalResponse = {
    v: 1,
    id: "1",
    model: "m",
    candidates: [0, 1].map((index) => ({
      index,
      parts: [call(`${index}a`), call(`${index}b`)],
      stop: { reason: "tool_calls" as const },
    })),
  };
  const wire = encodeStream(chat, unfold(response), { request: {} as CanonicalRequest });
  const { candidates } = fold(
    decodeStream(chat, [new TextEncoder().encode(wire)], { http: { headers: {} } }),
  );
  const told = candidates.map(({ parts }) =>
    parts.map((part) => (part.type === "tool_call" ? [part.id, part.argsText] : [])),
  );
  expect(told).toEqual(
    [0, 1].map((index) => ["a", "b"].map((letter) => [`${index}${letter}`, `{"n":"${index}${letter}"}`])),
  );
});

/* docs/traps.md lists them with what proves each. `UPDATE=1 npx vitest run test/traps.test.ts` writes it. */
const cases = readdirSync(join(root, "mappings"))
  .filter((name) => existsSync(join(root, "mappings", name, "cases")))
  .flatMap((name) => readdirSync(join(root, "mappings", name, "cases")).map((one) => `${name}/${one}`))
  .toSorted();

function isThere(proof: Proof): boolean {
  if (typeof proof === "string") return cases.includes(proof);
  const [file, title] = proof;
  return existsSync(join(root, file)) && readFileSync(join(root, file), "utf8").includes(title);
}

function describeProof(proof: Proof): string {
  return typeof proof === "string" ? `\`${proof}\`` : `${proof[0]} (${proof[1]})`;
}

const numbered = traps.map(([claim, ...proofs], i) => {
  const number = String(i + 1).padStart(2, "0");
  return { number, claim, proofs: [...cases.filter((name) => name.includes(`/trap-${number}-`)), ...proofs] };
});

function rows(list: readonly { number?: string; claim: string; proofs: readonly Proof[] }[]): string {
  return list
    .map(
      ({ number, claim, proofs }) =>
        `| ${number === undefined ? "" : `${number} | `}${claim} | ${proofs.map(describeProof).join("<br>")} |`,
    )
    .join("\n");
}

describe("docs/traps.md", () => {
  test.each(numbered)("trap $number is proven: $claim", ({ proofs }) => {
    expect(proofs.length).toBeGreaterThan(0);
    expect(proofs.filter((proof) => !isThere(proof))).toEqual([]);
  });

  test.each(regressions)("%s", (_, ...proofs) => {
    expect(proofs.filter((proof) => !isThere(proof))).toEqual([]);
  });

  test("there are 80, and no case has a number past them", () => {
    expect(traps).toHaveLength(80);
    const known = new Set(numbered.map(({ number }) => number));
    expect(
      cases.filter((name) => name.includes("/trap-") && !known.has(/\/trap-(\d+)-/.exec(name)?.[1] ?? "")),
    ).toEqual([]);
  });

  test("lists them all, with what proves each", () => {
    const page = `# Traps

What goes wrong between the protocols, and what proves that it does not go wrong here: golden cases of the mappings
(\`<format>/<case>\`, run by \`llmbridge test\`), and tests. Written by \`UPDATE=1 npx vitest run test/traps.test.ts\`.

| | what holds | proven by |
| --- | --- | --- |
${rows(numbered)}

## What users of gateways complained about

| what holds | proven by |
| --- | --- |
${rows(regressions.map(([claim, ...proofs]) => ({ claim, proofs })))}
`;
    const file = join(root, "docs/traps.md");
    if (process.env["UPDATE"]) writeFileSync(file, page);
    expect(existsSync(file) ? readFileSync(file, "utf8") : "").toBe(page);
  });
});
