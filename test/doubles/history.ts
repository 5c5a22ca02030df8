import { isDeepStrictEqual } from "node:util";
import { findOffered, speakCalls } from "./script.ts";
import type { Heard, Offered, Script } from "./script.ts";

export interface HistoryFacts {
  heard: readonly Heard[];
  offered: readonly Offered[];
  /** What the vendor's ids of calls begin with; without one, calls have no ids. */
  prefix?: string;
}

/**
 * Compares a history with what the double has said so far: every text, call, id and argument in its place, and for
 * every call the one result that its tool must have given.
 */
export function checkHistory(script: Script, { heard, offered, prefix }: HistoryFacts): string[] {
  const problems: string[] = [];
  if (heard.length >= script.length)
    return [`the history holds ${heard.length} answers, the script has only ${script.length}`];
  heard.forEach((answer, turn) => {
    const said = script[turn]!;
    const expected = speakCalls(said, turn, offered, prefix ?? "");
    const at = `answer ${turn + 1}`;
    if (answer.text !== (said.text ?? ""))
      problems.push(`${at}: the text was ${quote(said.text ?? "")} and came back as ${quote(answer.text)}`);
    if (answer.calls.length !== expected.length)
      problems.push(`${at}: ${expected.length} calls came back as ${answer.calls.length}`);
    if (answer.results.length !== answer.calls.length)
      problems.push(`${at}: ${answer.calls.length} calls have ${answer.results.length} results`);
    expected.forEach((call, i) => {
      const back = answer.calls[i];
      if (!back) return;
      const args: unknown = call.kind === "custom" ? call.text : JSON.parse(call.text);
      if (back.name !== call.name || back.namespace !== call.namespace)
        problems.push(`${at}: the call of ${nameOf(call)} came back as one of ${nameOf(back)}`);
      if (!isDeepStrictEqual(back.args, args))
        problems.push(
          `${at}: ${call.name} was called with ${quote(args)}, which came back as ${quote(back.args)}`,
        );
      if (prefix !== undefined && back.id !== call.id)
        problems.push(`${at}: the call ${call.id} came back as ${back.id}`);
      const result =
        prefix === undefined ? answer.results[i] : answer.results.find(({ id }) => id === call.id);
      const gives = said.calls![i]!.gives;
      if (!result) problems.push(`${at}: ${call.name} (${call.id}) has no result`);
      else if (gives && !gives.test(result.text))
        problems.push(`${at}: ${call.name} gave ${quote(result.text)}, not ${gives}`);
    });
  });
  const next = script[heard.length]!;
  for (const call of next.calls ?? [])
    if (!findOffered(call, offered))
      problems.push(
        `the tool ${call.name} is not offered, only ${offered.map(({ name }) => name).join(", ")}`,
      );
  return problems;
}

const nameOf = ({ name, namespace }: { name: string; namespace?: string }): string =>
  namespace === undefined ? name : `${namespace}.${name}`;

export function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
