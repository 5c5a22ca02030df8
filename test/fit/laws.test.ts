import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defaultCapabilities } from "../../src/mapping/capabilities.ts";
import { resolveCapabilities } from "../../src/mapping/resolve-capabilities.ts";
import type { Capabilities, CapabilityOverride } from "../../src/mapping/capabilities.ts";
import type { CanonicalRequest, Tool, Turn } from "../../src/mapping/canonical.ts";
import { fit } from "../../src/mapping/fit/fit.ts";
import type { Fitted } from "../../src/mapping/fit/fit.ts";
import { restoreResponse } from "../../src/mapping/fit/restore.ts";
import { Rejection } from "../../src/mapping/rejection.ts";
import { asked, exchange, loop, step, tools, userTurn } from "./arbitrary.ts";
import { call, freeze, names, request, text } from "./support.ts";

const overrides: CapabilityOverride[] = [
  { media: { image: ["data"] } },
  {
    issuer: "v",
    alternate: true,
    midSystem: "after-user",
    media: { image: ["data"], assistant: ["image"] },
    reasoning: {
      by: "budget",
      off: true,
      history: "signed",
      beforeTools: true,
      budget: { min: 1024 },
      forcedTools: false,
    },
    tools: { resultMedia: ["image"], objectArgs: true, resultOrder: false },
    maxOutput: { default: 4096, max: 32_000 },
    sampling: { temperature: { max: 1 }, withReasoning: false, stop: { max: 2 } },
  },
  {
    issuer: "w",
    alternate: true,
    media: { image: ["data"], mimes: ["image/*"] },
    reasoning: {
      by: "level",
      efforts: ["low", "high"],
      history: "plain",
      placeholder: { kind: "thoughtSignature", data: "skip" },
    },
    tools: { name: { max: 128, chars: "a-zA-Z0-9_.", first: "a-zA-Z_" }, declared: true },
  },
  {
    midSystem: "native",
    phase: true,
    media: { image: ["data"] },
    reasoning: { by: "effort", history: "none" },
    tools: { custom: true, strict: true, parallel: true, resultOrder: false },
  },
];
const target = fc.constantFrom(...overrides.map((one): Capabilities => resolveCapabilities([one])("m", {})));

function fitFrozen(one: CanonicalRequest, can: Capabilities): Fitted {
  return fit(freeze(one), can, names);
}

const runs = { numRuns: 150 };

describe("the laws of fit", () => {
  test("nothing of the request is changed, and what comes out is fitting already", () => {
    fc.assert(
      fc.property(asked, target, (one, can) => {
        const fitted = fitFrozen(one, can);
        const again = fitFrozen(fitted.request, can);
        expect(again.request).toEqual(fitted.request);
        expect(again.losses).toEqual([]);
      }),
      runs,
    );
  });

  test("a conversation one exchange longer begins with the same turns", () => {
    fc.assert(
      fc.property(asked, exchange, target, (one, more, can) => {
        const shorter = fitFrozen(one, can).request;
        // A model without tools calls none: a history that suddenly does is another conversation.
        fc.pre(one.tools?.length !== 0);
        const [, ...answer] = more;
        const longer = fitFrozen(
          { ...one, turns: [...one.turns, ...answer, { role: "user", parts: [text("next")] }] },
          can,
        ).request;
        expect(JSON.stringify(longer.system)).toBe(JSON.stringify(shorter.system));
        expect(JSON.stringify(longer.tools)).toBe(JSON.stringify(shorter.tools));
        expect(beginsWith(longer.turns, shorter.turns)).toBe(true);
      }),
      runs,
    );
  });

  test("every call is answered at once, by the right name", () => {
    fc.assert(
      fc.property(asked, target, (one, can) => {
        const { turns } = fitFrozen(one, can).request;
        for (const [i, turn] of turns.entries()) {
          const calls = turn.parts.filter((part) => part.type === "tool_call");
          if (calls.length === 0) continue;
          const results = turns[i + 1]!.parts.filter((part) => part.type === "tool_result");
          const pairs = results.map((part) => `${part.callId} ${part.name}`).toSorted();
          expect(pairs).toEqual(calls.map((part) => `${part.id} ${part.name}`).toSorted());
        }
      }),
      runs,
    );
  });

  test("tools keep apart, and answers get the client's names back", () => {
    fc.assert(
      fc.property(tools, target, (declared, can) => {
        const { request: fitted, restore } = fitFrozen(request({ tools: declared }), can);
        const upstream = (fitted.tools ?? []).map((one) => one.name!);
        expect(new Set(upstream).size).toBe(declared.length);
        const answer = {
          v: 1 as const,
          candidates: [{ index: 0, parts: upstream.map((name) => call("1", name)) }],
        };
        const restored = restoreResponse(answer, restore).candidates[0]!.parts as {
          name: string;
          kind?: string;
        }[];
        expect(restored.map((part) => part.name)).toEqual(declared.map((one) => one.name));
        const isWrapped = (one: Tool): boolean => one.kind === "custom" && !can.tools.custom;
        expect(restored.map((part) => part.kind === "custom")).toEqual(declared.map(isWrapped));
      }),
      runs,
    );
  });

  test("whatever comes, the answer is a request or a refusal that names its code", () => {
    const wild = fc.tuple(
      fc.array(
        fc.oneof(
          userTurn,
          step.map((one) => loop(one)[0]!),
          step.map((one) => loop(one)[1]!),
        ),
      ),
      target,
    );
    fc.assert(
      fc.property(wild, ([turns, can]) => {
        try {
          fitFrozen(request({ turns }), can);
        } catch (error) {
          expect(error).toBeInstanceOf(Rejection);
          expect((error as Rejection).error.details).toHaveProperty("unsupported");
        }
      }),
      runs,
    );
  });

  test("a request that fits is the same object", () => {
    const one = request({ tools: [{ kind: "function", name: "f" }], sampling: { temperature: 1 } });
    expect(fit(one, defaultCapabilities, names).request).toBe(one);
  });
});

/** All of `shorter` stands at the beginning of `longer`; parts of its last turn may be followed by others. */
function beginsWith(longer: readonly Turn[], shorter: readonly Turn[]): boolean {
  return shorter.every((turn, i) => {
    const other = longer[i];
    const isLast = i === shorter.length - 1;
    if (!isLast || other?.role !== turn.role) return JSON.stringify(other) === JSON.stringify(turn);
    return JSON.stringify(other.parts.slice(0, turn.parts.length)) === JSON.stringify(turn.parts);
  });
}
