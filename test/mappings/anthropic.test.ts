import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { BetaMessage } from "@anthropic-ai/sdk/resources/beta/messages";
import { describe, expect, test } from "vitest";
import { loadMappings } from "../../src/bridge/mappings.ts";
import { differences } from "../../src/golden/diff.ts";
import { decodeStream, encodeStream } from "../../src/golden/streams.ts";
import type { CanonicalResponse } from "../../src/mapping/canonical.ts";
import { fold } from "../../src/mapping/fold.ts";
import { unfold } from "../../src/mapping/unfold.ts";
import { essence, parseAnswer, parseStream } from "./anthropic-sdk.ts";

/** Recorded answers of the vendor: each decodes, and the vendor's own SDK reads the same out of what is drawn of it. */
const folder = fileURLToPath(new URL("../../../shared/recordings/anthropic/", import.meta.url));
const names = existsSync(folder) ? readdirSync(folder) : [];
const answers = names.filter((name) => name.endsWith(".json"));
/** A stream that begins again in its middle, which no client can be told. */
const restarted = "anthropic-spliced-message-start.chunks.txt";
const streams = names.filter((name) => name.endsWith(".chunks.txt") && name !== restarted);

const mapping = loadMappings().mappings.get("anthropic")!;
const http = { headers: {} };
const clock = { id: "answer-1", created: 1_700_000_000, frame: 0 };

function read(name: string): string {
  return readFileSync(folder + name, "utf8");
}

function twinOf(name: string): string {
  return name.replace(".chunks.txt", ".json");
}

/** The recordings hold the data of events alone; one of them holds two answers, of which the first is taken. */
function bytesOf(name: string): Uint8Array<ArrayBuffer> {
  const lines = read(name)
    .split("\n")
    .filter((line) => line.trim() !== "");
  const end = lines.findIndex((line) => line.includes('"message_stop"'));
  const frames = lines
    .slice(0, end + 1)
    .map((line) => `event: ${(JSON.parse(line) as { type: string }).type}\ndata: ${line}\n\n`);
  return new TextEncoder().encode(frames.join(""));
}

function decodeAnswer(body: unknown): CanonicalResponse {
  return mapping.response.decode!(body, { http });
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}

describe.skipIf(names.length === 0)("recorded answers", () => {
  test.each(answers)(
    "%s reads the same to the SDK when it is drawn again, at once and as a stream",
    async (name) => {
      const recorded = JSON.parse(read(name)) as BetaMessage;
      const canonical = decodeAnswer(recorded);
      const expected = essence({ ...recorded, stop_sequence: recorded.stop_sequence ?? null });
      expect(essence(await parseAnswer(mapping.response.encode!(canonical, { stream: clock })))).toEqual(
        expected,
      );
      expect(essence(await parseStream(encodeStream(mapping, unfold(canonical))))).toEqual(expected);
    },
  );
});

describe.skipIf(names.length === 0)("recorded streams", () => {
  test.each(streams)("%s reads the same to the SDK when it is drawn again", async (name) => {
    const bytes = bytesOf(name);
    const events = decodeStream(mapping, [bytes]);
    expect(events.at(-1)?.type).toBe("end");
    expect(essence(await parseStream(encodeStream(mapping, events)))).toEqual(
      essence(await parseStream(bytes)),
    );
  });

  test.each(streams.filter((name) => answers.includes(twinOf(name))))(
    "%s tells what its JSON twin tells",
    (name) => {
      const folded = fold(decodeStream(mapping, [bytesOf(name)]));
      const whole = decodeAnswer(JSON.parse(read(twinOf(name))));
      expect(kinds(folded)).toEqual(kinds(whole));
      // Most twins are two runs of one request; of the same answer, the stream says of the cache what the JSON leaves out.
      if (folded.id === whole.id) {
        const changes = differences(plain(whole), plain(folded)).map((one) => one.path);
        expect(changes).toEqual(["usage.cacheRead", "usage.cacheWrite"]);
      }
    },
  );

  test("a stream that begins again is an error", () => {
    const events = decodeStream(mapping, [bytesOf(restarted)]);
    expect(events.at(-1)).toMatchObject({ type: "error", error: { type: "upstream_truncated" } });
  });
});

function kinds(response: CanonicalResponse): unknown {
  const [candidate] = response.candidates;
  const types = (candidate?.parts ?? []).map((part) =>
    "tool" in part ? `${part.type}/${part.tool}` : part.type,
  );
  return { types: [...new Set(types)].toSorted(), stop: candidate?.stop?.reason };
}
