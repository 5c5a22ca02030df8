/** Array and object constructors, and grouping. */
import type { Group, Node } from "../ast.ts";
import { pairsOf } from "../ast.ts";
import { genCall, loopOf } from "./calls.ts";
import { apart, define, definedAs, fresh, literal, place, val } from "./context.ts";
import type { Cx, Val } from "./context.ts";
import { objectKey } from "./names.ts";
import { gen, genEscaping } from "./node.ts";
import { genList } from "./paths.ts";

export function genArray(node: Node, cx: Cx): Val {
  const inside: Cx = cx.escapes === "members" ? { ...cx, escapes: "value" } : cx;
  const [only] = node.expressions;
  const isAlone = node.expressions.length === 1 && only !== undefined;
  const list = isAlone ? (genList(only, inside) ?? genCollected(only, inside)) : undefined;
  if (list !== undefined) {
    if (node.consarray === true && cx.escapes !== "value") cx.out.push(`mark(${list.code}, CONS);`);
    return list;
  }
  const items = node.expressions
    .map((item) => ({ item, value: genEscaping(item, inside) }))
    .filter(({ value }) => value.kind !== "none");
  const unsure = items.findIndex(({ item, value }) => !isOneItem(item, value));
  const sure = unsure === -1 ? items : items.slice(0, unsure);
  const out = define(cx, `[${sure.map(({ value }) => value.code).join(", ")}]`);
  for (const { item, value } of items.slice(sure.length)) {
    const isOne = isOneItem(item, { ...value, there: true });
    const add = isOne
      ? `${out}.push(${value.code});`
      : `appendItem(${out}, ${value.code}, ${place(cx, item)});`;
    cx.out.push(value.there ? add : `if (${value.code} !== undefined) ${add}`);
  }
  if (node.consarray === true && cx.escapes !== "value") cx.out.push(`mark(${out}, CONS);`);
  return val(out, "array", true);
}

/** A loop that is all that stands in an array constructor: what it collects is that array. */
function genCollected(node: Node, cx: Cx): Val | undefined {
  const isBare = node.predicate === undefined && node.group === undefined && node.keepArray !== true;
  if (node.type !== "function" || !isBare) return undefined;
  const loop = loopOf(node, cx);
  if (loop === undefined || loop === "reduce") return undefined;
  return val(define(cx, `listMany(${genCall(node, cx).code})`), "array", true);
}

/** Whether an item of an array constructor is certain to be one item of the array. */
function isOneItem(item: Node, { kind, there }: Val): boolean {
  const isWhole = item.type === "unary" && item.value === "[";
  return there && (isWhole || (kind !== "any" && kind !== "array"));
}

export function genObject(node: Node, cx: Cx): Val {
  const group = pairsOf(node);
  if (group.lhs.every(([key]) => isPlainKey(key))) return genRecord(group, cx);
  const code = cx.single ? `group([${cx.dollar}]` : `groupOf(${cx.item}`;
  return val(define(cx, `${code}, ${genPairs(group, cx)}, ${place(cx, node)})`), "object", true);
}

const RESERVED = new Set(["_jsonata_lambda", "_jsonata_function"]);

function isPlainKey(key: Node): boolean {
  return (
    key.type === "string" &&
    key.predicate === undefined &&
    key.group === undefined &&
    !RESERVED.has(key.value as string)
  );
}

/** An object whose keys are known: every item of the context goes to every key. */
function genRecord(group: Group, cx: Cx): Val {
  const keys = group.lhs.map(([key]) => key.value as string);
  const twice = keys.find((key, i) => keys.indexOf(key) !== i);
  if (twice !== undefined) {
    cx.out.push(`duplicateKey(${literal(twice)}, ${place(cx, group)});`);
    return val("undefined");
  }
  const isAlone = cx.single || cx.flat;
  const context = isAlone ? cx.dollar : fresh(cx.unit);
  const inner: Cx = {
    ...cx,
    out: isAlone ? cx.out : [],
    item: context,
    dollar: context,
    single: false,
    escapes: cx.escapes === false ? false : "value",
  };
  const isObject = isAlone ? undefined : definedAs(cx, objectKey(cx.item));
  // Where the item is an object it is the context, too.
  if (isObject !== undefined) inner.known.names.set(objectKey(context), isObject);
  const values = group.lhs.map(([, value]) => genEscaping(value, inner));
  if (!isAlone) {
    const isUsed = new RegExp(`\\b${context}\\b`).test(
      [...inner.out, ...values.map(({ code }) => code)].join("\n"),
    );
    const unless = isObject === undefined ? "" : `${isObject} ? ${cx.item} : `;
    if (isUsed) cx.out.push(`const ${context} = ${unless}groupContext(${cx.item});`);
    cx.out.push(...inner.out);
  }
  return val(genFields(keys, values, cx), "object", true);
}

/** More members than this that may be missing are not worth two ways to build the object. */
const MOST_UNSURE = 8;

/** The object: as one literal where every member is there, else member by member. */
function genFields(keys: readonly string[], values: readonly Val[], cx: Cx): string {
  const fields = keys
    .map((key, i) => ({ key, value: values[i] as Val }))
    .filter(({ value }) => value.kind !== "none");
  const whole = `{ ${fields.map(({ key, value }) => `${property(key)}: ${value.code}`).join(", ")} }`;
  const unsure = fields.filter(({ value }) => !value.there);
  if (unsure.length === 0) return define(cx, whole);
  const first = fields.findIndex(({ value }) => !value.there);
  const head = fields.slice(0, first).map(({ key, value }) => `${property(key)}: ${value.code}`);
  const out = fresh(cx.unit);
  const steps = fields.slice(first).map(({ key, value }) => {
    const guard = value.there ? "" : `if (${value.code} !== undefined) `;
    return `${guard}${assignment(out, key, value.code)}`;
  });
  const build = [`${out} = { ${head.join(", ")} };`, ...steps];
  cx.out.push(`let ${out};`);
  if (unsure.length > MOST_UNSURE) cx.out.push(...build);
  else {
    const all = unsure.map(({ value }) => `${value.code} !== undefined`).join(" && ");
    cx.out.push(`if (${all}) ${out} = ${whole};`, "else {", ...build, "}");
  }
  return out;
}

/** A computed key, so that `__proto__` is a name like any other. */
function property(key: string): string {
  return key === "__proto__" ? `[${literal(key)}]` : literal(key);
}

function assignment(target: string, key: string, code: string): string {
  return key === "__proto__"
    ? `put(${target}, ${literal(key)}, ${code});`
    : `${target}[${literal(key)}] = ${code};`;
}

/** The pairs as functions of the item (and of its tuple). `tuple`: opens the frame of a tuple. */
export function genPairs(
  group: Group,
  cx: Cx,
  tuple: (inner: Cx, name: string) => Cx = (inner) => inner,
): string {
  const functionOf = (node: Node): string => {
    const item = fresh(cx.unit, "c");
    const name = fresh(cx.unit, "q");
    const inner = tuple(apart(cx, { escapes: false, item, dollar: item, single: false, flat: false }), name);
    const value = gen(node, inner);
    return `(${item}, ${name}) => { ${inner.out.join("\n")} return ${value.code}; }`;
  };
  return `[${group.lhs.map(([key, value]) => `[${functionOf(key)}, ${functionOf(value)}]`).join(", ")}]`;
}

/** `value{ key: value }` behind anything but a path. */
export function genGroup(group: Group, value: Val, cx: Cx): Val {
  const items =
    value.kind === "sequence"
      ? value.code
      : `(Array.isArray(${value.code}) ? ${value.code} : [${value.code}])`;
  return val(define(cx, `group(${items}, ${genPairs(group, cx)}, ${place(cx, group)})`), "object", true);
}
