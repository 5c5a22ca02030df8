/** `| pattern | update, delete |` as a function. */
import { fault } from "../error.ts";
import { parseSignature, referenceFunction } from "../reference.ts";
import { call, describe } from "./calls.ts";
import type { Callable } from "./calls.ts";
import { tick } from "./state.ts";
import { isFunction, put, walkJson } from "./values.ts";

type Part = (item: unknown) => unknown;
type Places = readonly [whole: number, update: number, deletion: number];

const signature = parseSignature("<(oa):o>");
const copyJson = referenceFunction("clone").implementation;

export function clone(value?: unknown): unknown {
  walkJson(value);
  return copyJson(value);
}

/** `ownClone`: the expression binds `$clone` itself, and that is used. */
export function transform(
  pattern: Part,
  update: Part,
  deletion: Part | undefined,
  places: Places,
  ownClone: boolean,
  cloner: unknown,
): Callable {
  const apply = (object?: unknown): unknown => {
    if (object === undefined) return undefined;
    if (ownClone && !isFunction(cloner)) throw fault("T2013", { place: places[0] });
    const copy = ownClone ? call(cloner, [object], null, places[0], "clone") : clone(object);
    const matches = pattern(copy);
    for (const match of Array.isArray(matches) ? matches : matches === undefined ? [] : [matches]) {
      tick(1);
      change(match, update(match), places[1]);
      if (deletion !== undefined) remove(match, deletion(match), places[2]);
    }
    return copy;
  };
  return describe(apply, { arity: 1, signature });
}

function change(match: unknown, changes: unknown, place: number): void {
  if (changes === undefined) return;
  if (typeof changes !== "object" || changes === null || Array.isArray(changes)) {
    throw fault("T2011", { place, value: changes });
  }
  if (typeof match !== "object" || match === null) return;
  for (const [key, value] of Object.entries(changes)) put(match, key, value);
}

function remove(match: unknown, names: unknown, place: number): void {
  if (names === undefined) return;
  const list: unknown[] = Array.isArray(names) ? names : [names];
  if (!list.every((name) => typeof name === "string")) throw fault("T2012", { place, value: names });
  if (typeof match !== "object" || match === null) return;
  for (const name of list) Reflect.deleteProperty(match, name as string);
}
