/** Random expressions and random inputs, built so that they often meet. */
import fc from "fast-check";
import type { Arbitrary } from "fast-check";

const NAMES = ["a", "b", "c", "type"];

const scalar: Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(0, 1, 2, -1, 1.5, "", "x", "y", "text", true, false, null),
  fc.constantFrom<unknown>("x", 1),
);

function value(depth: number): Arbitrary<unknown> {
  if (depth === 0) return scalar;
  const inner = value(depth - 1);
  return fc.oneof(
    { arbitrary: scalar, weight: 2 },
    { arbitrary: fc.array(inner, { maxLength: 3 }), weight: 2 },
    { arbitrary: record(inner), weight: 3 },
    { arbitrary: fc.array(record(inner), { maxLength: 3 }), weight: 3 },
  );
}

function record(inner: Arbitrary<unknown>): Arbitrary<unknown> {
  return fc.dictionary(fc.constantFrom(...NAMES), inner, { minKeys: 1, maxKeys: 4, noNullPrototype: true });
}

/** JSON over a few names, arrays in arrays included. */
export const inputs: Arbitrary<unknown> = fc.oneof(
  { arbitrary: record(value(3)), weight: 5 },
  { arbitrary: fc.array(record(value(2)), { maxLength: 4 }), weight: 2 },
  { arbitrary: value(3), weight: 1 },
);

const literal = fc.constantFrom("0", "1", "2", "-1", '"x"', '"y"', '"text"', '""', "true", "false", "null");
const name = fc.constantFrom(...NAMES);

type Source = Arbitrary<string>;

/** A template whose holes are filled with expressions. */
function form(template: string, holes: readonly Source[]): Source {
  const parts = template.split("_");
  return fc
    .tuple(...holes)
    .map((texts) => parts.map((part, i) => part + ((texts as string[])[i] ?? "")).join(""));
}

/** Templates of everything the language has; `_` is any expression, in parentheses where precedence asks for it. */
export const FORMS: readonly string[] = String.raw`
  (_).(_) ¦ a.(_) ¦ (_).a ¦ (_).b.c ¦ $.(_) ¦ (_)[0] ¦ (_)[-1] ¦ (_)[_] ¦ a[_] ¦ a.b[_] ¦ a[_].b
  a[] ¦ a.b[] ¦ (_)[] ¦ a[_][] ¦ (_).a[] ¦ a[0].b ¦ a.b[0] ¦ * ¦ ** ¦ a.* ¦ (_).* ¦ **.a ¦ (_).**
  {"p": _} ¦ {"p": _, "q": _} ¦ a.{"p": _, "q": _} ¦ (_).{type: _} ¦ (_).{"p": _} ¦ {type: _} ¦ [_]
  [_, _] ¦ [[_]] ¦ (_).[_] ¦ a.[_, _] ¦ [_].a ¦ [_][_] ¦ [1.._] ¦ [0..2].(_) ¦ (_) = (_) ¦ (_) != (_)
  (_) < (_) ¦ (_) and (_) ¦ (_) or (_) ¦ (_) in (_) ¦ (_) & (_) ¦ (_) + (_) ¦ (_) ? (_) : (_)
  (_) ? (_) ¦ (_) ?? (_) ¦ (_) ?: (_) ¦ -(_) ¦ (_) * 2 ¦ (_) - 1 ¦ ($v := _; _) ¦ ($v := _; $v)
  ($v := _; $v.a) ¦ ($v := _; [$v, $v[0]]) ¦ $v ¦ $$ ¦ $ ¦ $$.a ¦ $count(_) ¦ $string(_) ¦ $exists(_)
  $boolean(_) ¦ $not(_) ¦ $type(_) ¦ $append(_, _) ¦ $keys(_) ¦ $lookup(_, 'a') ¦ $distinct(_)
  $reverse(_) ¦ $spread(_) ¦ $sum(_) ¦ $join(_, '-') ¦ $sort(_) ¦ $merge(_) ¦ $zip(_, _) ¦ $number(_)
  $uppercase(_) ¦ $length(_) ¦ $substring(_, 1) ¦ $contains(_, 'x') ¦ $split(_, '')
  $replace(_, 'x', 'y') ¦ (_).$string() ¦ (_).$uppercase() ¦ (_).$keys() ¦ $max(_)
  $map(_, function($v) { _ }) ¦ $map(_, function($v, $i) { $v.a }) ¦ $filter(_, function($v) { _ })
  $map(_, function($v) { $keys($v) }) ¦ $map(_, function($v) { $filter($v, function($w) { _ }) })
  $reduce(_, function($x, $y) { $x & $y }) ¦ $reduce(_, function($v, $y) { _ }, _) ¦ $map(_, $string)
  $filter(_, function($v, $i) { $i > 0 }) ¦ $single(_, function($v) { _ }) ¦ $map(_, $count)
  $filter(_, $exists) ¦ $each(_, function($v, $k) { $k }) ¦ $each(_, function($v) { _ })
  $sift(_, function($v) { _ }) ¦ $sort(_, function($l, $r) { $l > $r })
  $map(_, function($v) { $v })[0] ¦ ($map(_, function($v) { [$v] })) ¦ a{type: _} ¦ (_){type: a}
  (_){"p": _} ¦ a^(b) ¦ (_)^(>a) ¦ (_)^(type, a) ¦ a^(b).c ¦ a[_]^(b)[0] ¦ a@$v.(_) ¦ a#$v.(_)
  a#$v[_] ¦ (_)#$v.[$v, $] ¦ a@$v.b@$w.[$v.type, $w] ¦ a.b.% ¦ a.b.(%.type) ¦ a.b[%.type = 'x']
  a.b.{'p': %.c, 'q': _} ¦ a#$v.b.{'p': $v} ¦ a@$v{type: $v.b} ¦ a.b.c.%.%.type
  ($f := function($v) { _ }; $f(_)) ¦ ($f := function($v) { $v.a }; (_).$f($))
  ($f := function($x, $y) { $x & $y }; $f(_, ?))(_) ¦ (_) ~> $count ¦ (_) ~> $map(function($v) { _ })
  (_) ~> $string ~> $length ¦ ($g := $string ~> $length; $g(_)) ¦ function($v) { _ }(_)
  function($v) { $v ? _ : _ }(_) ¦ function($v) { $count($v) }(_) ¦ $ ~> |a|{'b': _}|
  $ ~> |a|{'c': 1}, 'b'| ¦ $match(_, /x/) ¦ $contains(_, /[xy]/) ¦ $replace(_, /x/, '$0$0')
  (_)[type = 'x'] ¦ (_)[type = 'text'].a ¦ (_)[a > 0] ¦ a[b = 'x'].c ¦ a[$not($exists(b))]
  (_)[b and c] ¦ (_)[$v] ¦ a[[0, 1]] ¦ (_)[[0..1]] ¦ $lookup($, _) ¦ $.a[0][0] ¦ *[0] ¦ (_).*[_]
  $keys(_)[0] ¦ $keys(_)[] ¦ $filter(_, $exists)[_] ¦ $map(_, $string)[0] ¦ $map(_, $keys)[_]
  (_) ~> $keys ¦ (_) ~> $keys() ¦ ((_) ~> $spread)[0] ¦ $map(_, $spread) ¦ ($map(_, $keys)).a
  $distinct((_).a) ¦ $each(_, function($v) { $filter($v, function($w) { _ }) }) ¦ $distinct(_)[0]
  **[_] ¦ $lookup(_, 'a')[] ¦ {'p': a[], 'q': [b]} ¦ (_)[].{'p': _}
  $map(_[], function($v) { $v.a[] }) ¦ $spread(_) ¦ $[_] ¦ $.(_)[0] ¦ ($v := a[]; $v)
  ($v := a[]; $v.b) ¦ ({"p": a[]}).p ¦ ($v := b.[c]; $v.($)) ¦ (a.[b, c]).($) ¦ $append(a[], b)
  ($x := 1; $h := function() { $x }; $x := _; $h()) ¦ ($v := 1; ($w := $v; $v := _; [$v, $w]))
  [a, b].c ¦ [a][0].b
`
  .split(/[¦\n]/)
  .map((template) => template.trim())
  .filter((template) => template !== "");

const leaf: Source = fc.oneof(
  { arbitrary: literal, weight: 1 },
  { arbitrary: name, weight: 2 },
  { arbitrary: fc.tuple(name, name).map(([x, y]) => `${x}.${y}`), weight: 2 },
);

function expression(depth: number): Source {
  if (depth === 0) return leaf;
  const inner = expression(depth - 1);
  const formed = fc.constantFrom(...FORMS).chain((template) => {
    const holes = template.split("_").length - 1;
    return form(
      template,
      Array.from({ length: holes }, () => inner),
    );
  });
  return fc.oneof({ arbitrary: leaf, weight: depth === 3 ? 0 : 1 }, { arbitrary: formed, weight: 2 });
}

/** Expressions up to three forms deep. */
export const expressions: Source = expression(3);
