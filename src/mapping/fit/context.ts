import type { CanonicalRequest, Loss, LossAction } from "../canonical.ts";
import type { Capabilities } from "../capabilities.ts";
import { setMember } from "../nulls.ts";
import { reject } from "../rejection.ts";
import type { LossCode } from "./codes.ts";
import type { ToolNames } from "./names.ts";

/** What the passes of one fit share. */
export interface Context {
  readonly can: Capabilities;
  readonly from: string;
  readonly to: string;
  readonly losses: Loss[];
  readonly names: ToolNames;
  /** Where the client declared each of the tools that are left. */
  toolPlaces: readonly number[];
  /** Tools that are not loaded can be found. */
  findsTools: boolean;
  /** Only its tokens are counted: nothing is answered. */
  readonly counts: boolean;
  /** The target holds items of earlier answers itself, and takes their ids for them. */
  readonly holdsItems: boolean;
}

/** One concern: the request in, the same object out where nothing has to change. */
export type Pass = (request: CanonicalRequest, context: Context) => CanonicalRequest;

export interface LossDetail {
  code: LossCode;
  at: string;
  action: LossAction;
  note?: string;
}

export function lose(context: Context, loss: LossDetail): void {
  context.losses.push({ ...loss, from: context.from, to: context.to });
}

/** Whether raw parts and extensions of a protocol are native to the target. */
export function takes(context: Context, protocol: string): boolean {
  return protocol === context.to || context.can.raw.includes(protocol);
}

/** Refuses what cannot be sent without changing what the client means. */
export function refuse(code: LossCode, at: string, message: string): never {
  return reject({ message: `${message} (${at})`, details: { unsupported: code, at } });
}

/** The object with some members changed; `undefined` takes one away. The same object where nothing changes. */
export function change<T extends object>(object: T, changes: Partial<T>): T {
  let isSame = true;
  let takesAway = false;
  for (const name in changes) {
    if (object[name] === changes[name]) continue;
    isSame = false;
    if (changes[name] === undefined) takesAway = true;
  }
  if (isSame) return object;
  const copy = takesAway ? without(object, changes) : { ...object };
  for (const name in changes) if (changes[name] !== undefined) copy[name] = changes[name] as T[typeof name];
  return copy;
}

/** A new object: one that members are deleted from is slow to read ever after. */
function without<T extends object>(object: T, changes: Partial<T>): T {
  const copy: Record<string, unknown> = {};
  for (const name in object)
    if (!(name in changes) || changes[name] !== undefined) setMember(copy, name, object[name]);
  return copy as T;
}

/** `map` that gives the same list where no item changes. */
export function mapSame<T>(list: readonly T[], map: (item: T, index: number) => T): T[] {
  let copy: T[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const item = list[i] as T;
    const mapped = map(item, i);
    if (mapped !== item) copy ??= [...list];
    if (copy) copy[i] = mapped;
  }
  return copy ?? (list as T[]);
}

/** The object, or nothing where it has no members. */
export function filled<T extends object>(object: T): T | undefined {
  for (const _ in object) return object;
  return undefined;
}
