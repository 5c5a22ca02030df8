import { describe, expect, test } from "vitest";
import type { CapabilityOverride } from "../../src/mapping/capabilities.ts";
import type { CanonicalRequest } from "../../src/mapping/canonical.ts";
import { fitTo, losses } from "./support.ts";

type Row = [
  about: string,
  can: CapabilityOverride,
  asked: Partial<CanonicalRequest>,
  becomes: unknown,
  lost: string[],
];

const sampling: Row[] = [
  ["0 is a value", {}, { sampling: { temperature: 0 } }, { temperature: 0 }, []],
  [
    "too high is clamped",
    { sampling: { temperature: { max: 1 } } },
    { sampling: { temperature: 1.7 } },
    { temperature: 1 },
    ["sampling.temperature clamp sampling.temperature"],
  ],
  [
    "too low, too",
    { sampling: { temperature: { min: 0, max: 1 } } },
    { sampling: { temperature: -1 } },
    { temperature: 0 },
    ["sampling.temperature clamp sampling.temperature"],
  ],
  [
    "a stop that no reader sees",
    { sampling: { stop: { max: 2 }, stopBlank: false } },
    { sampling: { stop: ["\n\n", "a", "b"] } },
    { stop: ["a", "b"] },
    ["sampling.stop drop sampling.stop"],
  ],
  [
    "nothing but such stops",
    { sampling: { stop: true, stopBlank: false } },
    { sampling: { temperature: 1, stop: ["\n"] } },
    { temperature: 1 },
    ["sampling.stop drop sampling.stop"],
  ],
  [
    "not taken is dropped",
    { sampling: { temperature: false } },
    { sampling: { temperature: 1.7, topP: 0.5 } },
    { topP: 0.5 },
    ["sampling.temperature drop sampling.temperature"],
  ],
  [
    "what no target but the client's has",
    {},
    { sampling: { topK: 40, presencePenalty: 1, frequencyPenalty: 1, seed: 1, logitBias: { a: 1 } } },
    undefined,
    [
      "sampling.topK drop sampling.topK",
      "sampling.presencePenalty drop sampling.presencePenalty",
      "sampling.frequencyPenalty drop sampling.frequencyPenalty",
      "sampling.seed drop sampling.seed",
      "sampling.logitBias drop sampling.logitBias",
    ],
  ],
  [
    "five stops to four",
    { sampling: { stop: { max: 4 } } },
    { sampling: { stop: ["a", "b", "c", "d", "e"] } },
    { stop: ["a", "b", "c", "d"] },
    ["sampling.stop clamp sampling.stop[4]"],
  ],
  [
    "no stops at all",
    { sampling: { stop: false } },
    { sampling: { stop: ["a"] } },
    undefined,
    ["sampling.stop drop sampling.stop"],
  ],
  [
    "one of two",
    { sampling: { temperatureOrTopP: true } },
    { sampling: { temperature: 1, topP: 1 } },
    { temperature: 1 },
    ["sampling.topP drop sampling.topP"],
  ],
  [
    "not while the model reasons",
    { sampling: { withReasoning: false }, reasoning: { by: "effort" } },
    { sampling: { temperature: 0.3, topP: 1 }, reasoning: { effort: "low" } },
    undefined,
    ["sampling.temperature drop sampling.temperature", "sampling.topP drop sampling.topP"],
  ],
  [
    "but while it does not",
    { sampling: { withReasoning: false }, reasoning: { by: "effort", off: true } },
    { sampling: { temperature: 0.3 }, reasoning: { mode: "off" } },
    { temperature: 0.3 },
    [],
  ],
];

describe("sampling", () => {
  test.each(sampling)("%s", (_, can, asked, becomes, lost) => {
    const fitted = fitTo(can, asked);
    expect(fitted.request.sampling).toEqual(becomes);
    expect(losses(fitted)).toEqual(lost);
  });
});
