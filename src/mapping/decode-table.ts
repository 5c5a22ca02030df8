import { diagnostic } from "../diagnostics/diagnostic.ts";
import type { Fact, StreamEvent } from "./canonical.ts";
import { createGrammar } from "./grammar.ts";
import { dropNulls } from "./nulls.ts";
import { planRows } from "./plan.ts";
import { compileRows } from "./rows.ts";
import { openListener } from "./refrain/listener.ts";
import type { Verses } from "./refrain/learn.ts";
import { compileTracer } from "./refrain/trace.ts";
import type { Tracer } from "./refrain/trace.ts";
import type { RowContext, Rows, RowVariables, WrittenRow } from "./rows.ts";
import type { Scope } from "./scope.ts";
import { checkUnreachable, freshState, tableContext } from "./table.ts";
import type { TableFile } from "./table.ts";
import { compileAnyExpression } from "./template.ts";
import type { Path } from "../text/yaml.ts";
import type { Bindings, StreamDecoder } from "./types.ts";
import { covers, factMembers, literalness } from "./vocabulary.ts";

/** What is bound in every row. */
export const decodeVariables: readonly string[] = [
  "request",
  "target",
  "http",
  "stream",
  "state",
  "event",
  "index",
  "name",
];

export interface DecodeOptions {
  protocol: string;
  /** Keys of the wire whose values are carried whole. */
  opaque: ReadonlySet<string>;
  /** Told of wire events that no row knows, each name once a stream. */
  onUnknown?: (name: string) => void;
}

/** Compiles `stream.decode.yaml`: wire events → facts → canonical events. */
export function compileDecodeTable(
  table: TableFile,
  scope: Scope,
  options: DecodeOptions,
): (bindings: Bindings) => StreamDecoder {
  const context = tableContext(table, scope, decodeVariables, (emitted, path) =>
    checkFact(emitted, path, context),
  );
  const { value } = table;
  const key = compileAnyExpression(rowKey(value["key"]), ["key"], context);
  const events = (value["events"] ?? {}) as Record<string, unknown>;
  const rows = new Map(
    Object.entries(events).map(([name, row]) => [name, compileVerses(table, row, ["events", name], context)]),
  );
  const skip = (value["skip"] ?? []) as string[];
  checkUnreachable(table, scope, skip, "skip");
  const find = finder(rows, skip);
  const done = typeof value["done"] === "string" ? value["done"] : undefined;
  const closing = done === undefined ? undefined : rows.get(done);

  return function openDecoder(bindings) {
    const grammar = createGrammar({ endOnStop: value["end"] === "stop", protocol: options.protocol });
    const bound: RowVariables = {
      ...bindings,
      state: freshState(table),
      event: undefined,
      index: undefined,
      name: undefined,
      sink: undefined,
    };
    const unknown = new Set<string>();
    const facts: unknown[] = [];
    let into: StreamEvent[] = [];
    const tell = (fact: Fact): void => grammar.push(fact, into);
    const run = (verses: Verses, event: unknown): void => {
      verses.run(event, bound, facts);
      for (const fact of facts) tell(fact as Fact);
      facts.length = 0;
    };
    const listener = openListener(bound, (data) => parse(data, options.opaque));
    return {
      isDone: () => grammar.isDone(),
      push(data, name, out) {
        if (grammar.isDone()) return;
        into = out;
        if (listener.sing(data, name, tell)) return;
        if (done !== undefined && data.trim() === done) {
          if (closing) run(closing, {});
          return grammar.push({ type: "end" }, out);
        }
        const event = parse(data, options.opaque);
        if (event === undefined) return grammar.push(brokenJson, out);
        bound["name"] = name;
        const keyed = key(event, bound);
        const verses = find(typeof keyed === "string" ? keyed : "");
        if (verses === undefined) noteUnknown(unknown, String(keyed ?? name ?? ""), options);
        if (!verses) return;
        run(verses, event);
        listener.hear(verses, data, name);
      },
      finish: (out: StreamEvent[]) => grammar.finish(out),
    };
  };
}

function compileVerses(table: TableFile, rows: unknown, path: Path, context: RowContext): Verses {
  let tracer: Tracer | undefined;
  context.scope.memory?.later?.(() => void compileTracer(rowKey(table.value["key"]), rows, path, context));
  return {
    run: fastRows(rows, path, context),
    trace(input, bound, trace) {
      tracer ??= compileTracer(rowKey(table.value["key"]), rows, path, context);
      return tracer(input, bound, trace);
    },
    setsState: setsState(rows),
  };
}

function setsState(rows: unknown): boolean {
  return [rows].flat().some((row) => {
    const { set, rows: inner } = (row ?? {}) as WrittenRow;
    return set !== undefined || (inner !== undefined && setsState(inner));
  });
}

/** Rows as one function, made for the first event that needs it; run one by one where they cannot be. */
function fastRows(written: unknown, path: Path, context: RowContext): Rows {
  const general = compileRows(written, path, context);
  let planned: Rows | undefined;
  context.scope.memory?.later?.(() => void planRows(written, path, context));
  return function runRows(input, bound, out) {
    // A constructor would group the items of a list; a template is filled once.
    if (Array.isArray(input)) return general(input, bound, out);
    planned ??= planRows(written, path, context) ?? general;
    planned(input, bound, out);
  };
}

/** A bare word names one row for every event; anything else is an expression. */
function rowKey(key: unknown): unknown {
  return typeof key === "string" && /^[\w.-]+$/.test(key) && !key.startsWith("=") ? JSON.stringify(key) : key;
}

const brokenJson: Fact = {
  type: "error",
  error: { type: "server", status: 502, message: "the upstream sent an event that is not JSON" },
};

function parse(data: string, opaque: ReadonlySet<string>): unknown {
  try {
    const value: unknown = JSON.parse(data);
    return data.includes("null") ? (dropNulls(value, opaque) ?? {}) : value;
  } catch {
    return undefined;
  }
}

/** Rows by name; `null` where an event is skipped, `undefined` where nothing knows it. Patterns are resolved once a name. */
function finder(
  rows: ReadonlyMap<string, Verses>,
  skip: readonly string[],
): (name: string) => Verses | null | undefined {
  const found = new Map<string, Verses | null | undefined>(rows);
  for (const name of skip) if (!rows.has(name)) found.set(name, null);
  const patterns = [...rows.keys(), ...skip].sort((a, b) => literalness(b) - literalness(a));
  return function find(name) {
    const known = found.get(name);
    if (known !== undefined || found.has(name)) return known;
    const pattern = patterns.find((one) => covers(one, name));
    const row = pattern === undefined ? undefined : (rows.get(pattern) ?? null);
    if (found.size < 1000) found.set(name, row);
    return row;
  };
}

function noteUnknown(unknown: Set<string>, name: string, options: DecodeOptions): void {
  if (unknown.has(name)) return;
  unknown.add(name);
  options.onUnknown?.(name);
}

function checkFact(emitted: unknown, path: Path, context: RowContext): void {
  if (emitted === null || typeof emitted !== "object" || Array.isArray(emitted)) return;
  const fact = emitted as Record<string, unknown>;
  const type = fact["type"];
  if (typeof type === "string" && type.startsWith("=")) return;
  const members = typeof type === "string" ? factMembers[type] : undefined;
  if (!members) {
    const names = Object.keys(factMembers).join(", ");
    const at = type === undefined ? context.place(path) : context.place([...path, "type"]);
    context.scope.report(diagnostic("LB404", `unknown fact ${JSON.stringify(type)}`, at, `one of ${names}`));
    return;
  }
  for (const name of members.required) {
    if (!(name in fact)) {
      context.scope.report(
        diagnostic("LB203", `a "${type as string}" fact needs \`${name}\``, context.place(path)),
      );
    }
  }
  for (const name of Object.keys(fact)) {
    if (name === "type" || members.required.includes(name) || members.optional.includes(name)) continue;
    const legal = [...members.required, ...members.optional].join(", ");
    context.scope.report(
      diagnostic(
        "LB201",
        `a "${type as string}" fact has no \`${name}\``,
        context.place([...path, name], "key"),
        `it has: ${legal}`,
      ),
    );
  }
}
