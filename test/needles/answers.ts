import type { CanonicalResponse, Loss, StreamEvent } from "../../src/mapping/canonical.ts";
import { decodeStream } from "../../src/golden/streams.ts";
import { answerLosses } from "../../src/mapping/answer-losses.ts";
import { fold } from "../../src/mapping/fold.ts";
import { collectLosses } from "../../src/mapping/losses.ts";
import { Rejection } from "../../src/mapping/rejection.ts";
import type { Bindings, Mapping } from "../../src/mapping/types.ts";
import { holds, namesOfAnswer } from "./cover.ts";
import { kindOfPlace, leavesOf, withAt } from "../../src/golden/leaves.ts";
import type { Leaf, Path } from "../../src/golden/leaves.ts";
import { plant, sameShape } from "./plant.ts";
import type { Needle } from "./plant.ts";
import { differs, variants } from "./requests.ts";
import type { Silent, Verdict, Watch } from "./requests.ts";
import { placesOf, spelledOut, stands } from "./search.ts";
import { differences } from "../../src/golden/diff.ts";

const clock = { id: "answer-1", created: 1_700_000_000, frame: 0 };
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** An upstream's answer with needles in it: a document, or the data of a stream's events. */
export interface Answer {
  from: Mapping;
  title: string;
  wire: unknown;
  read: (wire: unknown) => CanonicalAnswer;
  canonical: CanonicalAnswer;
  needles: Needle[];
  stiff: Leaf[];
}

export type CanonicalAnswer = CanonicalResponse | StreamEvent[];

/** Reads a document as an upstream sent it. */
export function documentReader(from: Mapping, bindings: Bindings): Answer["read"] {
  return (wire) => plain(from.response.decode!(wire, { http: { headers: {} }, ...bindings }));
}

/** Events of a stream: `{event, data}`, the data parsed where it is JSON. */
export interface Frame {
  event?: string;
  data: unknown;
}

/** Reads frames as an upstream sent them. */
export function streamReader(from: Mapping, bindings: Bindings): Answer["read"] {
  return (wire) => {
    const text = (wire as Frame[]).map(
      ({ event, data }) =>
        `${event === undefined ? "" : `event: ${event}\n`}data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`,
    );
    return plain(
      decodeStream(
        from,
        [new TextEncoder().encode(text.join(""))],
        { http: { headers: {} }, ...bindings },
        "sse",
      ),
    );
  };
}

/** Puts needles into an answer. */
export function seedAnswer(from: Mapping, wire: unknown, read: Answer["read"], title: string): Answer {
  const original = plain(wire);
  const holds = (planted: unknown, needle: string, before: unknown): boolean => {
    try {
      const canonical = read(planted);
      return stands(canonical, needle) && sameShape(read(before), canonical, needle);
    } catch {
      return false;
    }
  };
  const { value, needles, stiff } = plant(original, holds);
  return { from, title, wire: value, read, canonical: read(value), needles, stiff };
}

/** An answer as it came. */
export function readAnswer(from: Mapping, wire: unknown, read: Answer["read"], title: string): Answer {
  return { from, title, wire, read, canonical: read(wire), needles: [], stiff: leavesOf(wire) };
}

/** The same of a stream, but for what another frame says again: deltas and the whole after them, the id in every chunk. */
export function unreadFrames(answer: Answer, watch: Watch): Silent[] {
  const said = new Map<unknown, number>();
  for (const { value } of answer.stiff) said.set(value, (said.get(value) ?? 0) + 1);
  const heard = spelledOut(whole(answer.canonical));
  const isAgain = ({ value }: Silent): boolean =>
    (said.get(value) ?? 0) > 1 || heard.includes(JSON.stringify(value).replaceAll(/^"|"$/g, ""));
  return unreadAnswer(answer, watch).filter((one) => !isAgain(one));
}

/** Leaves of an answer that make no difference to what is decoded. */
export function unreadAnswer({ from, title, wire, read, canonical, stiff }: Answer, watch: Watch): Silent[] {
  const before = JSON.stringify(canonical);
  return stiff
    .filter(
      (leaf) =>
        !watch.isSyntax(from.name, kindOfPlace(leaf.path), leaf.value) &&
        !variants(leaf, watch.words).some((value) =>
          differs(() => JSON.stringify(read(withAt(wire as object, leaf.path, value))), before),
        ),
    )
    .map(({ path, value }) => ({ where: from.name, what: kindOfPlace(path), value, title }));
}

interface Told {
  text: string;
  /** What the encoder said while it drew. */
  losses: Loss[];
  /** What the client's format has no place for, at its places in the whole answer. */
  untold: Loss[];
}

/** The answer as a whole, however it came. */
function whole(canonical: CanonicalAnswer): CanonicalResponse {
  return Array.isArray(canonical) ? plain(fold(canonical)) : canonical;
}

/** What a client of a format is told, as it stands on the wire. */
export function tell(canonical: CanonicalAnswer, to: Mapping, request: Bindings["request"]): Told {
  const losses: Loss[] = [];
  const bindings: Bindings = { stream: clock, ...(request && { request }) };
  const text = collectLosses(() => {
    if (!Array.isArray(canonical)) return JSON.stringify(to.response.encode!(canonical, bindings));
    const encoder = to.stream.encode!(bindings, "sse");
    return canonical.map((event) => encoder.push(event)).join("");
  }, losses);
  return { text, losses, untold: to.answers ? answerLosses(whole(canonical), to.answers, to.protocol) : [] };
}

/** Follows every leaf of an answer to the client of another format. */
export function followAnswer(
  answer: Answer,
  to: Mapping,
  watch: Watch,
  request: Bindings["request"],
): Verdict {
  const verdict: Verdict = { silent: [], found: 0, named: 0, refused: 0 };
  let told: Told;
  try {
    told = tell(answer.canonical, to, request);
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    verdict.refused += answer.needles.length + answer.stiff.length;
    return verdict;
  }
  const said = spelledOut(told.text);
  const where = `${answer.from.name} → ${to.name}`;
  for (const { text, path } of answer.needles) {
    const what = kindOfPlace(path);
    if (said.includes(text)) verdict.found++;
    else if (isNamed(told, answer.canonical, text)) verdict.named++;
    else if (!watch.isSyntax(answer.from.name, what, undefined)) {
      const places = [...new Set(placesOf(answer.canonical, text).map(kindOfPlace))];
      verdict.silent.push({ where, what, value: places.join(" "), title: answer.title });
    }
  }
  for (const leaf of answer.stiff) {
    const what = kindOfPlace(leaf.path);
    if (watch.isSyntax(answer.from.name, what, leaf.value)) continue;
    if (
      !watch.isNew(`${where} ${what} ${String(leaf.value)}`) ||
      seen(answer, told, leaf, { to, watch, request })
    )
      verdict.found++;
    else verdict.silent.push({ where, what, value: leaf.value, title: answer.title });
  }
  return verdict;
}

function isNamed({ losses, untold }: Told, canonical: CanonicalAnswer, needle: string): boolean {
  return (
    placesOf(canonical, needle).some((place) =>
      losses.some((loss) => namesOfAnswer(loss, canonical, place)),
    ) || placesOf(whole(canonical), needle).some((place) => untold.some((loss) => holds(loss, place)))
  );
}

function pathsOf(before: unknown, after: unknown): Path[] {
  return differences(before, after).map((one) =>
    one.path.split(".").map((key) => (/^\d+$/.test(key) ? Number(key) : key)),
  );
}

function seen(
  answer: Answer,
  told: Told,
  leaf: Leaf,
  { to, watch, request }: { to: Mapping; watch: Watch; request: Bindings["request"] },
): boolean {
  const before = JSON.stringify(told);
  return variants(leaf, watch.words).some((value) => {
    try {
      const varied = answer.read(withAt(answer.wire as object, leaf.path, value));
      if (
        pathsOf(answer.canonical, varied).some((place) =>
          told.losses.some((loss) => namesOfAnswer(loss, answer.canonical, place)),
        )
      )
        return true;
      if (
        pathsOf(whole(answer.canonical), whole(varied)).some((place) =>
          told.untold.some((loss) => holds(loss, place)),
        )
      )
        return true;
      return JSON.stringify(tell(varied, to, request)) !== before;
    } catch {
      return true;
    }
  });
}
