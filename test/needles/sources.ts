import { readCases } from "../../src/bridge/cases.ts";
import type { GoldenCase } from "../../src/bridge/cases.ts";
import { loadMappings } from "../../src/bridge/mappings.ts";
import type { Bindings, HttpFacts, Mapping } from "../../src/mapping/types.ts";
import type { Frame } from "./answers.ts";
import { kindOfPlace, leavesOf } from "../../src/golden/leaves.ts";
import type { Words } from "./requests.ts";

export const mappings: ReadonlyMap<string, Mapping> = loadMappings().mappings;

/** Models of each upstream that differ in what they can carry; a format that is not listed is asked for any. */
const models: Readonly<Record<string, readonly string[]>> = {
  anthropic: ["claude-sonnet-4-5", "claude-opus-4-8", "claude-3-5-sonnet-latest"],
  "openai-chat": ["any", "gpt-4.1", "gpt-5.6", "anthropic/claude-sonnet-4.5"],
  "openai-responses": ["gpt-4.1", "gpt-5.6", "gpt-oss-120b"],
  codex: ["gpt-5.6-codex"],
  gemini: ["gemini-2.0-flash", "gemini-2.5-pro", "gemini-3-pro"],
  deepseek: ["deepseek-chat"],
};

export const upstreams: readonly { to: Mapping; model: string }[] = [...mappings.values()]
  .filter(({ request }) => request.encode)
  .flatMap((to) => (models[to.name] ?? ["any"]).map((model) => ({ to, model })));

export const clients: readonly Mapping[] = [...mappings.values()].filter(
  ({ serves, response, stream }) => serves.length > 0 && response.encode && stream.encode,
);

/** Clients of other protocols: what a protocol says of itself goes back to its own as it came. */
export function others({ protocol }: Mapping): Mapping[] {
  return clients.filter((one) => one.protocol !== protocol);
}

export interface Source {
  mapping: Mapping;
  golden: GoldenCase;
  title: string;
}

/** Golden cases that hold a file which their mapping decodes. */
export function sources(file: string, decodes: (mapping: Mapping) => unknown): Source[] {
  return [...mappings.values()]
    .filter(decodes)
    .flatMap((mapping) =>
      readCases(mapping.name, mapping.folder).map((golden) => ({
        mapping,
        golden,
        title: `${mapping.name}/${golden.name}`,
      })),
    )
    .filter(({ golden }) => golden.has(file) && golden.notes.direction !== "encode");
}

export function httpOf(golden: GoldenCase): HttpFacts {
  return { headers: {}, ...(golden.has("http.json") && (golden.json("http.json") as HttpFacts)) };
}

export function contextOf(golden: GoldenCase): Bindings {
  return golden.has("context.json") ? (golden.json("context.json") as Bindings) : {};
}

/** The frames of a recorded stream. */
export function framesOf(golden: GoldenCase): Frame[] {
  const text = golden
    .bytes("stream.sse")
    .toString("utf8")
    .replace(/^\ufeff/, "")
    .replaceAll(/\r\n?/g, "\n");
  return text.split("\n\n").flatMap((frame) => {
    const data = [...frame.matchAll(/^data: ?(.*)$/gm)].map(([, line]) => line).join("\n");
    const event = /^event: ?(.*)$/m.exec(frame)?.[1];
    return data === "" ? [] : [{ ...(event !== undefined && { event }), data: parsed(data) }];
  });
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data) as unknown;
  } catch {
    return data;
  }
}

/** What some wire value says at each place: the words that a format has for it. */
export function wordsOf(values: Iterable<unknown>): Words {
  const known = new Map([["tool_choice.allowed_tools.mode", new Set(["auto", "required"])]]);
  for (const value of values) {
    for (const { path, value: word } of leavesOf(value)) {
      if (typeof word !== "string" || word.length > 40) continue;
      const place = kindOfPlace(path);
      known.set(place, (known.get(place) ?? new Set()).add(word));
    }
  }
  return (place) => [...(known.get(place) ?? [])].slice(0, 8);
}

/** True the first few times that a key is asked for: trying what a leaf changes is dear, and a place is like its fellows. */
export function fewTimes(most: number): (key: string) => boolean {
  const times = new Map<string, number>();
  return (key) => {
    const count = (times.get(key) ?? 0) + 1;
    times.set(key, count);
    return count <= most;
  };
}
