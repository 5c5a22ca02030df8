import { diagnostic } from "../diagnostics/diagnostic.ts";
import type { CanonicalError, CanonicalResponse, Part, StreamEvent } from "./canonical.ts";
import { createFold } from "./fold.ts";
import type { Fold } from "./fold.ts";
import { recordLoss } from "./losses.ts";
import { compileRows } from "./rows.ts";
import type { RowContext, Rows, RowVariables } from "./rows.ts";
import type { Scope } from "./scope.ts";
import { checkUnreachable, freshState, tableContext } from "./table.ts";
import type { TableFile } from "./table.ts";
import { compileAnyExpression, compileTemplate } from "./template.ts";
import { compilePrinted, openFrames } from "./frames.ts";
import type { FrameRules } from "./frames.ts";
import { firstEncoder, serialEncoder } from "./order.ts";
import { createPrinter } from "./printer.ts";
import { isMoreOf, keptTruth } from "./refrain/line.ts";
import type { Bindings, Document, Framing, StreamEncoder, StreamFacts } from "./types.ts";
import { nearest } from "../text/nearest.ts";
import type { Path } from "../text/yaml.ts";
import { covers, eventIndex, eventName, eventNames, literalness } from "./vocabulary.ts";

/** What is bound in every row. */
export const encodeVariables: readonly string[] = [
  "request",
  "target",
  "stream",
  "message",
  "block",
  "state",
  "event",
  "index",
  "error",
  "response",
];

/** The format's own documents that a table may refer to as `$error` and `$response`. */
export interface OwnDocuments {
  error?: Document<CanonicalError, unknown>;
  response?: Document<CanonicalResponse, unknown>;
}

interface Compiled extends FrameRules {
  table: TableFile;
  find: (event: StreamEvent, type: Part["type"] | undefined) => Rows | string | null;
  documents: OwnDocuments;
}

/** Compiles `stream.encode.yaml`: canonical events → wire frames. */
export function compileEncodeTable(
  table: TableFile,
  scope: Scope,
  documents: OwnDocuments,
): (bindings: Bindings, framing?: Framing) => StreamEncoder {
  const context: RowContext = {
    ...tableContext(table, scope, encodeVariables, () => undefined),
    compileEmit: (emitted, path, inner) => compilePrinted(table, emitted, path, inner),
    keepTruth: (written, evaluate) => keptTruth(written, evaluate, scope),
  };
  const { value } = table;
  const events = (value["events"] ?? {}) as Record<string, unknown>;
  const rows = new Map(
    Object.entries(events).map(([name, row]) => [name, compileEventRows(row, ["events", name], context)]),
  );
  const compiled: Compiled = {
    table,
    find: eventIndex(finder(table, scope, rows)),
    frame: value["frame"] === undefined ? undefined : compileTemplate(value["frame"], ["frame"], context),
    eventLine:
      value["event"] === undefined ? undefined : compileAnyExpression(value["event"], ["event"], context),
    documents,
  };
  const serial = value["order"] === "serial";
  const onlyFirst = value["candidates"] === "first";
  return function openEncoder(bindings, framing = "sse") {
    const plain = openPlain(compiled, bindings, framing);
    const ordered = serial ? serialEncoder(plain) : plain;
    return onlyFirst ? firstEncoder(ordered) : ordered;
  };
}

function openPlain(compiled: Compiled, bindings: Bindings, framing: Framing): StreamEncoder {
  const fold = createFold();
  const stream: StreamFacts = { ...(bindings.stream ?? { id: "", created: 0 }), frame: 0 };
  const bound = bindAll(compiled, bindings, fold, stream);
  const printer = createPrinter(framing);
  let event: StreamEvent = { type: "ping" };
  let found: Rows | string | null = null;
  const frames = openFrames(compiled, printer, bound, () => event);
  const lost = new Set<string>();
  let done = false;
  /** Another event than more of the same block: other rows, and whatever was kept may have changed. */
  function turnTo(event: StreamEvent): void {
    const block = "i" in event ? fold.block(event.i) : undefined;
    bound.epoch!++;
    bound["block"] = block;
    found = compiled.find(event, block?.type);
    done = event.type === "end" || event.type === "error";
    if (event.type === "error" && typeof found === "function")
      bound["error"] = compiled.documents.error?.(event.error, bindings) ?? { error: event.error };
    if (typeof found !== "string" || lost.has(found)) return;
    lost.add(found);
    recordLoss({ code: found, action: "drop", at: eventName(event, block?.type) });
  }
  return {
    isDone: () => done,
    push(next) {
      if (done) return "";
      const goesOn = isMoreOf(event, next);
      event = next;
      fold.push(event);
      if (!goesOn) turnTo(event);
      frames.text = "";
      if (typeof found === "function") found(event, bound, frames);
      return done ? frames.text + printer.close() : frames.text;
    },
  };
}

/** `$response` is made only for rows that ask for it: it is the format's whole answer so far. */
function compileEventRows(written: unknown, path: Path, context: RowContext): Rows {
  const uses = new Set<string>();
  const rows = compileRows(written, path, { ...context, uses });
  if (!uses.has("response")) return rows;
  return function runWithResponse(input, bound, out) {
    bound["response"] = bound.respond?.();
    rows(input, bound, out);
  };
}

function bindAll(compiled: Compiled, bindings: Bindings, fold: Fold, stream: StreamFacts): RowVariables {
  return {
    ...bindings,
    stream,
    message: fold.message,
    state: freshState(compiled.table),
    epoch: 0,
    kept: new Map(),
    respond: () => compiled.documents.response?.(fold.finished(), { ...bindings, stream }),
  };
}

/** For each event its rows, the code of its loss, or `null` where it is skipped. Reports what the table leaves undecided. */
function finder(
  table: TableFile,
  scope: Scope,
  rows: ReadonlyMap<string, Rows>,
): (name: string) => Rows | string | null {
  const skip = (table.value["skip"] ?? []) as string[];
  const lose = (table.value["lose"] ?? {}) as Record<string, string>;
  checkUnreachable(table, scope, skip, "skip");
  checkUnreachable(table, scope, Object.keys(lose), "lose");
  checkNames(table, scope, [...rows.keys()], ["events"]);
  const patterns = [...rows.keys(), ...skip, ...Object.keys(lose)].sort(
    (a, b) => literalness(b) - literalness(a),
  );
  const found = new Map<string, Rows | string | null>();
  const missing: string[] = [];
  for (const name of eventNames) {
    const pattern = patterns.find((one) => covers(one, name));
    if (pattern === undefined) missing.push(name);
    else found.set(name, rows.get(pattern) ?? lose[pattern] ?? null);
  }
  if (missing.length > 0) {
    const cure = "list them under `events`, `skip` or `lose`";
    scope.report(
      diagnostic(
        "LB402",
        `events that the table does not decide on: ${missing.join(", ")}`,
        table.place(["events"], "key"),
        cure,
      ),
    );
  }
  return (name) => found.get(name) ?? null;
}

function checkNames(table: TableFile, scope: Scope, names: readonly string[], path: readonly string[]): void {
  for (const name of names) {
    if (eventNames.some((known) => covers(name, known))) continue;
    const meant = nearest(name, eventNames);
    scope.report(
      diagnostic(
        "LB401",
        `no canonical event is named "${name}"`,
        table.place([...path, name], "key"),
        meant === undefined ? "mappings/README.md has the list" : `did you mean "${meant}"?`,
      ),
    );
  }
}
