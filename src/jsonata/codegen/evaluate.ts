/** `$eval`: the text is compiled when the call is reached, and sees the variables that are visible at the call. */
import { define, literal, val } from "./context.ts";
import type { Cx, Val } from "./context.ts";
import { bindingsOf } from "./scope.ts";
import type { Frame } from "./scope.ts";

export function genEval(args: readonly Val[], cx: Cx, at: number): Val {
  const list = args.map(({ code }) => code).join(", ");
  return val(
    define(cx, `evaluateText([${list}], ${cx.dollar}, ${visibleVariables(cx)}, compileText, ${at})`),
  );
}

/** The variables in scope, by name, as an object. */
function visibleVariables(cx: Cx): string {
  const names = new Set<string>();
  for (let frame: Frame | null = cx.frame; frame !== null; frame = frame.parent) {
    for (const name of frame.bindings.keys()) if (/^\w+$/.test(name)) names.add(name);
  }
  const entries = [...names].map((name) => {
    const code = bindingsOf(cx.frame, name).reduceRight(
      (rest, { read, test }) => `(${test} ? ${read} : ${rest})`,
      "unset",
    );
    return `[${literal(name)}, ${code}]`;
  });
  return `visible(vars, [${entries.join(", ")}])`;
}
