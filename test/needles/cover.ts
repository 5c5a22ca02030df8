import type { Loss } from "../../src/mapping/canonical.ts";
import { at, isObject, kindOfPlace, parsePath, written } from "../../src/golden/leaves.ts";
import type { Path } from "../../src/golden/leaves.ts";

/**
 * What a loss is about, where that is not all that stands at its place: a loss of citations at a text does not excuse a
 * loss of the text. `never`: it says what was added, and excuses nothing.
 */
const scopes: readonly (readonly [RegExp, RegExp])[] = [
  [/^turns\.annotations$/, /annotations/],
  [/^turns\.phase$/, /phase/],
  [/^turns\.name$/, /name/],
  [/^history\.opaque$/, /opaque/],
  [/^history\.args$/, /argsText/],
  [/^results\.error$/, /isError/],
  [/^media\.detail$/, /detail|ext/],
  [/^documents\.title$/, /title|name/],
  [/^documents\.context$/, /context/],
  [/^documents\.citations$/, /citations/],
  [/^cache\./, /cache/],
  [/^tools\.strict$/, /strict/],
  [/^tools\.examples$/, /examples/],
  [/^tools\.defer$/, /defer/],
  [/^tools\.callers$/, /caller/],
  [/^tools\.outputSchema$/, /outputSchema/],
  [/^tools\.(name|namespace)$/, /name/i],
  [/^schema\./, /schema/i],
  [/^reasoning\./, /^reasoning/],
  [/^(turns\.first|tools\.declared|reasoning\.placeholder)$/, /^never$/],
];

/** Whether a loss names what stood at a canonical place. */
export function names(loss: Loss, path: Path): boolean {
  const place = parsePath(loss.at ?? loss.code);
  const [, scope] = scopes.find(([code]) => code.test(loss.code)) ?? [];
  if (!isPrefix(place, path) && !isLateMark(loss, path)) return false;
  return scope === undefined || scope.test(written(path));
}

/** Cache marks are judged last, at places in the request as it is sent: parts have been added and moved before that. */
function isLateMark({ code }: Loss, path: Path): boolean {
  return (
    /^cache\.(marks|ttl)$/.test(code) &&
    /^(system|tools|turns\[\]\.parts(\[\]\.(content|src\.parts))?)\[\]\.cache(\.ttl)?$/.test(
      kindOfPlace(path),
    )
  );
}

/** A mapping's `tools.<name>` stands for the tool of that name, whichever it is. */
function isPrefix(place: Path, long: Path): boolean {
  const short = place[0] === "tools" && typeof place[1] === "string" ? place.slice(0, 1) : place;
  return short.length <= long.length && short.every((key, i) => key === long[i]);
}

/** What losses of answers are about: places of a canonical answer or of its events, and the type of what stands there. */
const answerScopes: readonly (readonly [RegExp, RegExp])[] = [
  [/^answer\.server$/, /server_call|server_result/],
  [
    /^answer\.(raw|compaction|media|reasoning|refusal)$|^parts\./,
    /raw|compaction|media|server_call|server_result/,
  ],
  [/^answer\.opaque$/, /opaque/],
  [/^answer\.transcript$/, /transcript/],
  [/^answer\.tool_call\.caller$/, /caller/],
  [/^answer\.serviceTier$/, /serviceTier/],
  [/^citations$/, /annotation/],
  [/^logprobs$/, /logprobs/],
  [/^stop\./, /stop/],
  [/^tools\.(incomplete|arguments)$/, /tool_call/],
];

/** Whether a loss of the encoder names what stood at a place of an answer: by its code, which says what it is about. */
export function namesOfAnswer(loss: Loss, canonical: unknown, path: Path): boolean {
  const [, scope] = answerScopes.find(([code]) => code.test(loss.code)) ?? [];
  const types = path.map((_, i) => typeAt(canonical, path.slice(0, i)));
  return scope?.test(`${written(path)} ${types.filter(Boolean).join(" ")}`) ?? false;
}

/** Whether a loss names a place: by its own place, which holds it. */
export function holds(loss: Loss, path: Path): boolean {
  return isPrefix(parsePath(loss.at ?? loss.code), path);
}

function typeAt(value: unknown, path: Path): string | undefined {
  const here = at(value, path);
  if (!isObject(here)) return undefined;
  const { type, kind, i, block } = here as {
    type?: string;
    kind?: string;
    i?: number;
    block?: { type?: string };
  };
  const opened =
    i !== undefined && !block && Array.isArray(value)
      ? value.find((one: { i?: number; block?: object }) => one.i === i && one.block)
      : undefined;
  return [type, kind, (opened as { block?: { type?: string } } | undefined)?.block?.type]
    .filter(Boolean)
    .join(" ");
}
