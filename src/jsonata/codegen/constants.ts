/** Values that generated code refers to, told by what they are: so the code can be kept as text. */
import type { Node } from "../ast.ts";
import { parseSignature } from "../reference.ts";
import { builtins, implementationOf } from "../runtime/builtins.ts";
import type { Name } from "../runtime/names.ts";
import type { HostFunction } from "../types.ts";

export type Constant =
  | { readonly host: string }
  | { readonly builtin: string }
  /** A built-in without its signature. */
  | { readonly implementation: string }
  | { readonly pattern: string; readonly flags: string }
  | { readonly signature: string }
  | { readonly names: readonly Name[] }
  /** Where the step of that number among those that hand something on hands it to. */
  | { readonly tell: number };

/** The regular expression of a node. */
export function patternOf({ value }: Node): Constant {
  const { source, flags } = value as RegExp;
  return { pattern: source, flags };
}

/** Where constants come from that not everybody has. */
export interface Sources {
  readonly hosts: Readonly<Record<string, HostFunction>>;
  readonly tells?: readonly unknown[];
}

export function resolve(constant: Constant, { hosts, tells = [] }: Sources): unknown {
  if ("host" in constant) return hosts[constant.host];
  if ("builtin" in constant) return builtins.get(constant.builtin);
  if ("implementation" in constant) return implementationOf(constant.implementation);
  if ("pattern" in constant) return new RegExp(constant.pattern, constant.flags);
  if ("signature" in constant) return parseSignature(constant.signature);
  return "names" in constant ? constant.names : tells[constant.tell];
}
