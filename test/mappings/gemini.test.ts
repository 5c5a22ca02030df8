import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ApiError } from "@google/genai";
import type { GenerateContentResponse } from "@google/genai";
import { describe, expect, test } from "vitest";
import { readCases } from "../../src/bridge/cases.ts";
import { loadMappings } from "../../src/bridge/mappings.ts";
import { decodeStream, encodeStream } from "../../src/golden/streams.ts";
import type { CanonicalRequest, CanonicalResponse, StreamEvent } from "../../src/mapping/canonical.ts";
import { fold } from "../../src/mapping/fold.ts";
import type { Framing } from "../../src/mapping/types.ts";
import { unfold } from "../../src/mapping/unfold.ts";
import { essence, parseAnswer, parseCount, parseModels, parseStream } from "./gemini-sdk.ts";

/** Recorded answers of the vendor: each decodes, and the vendor's own SDK reads the same out of what is drawn of it. */
const folder = fileURLToPath(new URL("../../../shared/recordings/gemini/", import.meta.url));
const names = existsSync(folder) ? readdirSync(folder) : [];
/** An error, and an answer of another endpoint. */
const others = ["google-429-retry-info.json", "google-vertex-embedding.json"];
const answers = names.filter((name) => name.endsWith(".json") && !others.includes(name));
const streams = names.filter((name) => name.endsWith(".chunks.txt"));
/** Arguments told leaf by leaf, which the SDK hands on as they come: what they add up to is read from the facts. */
const piecewise = "google-stream-tool-call-arguments.chunks.txt";

const mapping = loadMappings().mappings.get("gemini")!;
const cases = readCases("gemini", mapping.folder);
const http = { headers: {} };
const clock = { id: "answer-1", created: 1_700_000_000, frame: 0 };

function read(name: string): string {
  return readFileSync(folder + name, "utf8");
}

function bytesOf(name: string): Uint8Array<ArrayBuffer> {
  const lines = read(name)
    .split("\n")
    .filter((line) => line.trim() !== "");
  return new TextEncoder().encode(lines.map((line) => `data: ${line}\n\n`).join(""));
}

function decodeAnswer(body: unknown): CanonicalResponse {
  return mapping.response.decode!(body, { http });
}

function encodeAnswer(canonical: CanonicalResponse): unknown {
  return mapping.response.encode!(canonical, { stream: clock });
}

function kindOf({ candidates, usage }: CanonicalResponse): unknown {
  return {
    parts: new Set(candidates[0]?.parts.map((part) => part.type)),
    signed: candidates[0]?.parts.some((part) => "opaque" in part),
    stop: candidates[0]?.stop?.reason,
    counts: Object.keys(usage ?? {}),
  };
}

describe.skipIf(names.length === 0)("recorded answers", () => {
  test.each(answers)(
    "%s reads the same to the SDK when it is drawn again, at once and as a stream",
    async (name) => {
      const recorded = JSON.parse(read(name)) as GenerateContentResponse;
      const canonical = decodeAnswer(recorded);
      const expected = essence([await parseAnswer(recorded)]);
      expect(essence([await parseAnswer(encodeAnswer(canonical))])).toEqual(expected);
      expect(essence(await parseStream(encodeStream(mapping, unfold(canonical))))).toEqual(expected);
    },
  );

  test("a refused request is the SDK's own error again, with its delay", async () => {
    const body: unknown = JSON.parse(read(others[0]!));
    const error = mapping.error.decode!(body, { http: { status: 429, headers: {} } });
    expect(error).toMatchObject({ type: "rate_limit", status: 429, retryAfter: 34.4 });
    expect(mapping.error.encode!(error, {})).toEqual(body);
  });
});

describe.skipIf(names.length === 0)("recorded streams", () => {
  test.each(streams)("%s reads the same to the SDK when it is drawn again", async (name) => {
    const bytes = bytesOf(name);
    const events = decodeStream(mapping, [bytes]);
    expect(events.at(-1)?.type).toBe("end");
    const expected = essence(await parseStream(bytes)) as Record<string, unknown>;
    if (name === piecewise) {
      expected["calls"] = [
        ["getWeather", { location: "Boston" }],
        ["getWeather", { location: "San Francisco" }],
      ];
    }
    expect(essence(await parseStream(encodeStream(mapping, events)))).toEqual(expected);
    expect(essence([await parseAnswer(encodeAnswer(fold(events)))])).toEqual(expected);
  });

  /** They were asked twice, so they agree in what kind of answer they are, not in words. */
  test.each(streams.filter((name) => answers.includes(name.replace(".chunks.txt", ".json"))))(
    "%s is the kind of answer that its JSON twin is",
    (name) => {
      const told = fold(decodeStream(mapping, [bytesOf(name)]));
      const whole = decodeAnswer(JSON.parse(read(name.replace(".chunks.txt", ".json"))));
      expect(kindOf(told)).toEqual(kindOf(whole));
    },
  );
});

describe("what the SDK reads", () => {
  test.each(
    cases
      .filter((one) => one.has("encoded.sse") && one.name !== "stream-of-others-error")
      .map((one) => [one.name, one] as const),
  )("stream %s", async (_, golden) => {
    const chunks = await parseStream(new Uint8Array(golden.bytes("encoded.sse")));
    expect(chunks.at(-1)?.candidates?.[0]?.finishReason).toBeDefined();
  });

  test("an error inside a stream is thrown, with its status", async () => {
    const golden = cases.find((one) => one.name === "stream-of-others-error")!;
    const failed = parseStream(new Uint8Array(golden.bytes("encoded.sse")));
    await expect(failed).rejects.toThrow(ApiError);
    await expect(failed).rejects.toMatchObject({ status: 503 });
  });

  /** google-genai for Python takes a frame for an error only if its text begins so. */
  test("an error inside a stream begins with the error, in either framing", () => {
    const golden = cases.find((one) => one.name === "stream-of-others-error")!;
    const events = golden.lines("stream.canonical.jsonl") as StreamEvent[];
    const drawn = (framing: Framing): string => encodeStream(mapping, events, { stream: clock }, framing);
    expect(drawn("sse")).toMatch(/\n\ndata: \{"error":\{"code":503,[^\n]*\}\}\n\n$/);
    expect(drawn("json-array")).toMatch(/,\n\{"error":\{"code":503,[^\n]*\}\}\]$/);
  });

  test("an answer that is an error", async () => {
    const body = mapping.error.encode!({ type: "rate_limit", message: "slow down", retryAfter: 2 }, {});
    await expect(parseAnswer(body, 400)).rejects.toThrow("slow down");
  });

  test("counts and lists of models, both ways", async () => {
    expect(await parseCount(mapping.count.encode!({ tokens: 31 }, {}))).toBe(31);
    expect(mapping.count.decode!({ totalTokens: 31 }, { http })).toEqual({ tokens: 31 });
    const models = [{ id: "fast", provider: "p", contextLength: 1000, available: true }];
    const list = mapping.models.encode!({ models }, { http });
    expect(await parseModels(list)).toEqual([["models/fast", 1000]]);
    expect(mapping.models.decode!(list, { http })).toMatchObject({
      models: [{ id: "fast", contextLength: 1000 }],
    });
  });

  test("one model by its name", () => {
    const models = [{ id: "fast", provider: "p", available: true }];
    const http = { headers: {}, params: { model: "fast" } };
    expect(mapping.models.encode!({ models }, { http })).toMatchObject({ name: "models/fast" });
  });
});

describe("requests", () => {
  const facts = { headers: {}, path: "/v1beta/models/m:generateContent", params: { model: "m" } };

  test("a result that no call waits for is refused, with its place", () => {
    const contents = [{ role: "user", parts: [{ functionResponse: { name: "f", response: {} } }] }];
    expect(() => mapping.request.decode!({ contents }, { http: facts })).toThrow(
      'contents[0].parts[0]: no call of "f" waits',
    );
  });

  test("a malformed body is refused, with its place", () => {
    const error = mapping.validate?.({ contents: [{ role: "user", parts: "hi" }] });
    expect(error).toMatchObject({ type: "invalid_request" });
    expect(JSON.stringify(error)).toContain("parts");
  });

  /** Law 6: prompt caches live on it. Calls have no ids here, so they are made. */
  test("a conversation one turn longer has the same beginning", () => {
    const call = { role: "model", parts: [{ functionCall: { name: "f", args: { a: 1 } } }] };
    const result = { role: "user", parts: [{ functionResponse: { name: "f", response: { output: "1" } } }] };
    const turns = [{ role: "user", parts: [{ text: "Hi" }] }, call, result, call, result];
    const texts = [3, 5].map((length) => {
      const body = { contents: turns.slice(0, length), systemInstruction: { parts: [{ text: "S" }] } };
      const canonical: CanonicalRequest = mapping.request.decode!(body, { http: facts });
      return JSON.stringify(mapping.request.encode!(canonical, {}));
    });
    expect(texts[1]!.startsWith(texts[0]!.slice(0, -"]}".length))).toBe(true);
  });

  test("counting wraps the request, which upstream would otherwise refuse", () => {
    const canonical: CanonicalRequest = mapping.request.decode!(
      { contents: [{ parts: [{ text: "Hi" }] }] },
      { http: facts },
    );
    const target = {
      provider: "g",
      model: "gemini-2.5-pro",
      stream: false,
      headers: {},
      kind: "count" as const,
    };
    const capabilities = mapping.capabilities(target.model, {});
    expect(mapping.request.encode!(canonical, { target: { ...target, capabilities } })).toEqual({
      generateContentRequest: {
        model: "models/gemini-2.5-pro",
        contents: [{ role: "user", parts: [{ text: "Hi" }] }],
      },
    });
  });
});
