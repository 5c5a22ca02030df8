/** The functions of a prelude: read once, generated as expressions reach them, and shared by all of these. */
import { someChild } from "../ast.ts";
import type { Node } from "../ast.ts";
import { checkSyntax, held } from "../parse.ts";
import type { HostFunction, Problem } from "../types.ts";
import { globalsOf } from "./check.ts";
import type { Globals } from "./check.ts";
import { startOf } from "./context.ts";
import { freeNames, namesIn } from "./free.ts";

/** One assignment of a prelude. */
export interface Member extends Globals {
  readonly name: string;
  /** Which of the prelude's assignments it is. */
  readonly index: number;
  /** What it is in every evaluation: the same function, or an equal value without any name or call in it. */
  readonly kind: "lambda" | "constant" | "other";
  /** All names that occur in it. */
  readonly names: ReadonlySet<string>;
}

/** Generated functions by the names that generated code has for them. */
export type Made = Record<string, unknown>;

export interface Library {
  readonly source: string;
  readonly problems: readonly Problem[];
  /** In the order written; a name may stand there several times, and the last one counts. */
  readonly members: readonly Member[];
  readonly byName: ReadonlyMap<string, Member>;
  /** The assignments, parsed again where nobody held them. */
  readonly trees: () => readonly Node[];
  /** What has been generated, for expressions that must finish the sequences they pass on and for others. */
  readonly made: { readonly plain: Made; readonly finishing: Made };
}

type Hosts = Readonly<Record<string, HostFunction>>;

const libraries = new WeakMap<Hosts, Map<string, Library>>();
const mostPreludes = 16;

/** The library of a prelude and the host functions it may call; the same one for the same two. */
export function libraryOf(source: string, hosts: Hosts): Library {
  let known = libraries.get(hosts);
  if (known === undefined) libraries.set(hosts, (known = new Map()));
  let library = known.get(source);
  if (library === undefined) {
    if (known.size >= mostPreludes) known.clear();
    known.set(source, (library = readLibrary(source, hosts)));
  }
  return library;
}

function readLibrary(source: string, hosts: Hosts): Library {
  const { ast, problems } = checkSyntax(source, "prelude");
  const all = ast === undefined ? [] : assignments(ast);
  const others = all.filter((node) => node.type !== "bind");
  const binds = all.filter((node) => node.type === "bind");
  const names = new Set(binds.map((node) => node.lhs.value as string));
  const members = binds.map((node) => {
    const references = freeNames([node]).filter(({ name }) => !names.has(name));
    return {
      ...describeMember(node),
      index: all.indexOf(node),
      ...globalsOf(references, hosts, source),
    };
  });
  return {
    source,
    problems: [...problems, ...others.map((node) => notAnAssignment(node, source))],
    members,
    byName: new Map(members.map((member) => [member.name, member])),
    trees: held(all, () => assignments(checkSyntax(source, "prelude").ast as Node)),
    made: { plain: {}, finishing: {} },
  };
}

function assignments(ast: Node): readonly Node[] {
  return ast.type === "block" ? ast.expressions : [ast];
}

function describeMember({ lhs, rhs }: Node): Pick<Member, "name" | "kind" | "names"> {
  const isLambda = rhs.type === "lambda" && rhs.predicate === undefined && rhs.group === undefined;
  const kind = isLambda ? "lambda" : isConstant(rhs) ? "constant" : "other";
  return { name: lhs.value as string, kind, names: namesIn(rhs) };
}

function isConstant(node: Node): boolean {
  if (node.predicate !== undefined || node.group !== undefined || node.keepArray === true) return false;
  const isLiteral = ["string", "number", "value"].includes(node.type);
  const isConstructor = node.type === "unary" && node.value !== "-";
  return isLiteral || (isConstructor && !someChild(node, (child) => !isConstant(child)));
}

function notAnAssignment(node: Node, source: string): Problem {
  const position = startOf(source, node);
  return {
    code: "not-an-assignment",
    message: "a prelude holds assignments only",
    position,
    length: 1,
    in: "prelude",
  };
}

/** The members that some names lead to, in the order written. */
export function reach({ members }: Library, names: ReadonlySet<string>): readonly Member[] {
  const wanted = new Set(names);
  const taken = new Set<Member>();
  for (let grown = true; grown;) {
    grown = false;
    for (const member of members) {
      if (taken.has(member) || !wanted.has(member.name)) continue;
      taken.add(member);
      for (const name of member.names) wanted.add(name);
      grown = true;
    }
  }
  return members.filter((member) => taken.has(member));
}
