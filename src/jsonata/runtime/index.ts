/** Everything that generated code calls, by the names it uses. */
import { fault } from "../error.ts";
import * as calls from "./calls.ts";
import { evaluateText, unset, visible } from "./evaluate.ts";
import * as direct from "./direct.ts";
import { admit, at, keepAt, pick, picked } from "./filters.ts";
import * as hosts from "./hosts.ts";
import * as names from "./names.ts";
import * as objects from "./objects.ts";
import * as operators from "./operators.ts";
import { hasMatch, matcher } from "./regex.ts";
import * as sequences from "./sequences.ts";
import { orderBy } from "./sort.ts";
import { CONS, S, addAll, mark, overrun, tick } from "./state.ts";
import { transform } from "./transform.ts";
import * as tuples from "./tuples.ts";
import { equal, own, put, truthy } from "./values.ts";

function same(a: unknown, b: unknown): boolean {
  return a !== undefined && b !== undefined && equal(a, b);
}

function differ(a: unknown, b: unknown): boolean {
  return a !== undefined && b !== undefined && !equal(a, b);
}

function forgotDollar(code: string, token: string, place: number): never {
  throw fault(code, { token, place });
}

export const runtime: Readonly<Record<string, unknown>> = {
  CONS,
  S,
  mark,
  overrun,
  tick,
  unset,
  collapse: sequences.collapse,
  keep: sequences.keep,
  fin: sequences.fin,
  finKeep: sequences.finKeep,
  only: sequences.only,
  keepOne: sequences.keepOne,
  rawOne: sequences.rawOne,
  iter: sequences.iter,
  add: sequences.add,
  addAll,
  kept: sequences.kept,
  keptOne: sequences.keptOne,
  member: names.member,
  members: names.members,
  listOf: sequences.listOf,
  listOne: sequences.listOne,
  listMany: sequences.listMany,
  unfinished: sequences.unfinished,
  nameOf: names.nameOf,
  keptNameOf: names.keptNameOf,
  isEmptyHead: sequences.isEmptyHead,
  walk: names.walk,
  walkItems: names.walkItems,
  flowItems: sequences.flowItems,
  headItems: sequences.headItems,
  wildcard: sequences.wildcard,
  wildcardRaw: sequences.wildcardRaw,
  descendants: sequences.descendants,
  admit,
  at,
  keepAt,
  pick,
  picked,
  same,
  differ,
  own,
  put,
  truthy,
  arithmetic: operators.arithmetic,
  negate: operators.negate,
  compare: operators.compare,
  includes: operators.includes,
  part: operators.part,
  concat: operators.concat,
  range: operators.range,
  appendItem: operators.appendItem,
  itemsOf: operators.itemsOf,
  group: objects.group,
  groupOf: objects.groupOf,
  groupContext: objects.groupContext,
  duplicateKey: objects.duplicateKey,
  orderBy,
  startTuples: tuples.startTuples,
  tupleStep: tuples.tupleStep,
  tupleFilter: tuples.tupleFilter,
  tupleAt: tuples.tupleAt,
  tupleIndex: tuples.tupleIndex,
  tupleSort: tuples.tupleSort,
  tupleItems: tuples.tupleItems,
  sortedTuples: tuples.sortedTuples,
  groupTuples: tuples.groupTuples,
  stream: tuples.stream,
  streamFilter: tuples.streamFilter,
  call: calls.call,
  callKeep: calls.callKeep,
  apply: calls.apply,
  settle: calls.settle,
  tailCall: calls.tailCall,
  partial: calls.partial,
  chain: calls.chain,
  chainRaw: calls.chainRaw,
  chainKeep: calls.chainKeep,
  describe: calls.describe,
  OPEN: calls.OPEN,
  callHost: hosts.callHost,
  charged: hosts.charged,
  forgotDollar,
  typeOf: direct.typeOf,
  countOf: direct.countOf,
  appendTo: direct.appendTo,
  textOf: direct.textOf,
  isJoinable: direct.isJoinable,
  joinOf: direct.joinOf,
  areObjects: direct.areObjects,
  isObject: direct.isObject,
  keysOf: direct.keysOf,
  merge: direct.merge,
  mergeTwo: direct.mergeTwo,
  areNumbers: direct.areNumbers,
  direct1: direct.direct1,
  direct2: direct.direct2,
  direct3: direct.direct3,
  matcher,
  hasMatch,
  transform,
  evaluateText,
  visible,
};
