/** What the free names of a text mean outside of it; those that mean nothing are problems. */
import type { Node } from "../ast.ts";
import { builtins } from "../runtime/builtins.ts";
import { suggest } from "../suggest.ts";
import type { CompileOptions, Problem } from "../types.ts";
import { startOf } from "./context.ts";
import { freeNames } from "./free.ts";
import type { Reference, Scope } from "./free.ts";
import { treeOf } from "./facts.ts";
import type { Facts } from "./facts.ts";
import { treesOf } from "./library.ts";
import type { Library, Member } from "./library.ts";

/** What a text refers to, all of it: itself, and the members of the library that it reaches. */
export interface Reach {
  readonly source: string;
  readonly facts: Facts;
  readonly library: Library | undefined;
  readonly reached: readonly Member[];
}

/** Whether a name means something without the caller. */
export function isKnown(name: string, { functions = {} }: CompileOptions): boolean {
  return Object.hasOwn(functions, name) || builtins.has(name) || name === "eval";
}

/** Names that nobody binds, where `variables` says what callers do. Places and cures are only looked for if there are any. */
export function unknownNames(text: Reach, options: CompileOptions): Problem[] {
  const { facts, reached } = text;
  const { variables } = options;
  if (variables === undefined) return [];
  const isUnknown = (name: string): boolean =>
    !variables.includes(name) && !isKnown(name, options) && !reached.some((member) => member.name === name);
  const isWrong = facts.free.some(isUnknown) || reached.some(({ free }) => free.some(isUnknown));
  return isWrong ? findProblems(text, options, isUnknown) : [];
}

function findProblems(
  { source, facts, library, reached }: Reach,
  { functions = {}, variables = [] }: CompileOptions,
  isUnknown: (name: string) => boolean,
): Problem[] {
  const others = [...Object.keys(functions), ...variables, ...reached.map(({ name }) => name)];
  const inMembers = reached.flatMap(({ free, index }) => {
    if (library === undefined || !free.some(isUnknown)) return [];
    const unknown = freeNames([treesOf(library)[index] as Node]).filter(
      ({ name }) => free.includes(name) && isUnknown(name),
    );
    return unknown.map((one) => problemOf(one, library.source, others, "prelude"));
  });
  if (!facts.free.some(isUnknown)) return inMembers;
  const own = freeNames([treeOf(source)]).filter(({ name }) => isUnknown(name));
  return [...inMembers, ...own.map((one) => problemOf(one, source, others, "source"))];
}

function problemOf(
  { name, called, node, scope }: Reference,
  source: string,
  others: readonly string[],
  where: Problem["in"],
): Problem {
  const what = called ? "function" : "variable";
  const meant = suggest(name, [...builtins.keys(), ...others, ...visibleIn(scope)]);
  return {
    code: `unknown-${what}`,
    message: `unknown ${what} $${name}`,
    position: startOf(source, node),
    length: name.length + 1,
    in: where,
    ...(meant === undefined ? {} : { cure: `did you mean $${meant}?` }),
  };
}

function visibleIn(scope: Scope): string[] {
  const names: string[] = [];
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) names.push(...at.names.keys());
  return names;
}
