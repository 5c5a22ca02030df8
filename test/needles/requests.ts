import { differences } from "../../src/golden/diff.ts";
import { at, kindOfPlace, withAt } from "../../src/golden/leaves.ts";
import type { Leaf } from "../../src/golden/leaves.ts";
import type { CanonicalRequest } from "../../src/mapping/canonical.ts";
import type { HttpFacts, Mapping } from "../../src/mapping/types.ts";
import { plant, sameShape } from "./plant.ts";
import type { Needle } from "./plant.ts";
import { placesOf, spelledOut, stands } from "./search.ts";
import { isNamed, placeSent, send, sendRest } from "./sending.ts";
import type { Sending, Target } from "./sending.ts";

/** A client's request with needles in it. */
export interface Seeded {
  from: Mapping;
  title: string;
  http: HttpFacts;
  canonical: CanonicalRequest;
  needles: Needle[];
  stiff: Leaf[];
  wire: unknown;
}

/** Something that got lost in silence. */
export interface Silent {
  /** `anthropic → gemini (gemini-3-pro)`, or the format whose decoder does not read it. */
  where: string;
  /** The place without numbers, in the wire for decoders, in the canonical form for encoders. */
  what: string;
  value: unknown;
  title: string;
}

const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

export function decode(from: Mapping, wire: unknown, http: HttpFacts): CanonicalRequest {
  return plain(from.request.decode!(wire, { http }));
}

/** Puts needles into a client's request. */
export function seed(from: Mapping, wire: unknown, http: HttpFacts, title: string): Seeded {
  const original = plain(wire);
  const model = from.wire.model;
  const holds = (planted: unknown, needle: string, before: unknown): boolean => {
    try {
      if (from.validate?.(planted)) return false;
      const canonical = decode(from, planted, http);
      return stands(canonical, needle) && sameShape(decode(from, before, http), canonical, needle);
    } catch {
      return false;
    }
  };
  const { value, needles, stiff } = plant(original, holds);
  // The name of the model decides what can be carried: it stays.
  const kept =
    model === undefined
      ? value
      : withAt(value as object, [model], (original as Record<string, unknown>)[model]);
  return {
    from,
    title,
    http,
    wire: kept,
    canonical: decode(from, kept, http),
    needles: needles.filter(({ path }) => path[0] !== model),
    stiff: stiff.filter(({ path }) => path[0] !== model),
  };
}

/** Leaves of the wire that make no difference to what is decoded. */
export function unread(
  { from, title, http, wire, canonical, stiff }: Seeded,
  { words, isSyntax }: Watch,
): Silent[] {
  const before = JSON.stringify(canonical);
  return stiff
    .filter(
      (leaf) =>
        !isSyntax(from.name, kindOfPlace(leaf.path), leaf.value) &&
        !variants(leaf, words).some((value) =>
          differs(() => JSON.stringify(decode(from, withAt(wire as object, leaf.path, value), http)), before),
        ),
    )
    .map(({ path, value }) => ({ where: from.name, what: kindOfPlace(path), value, title }));
}

/** Words that stand at the like of a place in some request: what a format says there. */
export type Words = (what: string) => Iterable<string>;

/** Other values of a leaf: a reader that looks at it gives something else for one of them. */
export function variants({ path, value }: Leaf, words: Words): unknown[] {
  if (typeof value === "boolean") return [!value, undefined];
  if (typeof value === "number") return [value + 1, value - 1, undefined];
  return [undefined, `${value}x`, ...words(kindOfPlace(path))].filter((one) => one !== value);
}

/** Whether something else comes out, a refusal included. */
export function differs(run: () => string, before: string): boolean {
  try {
    return run() !== before;
  } catch {
    return true;
  }
}

export interface Verdict {
  silent: Silent[];
  found: number;
  named: number;
  refused: number;
}

/** What is the same for all requests that are followed. */
export interface Watch {
  words: Words;
  /** Says once of each place and value whether it is worth trying what difference it makes. */
  isNew: (key: string) => boolean;
  /** Places of a format's wire that say nothing by themselves. */
  isSyntax: (format: string, what: string, value: unknown) => boolean;
}

/** Follows every leaf of a request to one upstream: it stands there, a loss names it, or it is refused in words. */
export function follow(seeded: Seeded, target: Target, watch: Watch): Verdict {
  const verdict: Verdict = { silent: [], found: 0, named: 0, refused: 0 };
  const sending = sendRest(seeded, target);
  verdict.refused += sending.refusals;
  if (!sending.sent) return verdict;
  const said = spelledOut(sending.sent.text);
  const where = `${seeded.from.name} → ${target.to.name} (${target.model})`;
  for (const { text, path } of seeded.needles) {
    const what = kindOfPlace(path);
    if (said.includes(text)) verdict.found++;
    else if (!stands(sending.canonical, text)) verdict.refused++;
    else if (placesOf(sending.canonical, text).some((place) => isNamed(sending, place))) verdict.named++;
    else if (!watch.isSyntax(seeded.from.name, what, undefined))
      verdict.silent.push({ where, what, value: at(seeded.wire, path), title: seeded.title });
  }
  for (const leaf of seeded.stiff) {
    const what = kindOfPlace(leaf.path);
    if (watch.isSyntax(seeded.from.name, what, leaf.value)) continue;
    const key = `${where} ${what} ${String(leaf.value)}`;
    if (!watch.isNew(key) || makesDifference(seeded, sending, leaf, { target, watch })) verdict.found++;
    else verdict.silent.push({ where, what, value: leaf.value, title: seeded.title });
  }
  return verdict;
}

/** Whether a leaf of the wire is seen by the upstream, or named by a loss where the canonical form has it. */
function makesDifference(
  seeded: Seeded,
  sending: Sending,
  leaf: Leaf,
  { target, watch }: { target: Target; watch: Watch },
): boolean {
  const before = JSON.stringify(sending.sent);
  return variants(leaf, watch.words).some((value) => {
    try {
      const varied = decode(seeded.from, withAt(seeded.wire as object, leaf.path, value), seeded.http);
      const changes = differences(seeded.canonical, varied).map((one) =>
        one.path.split(".").map((key) => (/^\d+$/.test(key) ? Number(key) : key)),
      );
      if (
        changes.some(
          (place) =>
            isNamed(sending, placeSent(place, sending.removed)) ||
            sending.refused.some((gone) => gone.every((key, i) => key === place[i])),
        )
      )
        return true;
      const canonical = sending.removed.reduce((whole, place) => withAt(whole, place, undefined), varied);
      return JSON.stringify(send(canonical, seeded.from, target.to, target.model)) !== before;
    } catch {
      return true;
    }
  });
}
