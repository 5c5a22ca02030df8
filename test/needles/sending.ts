import type { CanonicalRequest, Loss } from "../../src/mapping/canonical.ts";
import { at, parsePath, withAt, written } from "../../src/golden/leaves.ts";
import type { Path } from "../../src/golden/leaves.ts";
import { fit } from "../../src/mapping/fit/fit.ts";
import { collectLosses } from "../../src/mapping/losses.ts";
import { Rejection } from "../../src/mapping/rejection.ts";
import type { Mapping } from "../../src/mapping/types.ts";
import { names } from "./cover.ts";

export interface Sent {
  text: string;
  losses: Loss[];
}

export function send(canonical: CanonicalRequest, from: Mapping, to: Mapping, model: string): Sent {
  const request = { ...canonical, model };
  const capabilities = to.capabilities(model, {});
  const fitted = fit(request, capabilities, { from: from.protocol, to: to.protocol });
  const target = {
    provider: to.name,
    model,
    stream: request.stream,
    kind: "request" as const,
    capabilities,
    headers: {},
  };
  const losses = [...fitted.losses];
  const wire = collectLosses(() => to.request.encode!(fitted.request, { target }), losses);
  const headers = Object.values(to.upstream?.headers ?? {}).map((value) =>
    typeof value === "string" ? value : value(fitted.request, { target }),
  );
  const path = target.stream ? to.upstream?.streamPath : to.upstream?.path;
  return { text: JSON.stringify([wire, headers, path]), losses };
}

export interface Target {
  to: Mapping;
  model: string;
}

/** A request on its way to a target, without what is refused of it. */
export interface Sending {
  canonical: CanonicalRequest;
  /** Places that were taken out: in the whole request, and, in order, in what was left of it. */
  refused: Path[];
  removed: Path[];
  refusals: number;
  /** Absent: refused as a whole. */
  sent?: Sent;
}

/** Named at its place in what was sent, or as all that a turn had: then nothing is left that could say whose turn it was. */
export function isNamed({ sent, canonical, removed }: Sending, place: Path): boolean {
  if (!sent) return false;
  const turn = written(place.slice(0, 2));
  const isBare =
    place[0] === "turns" &&
    (at(canonical, [...place.slice(0, 2), "parts"]) as unknown[] | undefined)?.length === 0;
  return (
    sent.losses.some((loss) => names(loss, place) || (isBare && loss.at?.startsWith(turn))) ||
    (isBare && removed.some((gone) => written(gone).startsWith(turn)))
  );
}

/** Where something stands when what is refused has been taken out of the lists before it. */
export function placeSent(place: Path, removed: readonly Path[]): Path {
  return removed.reduce((path, gone) => {
    const index = gone.length - 1;
    const [key, here] = [gone[index], path[index]];
    const isLater = typeof key === "number" && typeof here === "number" && here > key;
    return isLater && gone.slice(0, -1).every((one, i) => one === path[i])
      ? path.with(index, here - 1)
      : path;
  }, place);
}

/** What is refused is taken out, and the rest is sent: one refused image must not hide what becomes of the text. */
export function sendRest(
  { canonical, from }: { canonical: CanonicalRequest; from: Mapping },
  { to, model }: Target,
): Sending {
  const sending: Sending = { canonical, refused: [], removed: [], refusals: 0 };
  for (let tries = 0; tries < 30; tries++) {
    try {
      return { ...sending, sent: send(sending.canonical, from, to, model) };
    } catch (error) {
      if (!(error instanceof Rejection) || !/\w/.test(error.error.message)) throw error;
      sending.refusals++;
      const place = placeOf(error, sending.canonical);
      if (!place) break;
      sending.refused.push(samePlace(canonical, at(sending.canonical, place)) ?? place);
      sending.removed.push(place);
      sending.canonical = withAt(sending.canonical, place, undefined);
    }
  }
  return sending;
}

function placeOf(error: Rejection, canonical: CanonicalRequest): Path | undefined {
  const place = parsePath(String(error.error.details?.["at"] ?? ""));
  return place.length > 0 && at(canonical, place) !== undefined ? place : undefined;
}

/** Where an object stands: taking items out of lists renumbers the others and leaves them themselves. */
function samePlace(value: unknown, sought: unknown, path: Path = []): Path | undefined {
  if (value === sought) return path;
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, member] of Object.entries(value)) {
    const found =
      typeof member === "object"
        ? samePlace(member, sought, [...path, Array.isArray(value) ? Number(key) : key])
        : undefined;
    if (found) return found;
  }
  return undefined;
}
