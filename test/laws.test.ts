import { describe, expect, test } from "vitest";
import { readCases } from "../src/bridge/cases.ts";
import type { GoldenCase } from "../src/bridge/cases.ts";
import { loadMappings } from "../src/bridge/mappings.ts";
import { readSchema } from "../src/bridge/schemas.ts";
import { decodeStream, encodeStream } from "../src/golden/streams.ts";
import type { CanonicalRequest, CanonicalResponse, Part, StreamEvent } from "../src/mapping/canonical.ts";
import { fit } from "../src/mapping/fit/fit.ts";
import { fold } from "../src/mapping/fold.ts";
import { Rejection } from "../src/mapping/rejection.ts";
import type { Mapping } from "../src/mapping/types.ts";
import { unfold } from "../src/mapping/unfold.ts";
import { compileProblems } from "../src/text/schema.ts";

/** The laws of docs/design.md over every golden case and every format that could be on the other side. */
const { mappings } = loadMappings();
const all = [...mappings.values()];
const cases = all.flatMap((mapping) =>
  readCases(mapping.name, mapping.folder).map((golden) => ({ mapping, golden })),
);
const having = (file: string): { mapping: Mapping; golden: GoldenCase }[] =>
  cases.filter(({ golden }) => golden.has(file));
const title = ({ golden }: { golden: GoldenCase }): string => `${golden.mapping}/${golden.name}`;

const schemas = {
  request: compileProblems(readSchema("canonical/request.schema.json")),
  response: compileProblems(readSchema("canonical/response.schema.json")),
  event: compileProblems(readSchema("canonical/event.schema.json")),
  error: compileProblems(readSchema("canonical/error.schema.json")),
};
const problems = (kind: keyof typeof schemas, value: unknown): string[] =>
  schemas[kind](value).map((one) => `${one.path.join(".")}: ${one.message}`);

const upstreams = all.filter((one) => one.request.encode);
const clients = all.filter((one) => one.response.encode && one.response.decode);
const stream = { id: "answer-1", created: 1_700_000_000, frame: 0 };
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

function encodeRequest(request: CanonicalRequest, to: Mapping): unknown {
  const capabilities = to.capabilities(request.model, {});
  const fitted = fit(request, capabilities, { from: request.from.protocol, to: to.protocol });
  const target = {
    provider: to.name,
    model: request.model,
    stream: request.stream,
    capabilities,
    headers: {},
  };
  return plain(to.request.encode!(fitted.request, { target, http: { headers: {} } }));
}

describe("what is decoded passes its canonical schema", () => {
  const files = {
    request: "request.canonical.json",
    response: "response.canonical.json",
    error: "error.canonical.json",
  } as const;
  for (const [kind, file] of Object.entries(files)) {
    test.each(having(file).map((one) => [title(one), one.golden] as const))(`${kind} %s`, (_, golden) => {
      expect(problems(kind as keyof typeof files, golden.json(file))).toEqual([]);
    });
  }
  test.each(having("stream.canonical.jsonl").map((one) => [title(one), one.golden] as const))(
    "stream %s",
    (_, golden) => {
      expect(golden.lines("stream.canonical.jsonl").flatMap((event) => problems("event", event))).toEqual([]);
    },
  );
});

describe.each(upstreams.map((to) => [to.name, to] as const))("requests to %s", (_, to) => {
  test.each(having("request.canonical.json").map((one) => [title(one), one.golden] as const))(
    "%s",
    (_, golden) => {
      const request = golden.json("request.canonical.json") as CanonicalRequest;
      let wire: unknown;
      try {
        wire = encodeRequest(request, to);
      } catch (error) {
        // A refusal is an answer too, as long as it is one in words.
        if (!(error instanceof Rejection)) throw error;
        expect(error.error.message).toMatch(/\w/);
        return;
      }
      expect(to.validate?.(wire)).toBeUndefined();
      expect(encodeRequest(request, to)).toEqual(wire);
      expect(growsByAppending(request, to, wire)).toEqual([]);
    },
  );
});

/** Law 6: a conversation that is one turn shorter encodes to a prefix of this one, byte for byte. */
function growsByAppending(request: CanonicalRequest, to: Mapping, wire: unknown): string[] {
  const cut = request.turns.findLastIndex((turn) => turn.role === "user" && !turn.joined);
  if (cut <= 0) return [];
  let shorter: unknown;
  try {
    shorter = encodeRequest({ ...request, turns: request.turns.slice(0, cut + 1) }, to);
  } catch (error) {
    if (error instanceof Rejection) return [];
    throw error;
  }
  return Object.entries(shorter as Record<string, unknown>).flatMap(([name, value]) => {
    const whole = (wire as Record<string, unknown>)[name];
    if (!Array.isArray(value) || !Array.isArray(whole)) return [];
    return value
      .slice(0, -1)
      .flatMap((item, i) => (JSON.stringify(item) === JSON.stringify(whole[i]) ? [] : [`${name}.${i}`]));
  });
}

/** What a person would miss if it were lost: text, calls, why it stopped, what it cost. Absent counts are zero to some formats. */
function essence(response: CanonicalResponse): unknown {
  const parts = response.candidates[0]?.parts ?? [];
  const text = (types: Part["type"][]): string =>
    parts
      .flatMap((part) =>
        types.includes(part.type) && "text" in part && typeof part.text === "string" ? [part.text] : [],
      )
      .join("");
  const calls = parts.flatMap((part) => {
    if (part.type !== "tool_call" || part.complete === false || !isWhole(part)) return [];
    return [
      {
        name: part.name,
        args: part.kind === "custom" ? { input: part.input } : valueOf(part.argsText || "{}"),
      },
    ];
  });
  return {
    text: text(["text", "refusal"]),
    calls,
    input: response.usage?.input ?? 0,
    output: response.usage?.output ?? 0,
  };
}

/** A call whose arguments are not JSON cannot be told in every format; what each makes of it is a golden case of its own. */
function isWhole(part: Part & { type: "tool_call" }): boolean {
  const args = valueOf(part.argsText || "{}");
  return part.kind === "custom" || (typeof args === "object" && args !== null && !("_raw" in args));
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The grammar tells what only a block's end says as a last delta; a hand-made stream may not. */
const isTold = (events: readonly StreamEvent[]): boolean =>
  !events.some((one) => one.type === "block.stop" && one.part);

/** Formats with one answer refuse a request for several, so several never reach them. */
const isSingle = (response: CanonicalResponse): boolean => response.candidates.length === 1;
/** xAI counts cached tokens beside the input; decoding corrects what no canonical usage may say. */
const isCounted = ({ usage = {} }: CanonicalResponse): boolean =>
  (usage.cacheRead ?? 0) + (usage.cacheWrite ?? 0) <= (usage.input ?? Infinity);
/** Answers that end in a failure are errors to clients whose format has no word for them. */
const isAnswer = ({ candidates }: CanonicalResponse): boolean =>
  !candidates.some(({ stop }) => stop?.reason === "error" || stop?.reason === "invalid_tool_call");
const comparable = (response: CanonicalResponse): boolean =>
  isSingle(response) && isCounted(response) && isAnswer(response);

describe.each(clients.map((to) => [to.name, to] as const))("answers for %s", (_, to) => {
  test.each(having("response.canonical.json").map((one) => [title(one), one.golden] as const))(
    "document %s",
    (_, golden) => {
      const response = golden.json("response.canonical.json") as CanonicalResponse;
      const wire = attempt(() => plain(to.response.encode!(response, { stream })));
      if (wire === refused) return;
      if (!comparable(response)) return;
      const again = to.response.decode!(wire, { http: { headers: {} } });
      expect(problems("response", plain(again))).toEqual([]);
      expect(essence(again)).toEqual(essence(response));
    },
  );

  test.each(having("response.canonical.json").map((one) => [title(one), one.golden] as const))(
    "told as a stream %s",
    (_, golden) => {
      const response = golden.json("response.canonical.json") as CanonicalResponse;
      const again = throughWire(unfold(response), to);
      if (again && comparable(response)) expect(essence(again)).toEqual(essence(response));
    },
  );

  test.each(having("stream.canonical.jsonl").map((one) => [title(one), one.golden] as const))(
    "stream %s",
    (_, golden) => {
      const events = golden.lines("stream.canonical.jsonl") as StreamEvent[];
      if (events.at(-1)?.type !== "end") {
        const wire = encodeStream(to, events);
        expect(decodeStream(to, [new TextEncoder().encode(wire)], {}, "sse").at(-1)?.type).toBe("error");
        return;
      }
      const again = throughWire(events, to);
      if (again && isTold(events) && comparable(fold(events)))
        expect(essence(again)).toEqual(essence(fold(events)));
    },
  );
});

const refused = Symbol("refused");
function attempt<T>(run: () => T): T | typeof refused {
  try {
    return run();
  } catch (error) {
    if (error instanceof Rejection) return refused;
    throw error;
  }
}

/** Encodes events for a client and reads them back; nothing where the client is told an error instead. */
function throughWire(events: readonly StreamEvent[], to: Mapping): CanonicalResponse | undefined {
  const wire = attempt(() => encodeStream(to, events));
  if (wire === refused) return undefined;
  const again = decodeStream(to, [new TextEncoder().encode(wire)], {}, "sse");
  if (again.at(-1)?.type === "error") {
    expect(
      events.some((one) => one.type === "stop" && ["invalid_tool_call", "error"].includes(one.stop.reason)),
    ).toBe(true);
    return undefined;
  }
  expect(again.flatMap((event) => problems("event", plain(event)))).toEqual([]);
  return fold(again);
}
