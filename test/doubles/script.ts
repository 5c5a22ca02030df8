import { createHash } from "node:crypto";

/** One call of the model, by the client's own name of the tool. */
export interface Call {
  name: string;
  args?: Record<string, unknown>;
  /** Free text for a custom tool; where the vendor has none, its one argument `input`. */
  input?: string;
  /** What the client's tool must give back. */
  gives?: RegExp;
  /** Data in base64 that must come back as media, wherever the vendor takes it. */
  shows?: string;
}

/** One answer of the model, in no vendor's words. */
export interface Said {
  thinking?: string;
  text?: string;
  calls?: readonly Call[];
}

/** All that the model says in a conversation, answer by answer. */
export type Script = readonly Said[];

export interface SpokenCall {
  id: string;
  name: string;
  kind: "function" | "custom";
  namespace?: string;
  /** Arguments as JSON text, or a custom tool's input. */
  text: string;
}

/** An answer as it is about to go out. */
export interface Spoken {
  turn: number;
  model: string;
  /** The thoughts, where the client wants to see them. */
  thinking?: string;
  /** What must come back with them. */
  token?: string;
  text?: string;
  calls: readonly SpokenCall[];
}

/** A tool as a request offers it. */
export interface Offered {
  name: string;
  kind: "function" | "custom";
  namespace?: string;
}

/** An answer as it came back in the history, with what the client's tools gave. */
export interface Heard {
  text: string;
  calls: { id?: string; name: string; namespace?: string; args: unknown }[];
  results: { id?: string; text: string }[];
}

/** Tokens of an answer, the same in every vendor's way of counting. */
export const usageOf = (
  turn: number,
): { input: number; cached: number; output: number; thinking: number } => ({
  input: 1000 + 100 * turn,
  cached: 900,
  output: 50 + turn,
  thinking: 7,
});

/** What only the vendor can read: the same for the same answer, and for no other. */
export function seal(vendor: string, turn: number, said: Said): string {
  const seed = JSON.stringify([vendor, turn, said]);
  const digest = (n: number): Buffer => createHash("sha512").update(`${n} ${seed}`).digest();
  return Buffer.concat([digest(1), digest(2), digest(3)]).toString("base64");
}

export function idOf(prefix: string, turn: number, index: number): string {
  return prefix + createHash("sha256").update(`${turn} ${index}`).digest("hex").slice(0, 24);
}

/**
 * Finds the offered tool that a call means. A name that the vendor does not allow may have been shortened, and a namespace
 * that it does not have may have become part of the name.
 */
export function findOffered(call: Call, offered: readonly Offered[]): Offered | undefined {
  const isShortened = (name: string): boolean =>
    call.name.length > 64 && name.startsWith(call.name.slice(0, 32));
  return (
    offered.find(({ name }) => name === call.name) ??
    offered.find(({ name }) => name.endsWith(`__${call.name}`) || isShortened(name))
  );
}

/** The calls of answer number `turn` in the words of the tools that are offered. */
export function speakCalls(
  said: Said,
  turn: number,
  offered: readonly Offered[],
  prefix: string,
): SpokenCall[] {
  return (said.calls ?? []).map((call, index): SpokenCall => {
    const tool = findOffered(call, offered);
    const isCustom = tool?.kind === "custom";
    const args = call.input === undefined ? (call.args ?? {}) : { input: call.input };
    return {
      id: idOf(prefix, turn, index),
      name: tool?.name ?? call.name,
      kind: isCustom ? "custom" : "function",
      ...(tool?.namespace !== undefined && { namespace: tool.namespace }),
      text: isCustom ? (call.input ?? "") : JSON.stringify(args),
    };
  });
}

/** Text in pieces of a few characters, as models send it. */
export function pieces(text: string, size = 5): string[] {
  const points = [...text];
  return Array.from({ length: Math.ceil(points.length / size) }, (_, i) =>
    points.slice(i * size, (i + 1) * size).join(""),
  );
}

/** The first of each list, the second of each, and so on. */
export function braid<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, i) =>
    lists.flatMap((list) => (i < list.length ? [list[i]!] : [])),
  ).flat();
}
