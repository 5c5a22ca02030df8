/** The functions of a prelude: read once, generated as expressions reach them, and shared by all of these. */
import { someChild } from "../ast.ts";
import type { Node } from "../ast.ts";
import { digest, remember } from "../memory.ts";
import type { Memory } from "../memory.ts";
import { checkSyntax } from "../parse.ts";
import type { HostFunction, Problem } from "../types.ts";
import { startOf } from "./context.ts";
import { readFacts } from "./facts.ts";
import type { Facts } from "./facts.ts";

/** One assignment of a prelude. Plain values. */
export interface Member extends Facts {
  readonly name: string;
  /** Which of the prelude's assignments it is. */
  readonly index: number;
  /** What it is in every evaluation: the same function, or an equal value without any name or call in it. */
  readonly kind: "lambda" | "constant" | "other";
}

/** Generated functions by the names that generated code has for them. */
export type Made = Record<string, unknown>;

export interface Library {
  readonly source: string;
  readonly problems: readonly Problem[];
  /** In the order written; a name may stand there several times, and the last one counts. */
  readonly members: readonly Member[];
  readonly byName: ReadonlyMap<string, Member>;
  readonly named: ReadonlyMap<string, readonly Member[]>;
  /** What has been generated, for expressions that must finish the sequences they pass on and for others. */
  readonly made: { readonly plain: Made; readonly finishing: Made };
}

type Hosts = Readonly<Record<string, HostFunction>>;

const libraries = new WeakMap<Hosts, Map<string, Library>>();
const mostPreludes = 16;

/** The library of a prelude and the host functions it may call; the same one for the same two. */
export function libraryOf(source: string, hosts: Hosts, memory: Memory | undefined): Library {
  let known = libraries.get(hosts);
  if (known === undefined) libraries.set(hosts, (known = new Map()));
  let library = known.get(source);
  if (library === undefined) {
    if (known.size >= mostPreludes) known.clear();
    known.set(source, (library = readLibrary(source, memory)));
  }
  return library;
}

function readLibrary(source: string, memory: Memory | undefined): Library {
  let problems: readonly Problem[] = [];
  const members =
    remember(
      memory,
      () => `library ${digest(source)}`,
      () => {
        const { ast, problems: syntax } = checkSyntax(source, "prelude");
        const all = ast === undefined ? [] : assignments(ast);
        const others = all.filter((node) => node.type !== "bind");
        problems = [...syntax, ...others.map((node) => notAnAssignment(node, source))];
        return problems.length > 0 ? undefined : membersOf(all);
      },
    ) ?? [];
  const byName = new Map(members.map((member) => [member.name, member]));
  const named = Map.groupBy(members, ({ name }) => name);
  return { source, problems, members, byName, named, made: { plain: {}, finishing: {} } };
}

function membersOf(binds: readonly Node[]): Member[] {
  const names = new Set(binds.map((node) => node.lhs.value as string));
  return binds.map((node, index) => {
    const { free } = readFacts(node, [node]);
    const lent = free.filter((name) => !names.has(name));
    return { ...describeMember(node), index, free: lent };
  });
}

/** The assignments of a library without problems. */
export function treesOf({ source }: Library): readonly Node[] {
  return assignments(checkSyntax(source, "prelude").ast as Node);
}

function assignments(ast: Node): readonly Node[] {
  return ast.type === "block" ? ast.expressions : [ast];
}

function describeMember({ lhs, rhs }: Node): Omit<Member, "index" | "free"> {
  const isLambda = rhs.type === "lambda" && rhs.predicate === undefined && rhs.group === undefined;
  const kind = isLambda ? "lambda" : isConstant(rhs) ? "constant" : "other";
  const { names } = readFacts(rhs, []);
  return { name: lhs.value as string, kind, names };
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
export function reach({ members, named }: Library, names: Iterable<string>): readonly Member[] {
  const taken = new Set<Member>();
  const wanted = [...names];
  for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
    for (const member of named.get(name) ?? []) {
      if (taken.has(member)) continue;
      taken.add(member);
      wanted.push(...member.names);
    }
  }
  return taken.size === 0 ? [] : members.filter((member) => taken.has(member));
}
