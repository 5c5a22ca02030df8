import type { StreamEvent } from "../mapping/canonical.ts";
import { fold } from "../mapping/fold.ts";
import { describeChanges, differences } from "./diff.ts";
import { cutEndsInError, sameHoweverCut } from "./laws.ts";
import { bindings, equal, note, noteUpdate, plainOf } from "./report.ts";
import type { Run } from "./report.ts";
import { decodeStream, encodeStream } from "./streams.ts";

/** The bytes of a stream as they came, named by their framing. */
const streamFiles = ["stream.sse", "stream.jsonl", "stream.json"];

/** Checks a case's stream: what is decoded of it, the laws over its bytes, and what is drawn of its events. */
export function runStream(run: Run): void {
  const { golden: files, mapping } = run;
  const bound = bindings(run);
  const recorded = streamFiles.find((file) => files.has(file));
  if (mapping.stream.decode && recorded && files.notes.direction !== "encode") {
    const bytes = files.bytes(recorded);
    goldenEvents(run, decodeStream(mapping, [bytes], bound));
    note(run, "stream however cut", sameHoweverCut(mapping, bytes, bound));
    note(run, "stream cut short", cutEndsInError(mapping, bytes, bound));
  }
  if (!mapping.stream.encode || !files.has("stream.canonical.jsonl")) return;
  const events = files.lines("stream.canonical.jsonl") as StreamEvent[];
  const wire = encodeStream(mapping, events, bound);
  if (files.has("encoded.sse")) goldenText(run, "stream.encode", "encoded.sse", wire);
  if (mapping.stream.decode && files.notes.direction === "both" && events.at(-1)?.type === "end") {
    const again = fold(decodeStream(mapping, [new TextEncoder().encode(wire)], bound, "sse"));
    equal(run, "stream.decode∘encode", fold(events), again, files.notes.canonical);
  }
}

function goldenEvents(run: Run, events: readonly StreamEvent[]): void {
  const file = "stream.canonical.jsonl";
  const written = run.golden.has(file) ? run.golden.lines(file) : undefined;
  const changes = differences(written, plainOf(events));
  if (changes.length === 0) return note(run, "stream.decode");
  if (!run.update) return note(run, "stream.decode", describeChanges(changes));
  run.golden.write(file, events.map((one) => `${JSON.stringify(one)}\n`).join(""));
  noteUpdate(run, "stream.decode", describeChanges(changes));
}

function goldenText(run: Run, check: string, file: string, actual: string): void {
  const written = run.golden.bytes(file).toString("utf8");
  if (written === actual) return note(run, check);
  const message = describeChanges(differences(written.split("\n\n"), actual.split("\n\n")));
  if (!run.update) return note(run, check, message);
  run.golden.write(file, actual);
  noteUpdate(run, check, message);
}
