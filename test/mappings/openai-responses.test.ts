import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Response as Answer } from "openai/resources/responses/responses";
import { describe, expect, test } from "vitest";
import { loadMappings } from "../../src/bridge/mappings.ts";
import { differences } from "../../src/golden/diff.ts";
import { decodeStream, encodeStream } from "../../src/golden/streams.ts";
import type { CanonicalResponse, StreamEvent } from "../../src/mapping/canonical.ts";
import { fold } from "../../src/mapping/fold.ts";
import { unfold } from "../../src/mapping/unfold.ts";
import { essence, parseAnswer, parseStream } from "./openai-responses-sdk.ts";

/** Recorded answers of many servers: each decodes, and the vendor's own SDK reads the same out of what is drawn of it. */
const folder = fileURLToPath(new URL("../../../shared/recordings/openai-responses/", import.meta.url));
const names = existsSync(folder) ? readdirSync(folder) : [];
const failed = "openai-error.1";
const answers = names.filter((name) => name.endsWith(".json") && !name.startsWith(failed));
const streams = names.filter((name) => name.endsWith(".chunks.txt") && !name.startsWith(failed));

/** Streams that have a twin; in one of them the twin thinks and the stream does not. */
const twins = streams.filter(
  (name) => answers.includes(twinOf(name)) && !name.startsWith("open-responses-lmstudio-basic"),
);

const mapping = loadMappings().mappings.get("openai-responses")!;
const http = { headers: {} };
const clock = { id: "answer-1", created: 1_700_000_000, frame: 0 };

interface WireEvent {
  type: string;
  response?: Answer;
}

function twinOf(name: string): string {
  return name.replace(".chunks.txt", ".json");
}

function read(name: string): string {
  return readFileSync(folder + name, "utf8");
}

/** The recordings hold the data of events alone; one of them holds two answers, one after the other. */
function eventsOf(name: string): WireEvent[][] {
  const all = read(name)
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as WireEvent);
  const starts = all.flatMap((event, i) => (event.type === "response.created" ? [i] : []));
  return starts.map((start, n) => all.slice(start, starts[n + 1]));
}

function decodeEvents(events: readonly WireEvent[]): StreamEvent[] {
  const text = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
  return decodeStream(mapping, [new TextEncoder().encode(text)]);
}

function decodeAnswer(body: unknown): CanonicalResponse {
  return mapping.response.decode!(body, { http });
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}

describe.skipIf(names.length === 0)("recorded answers (../shared/recordings/openai-responses)", () => {
  test.each(answers)(
    "%s reads the same to the SDK when it is drawn again, at once and as a stream",
    async (name) => {
      const recorded = JSON.parse(read(name)) as Answer;
      const canonical = decodeAnswer(recorded);
      const expected = essence(await parseAnswer(recorded));
      expect(essence(await parseAnswer(mapping.response.encode!(canonical, { stream: clock })))).toEqual(
        expected,
      );
      expect(essence(await parseStream(encodeStream(mapping, unfold(canonical))))).toEqual(expected);
    },
  );
});

describe.skipIf(names.length === 0)("recorded streams (../shared/recordings/openai-responses)", () => {
  test.each(streams)("%s reads the same to the SDK when it is drawn again", async (name) => {
    for (const recorded of eventsOf(name)) {
      const events = decodeEvents(recorded);
      expect(events.at(-1)?.type).toBe("end");
      const wire = encodeStream(mapping, events);
      const drawn = await parseStream(wire);
      expect(essence(drawn)).toEqual(essence(await parseAnswer(recorded.at(-1)!.response)));
      // Every event before the last has told the same as the last one, which holds the whole answer.
      expect(essence(await parseStream(withoutOutput(wire)))).toEqual(essence(drawn));
    }
  });

  test.each(streams)("%s tells what the whole answer at its end tells", (name) => {
    for (const recorded of eventsOf(name)) {
      const changes = differences(
        plain(decodeAnswer(recorded.at(-1)!.response)),
        plain(fold(decodeEvents(recorded))),
      );
      expect(changes.filter((one) => !changesWithEveryEvent(one.path))).toEqual([]);
    }
  });

  test.each(twins)("%s tells what its JSON twin tells", (name) => {
    const whole = decodeAnswer(JSON.parse(read(twinOf(name))));
    expect(kinds(fold(decodeEvents(eventsOf(name)[0]!)))).toEqual(kinds(whole));
  });

  test("an error is told once, and reaches the SDK as one", async () => {
    const events = decodeEvents(eventsOf(`${failed}.chunks.txt`)[0]!);
    const body = JSON.parse(read(`${failed}.json`)) as { error: { message: string } };
    expect(events.filter((one) => one.type === "error")).toHaveLength(1);
    expect(events.at(-1)).toMatchObject({ error: { type: "billing", code: "insufficient_quota" } });
    const wire = encodeStream(mapping, events);
    expect(wire.match(/^event: error$/gm)).toHaveLength(1);
    await expect(parseStream(wire)).rejects.toThrow(body.error.message);
    expect(
      mapping.error.encode!(mapping.error.decode!(body, { http: { headers: {}, status: 429 } }), {}),
    ).toEqual(body);
  });
});

/** Ids (GitHub Copilot) and what is encrypted anew each time it is said. */
function changesWithEveryEvent(path: string): boolean {
  return /(^id|\.itemId|\.opaque\.\d+\.data|\.fingerprint)$/.test(path);
}

/** The stream with an answer at its end that holds no items: then the SDK has nothing but the events. */
function withoutOutput(wire: string): string {
  return wire.replace(/^data: (\{.*"type":"response\.(?:completed|incomplete)".*)$/m, (_, data: string) => {
    const event = JSON.parse(data) as { response: Partial<Answer> };
    delete event.response.output;
    return `data: ${JSON.stringify(event)}`;
  });
}

/** Twins are two runs of one request: they agree in what they are made of. */
function kinds(response: CanonicalResponse): unknown {
  const [candidate] = response.candidates;
  const types = (candidate?.parts ?? []).map((part) =>
    "tool" in part ? `${part.type}/${part.tool}` : part.type,
  );
  return { types: [...new Set(types)].toSorted(), stop: candidate?.stop };
}
