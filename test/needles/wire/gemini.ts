import * as fc from "fast-check";
import { bytes, either, few, one, prose, schema, share, some, steps, url, word } from "./words.ts";
import type { Step } from "./words.ts";

/** Requests of Gemini: https://ai.google.dev/api/generate-content */
const media = fc.oneof(
  fc.record({
    inlineData: fc.record({ mimeType: either("image/png", "application/pdf", "audio/wav"), data: bytes }),
  }),
  some(
    {
      fileData: fc.record({ mimeType: one("video/mp4"), fileUri: url }),
      videoMetadata: some({ startOffset: one("1s"), endOffset: one("3s"), fps: either(1, 2) }),
    },
    ["fileData"],
  ),
  some(
    {
      inlineData: fc.record({ mimeType: one("image/png"), data: bytes }),
      mediaResolution: fc.record({ level: either("MEDIA_RESOLUTION_LOW", "MEDIA_RESOLUTION_HIGH") }),
    },
    ["inlineData"],
  ),
);
const text = fc.record({ text: prose });
const thought = some({ text: prose, thought: one(true), thoughtSignature: bytes }, ["text", "thought"]);
const said = some({ text: prose, thoughtSignature: bytes }, ["text"]);
const executed = fc
  .tuple(prose, prose)
  .map(([code, output]) => [
    { executableCode: { language: "PYTHON", code } },
    { codeExecutionResult: { outcome: "OUTCOME_OK", output } },
  ]);

/** What a result may be beside its `output`: more members, and media. */
interface More {
  members: object;
  image: string | undefined;
}

function stepOf({ calls }: Step, signature: string | null, more: More | null): object[] {
  return [
    {
      role: "model",
      parts: calls.map(({ name, args }, i) => ({
        functionCall: { name, args },
        ...(i === 0 && signature && { thoughtSignature: signature }),
      })),
    },
    {
      role: "user",
      parts: calls.map(({ name, said: output }, i) => ({
        functionResponse: {
          name,
          response: { output, ...(i === 0 && more?.members) },
          ...(i === 0 && imageOf(more)),
        },
      })),
    },
  ];
}

function imageOf(more: More | null): object {
  return more?.image === undefined
    ? {}
    : { parts: [{ inlineData: { mimeType: "image/png", data: more.image } }] };
}

const contents = fc
  .tuple(
    few(fc.oneof(text, media)),
    steps,
    fc.option(bytes),
    fc.option(
      fc.record({ members: fc.record({ unit: prose }), image: fc.option(bytes, { nil: undefined }) }),
    ),
    fc.array(thought, { maxLength: 1 }),
    fc.array(said, { maxLength: 2 }),
    fc.option(executed),
    few(text),
  )
  .map(([asked, loop, signature, more, thoughts, answered, ran, last]) => [
    { role: "user", parts: asked },
    ...loop.flatMap((step) => stepOf(step, signature, more)),
    ...(answered.length > 0 ? [{ role: "model", parts: [...thoughts, ...(ran ?? []), ...answered] }] : []),
    { role: "user", parts: last },
  ]);

const declaration = some(
  {
    name: either("read_file", "get_weather"),
    description: prose,
    parametersJsonSchema: schema,
    responseJsonSchema: schema,
  },
  ["name"],
);
const tools = fc
  .tuple(
    fc.uniqueArray(declaration, { selector: (one) => one.name, minLength: 1, maxLength: 2 }),
    fc.option(either({ googleSearch: {} }, { codeExecution: {} }, { urlContext: {} })),
  )
  .map(([functionDeclarations, other]) => [{ functionDeclarations }, ...(other ? [other] : [])]);

const probabilities = fc.option(fc.record({ responseLogprobs: one(true), logprobs: either(2, 3) }), {
  nil: {},
});
const settings = some({
  temperature: share,
  topP: share,
  topK: either(5, 40),
  candidateCount: one(2),
  maxOutputTokens: either(100, 200),
  stopSequences: few(prose),
  presencePenalty: share,
  frequencyPenalty: share,
  seed: either(1, 2),
  responseMimeType: one("application/json"),
  responseJsonSchema: schema,
  thinkingConfig: fc.oneof(
    some({ thinkingBudget: either(1000, 5000), includeThoughts: fc.boolean() }),
    some({ thinkingLevel: either("LOW", "HIGH"), includeThoughts: fc.boolean() }),
  ),
  mediaResolution: one("MEDIA_RESOLUTION_LOW"),
  responseModalities: one(["TEXT", "IMAGE"]),
  speechConfig: fc.record({
    voiceConfig: fc.record({ prebuiltVoiceConfig: fc.record({ voiceName: word }) }),
    languageCode: word,
  }),
  imageConfig: fc.record({ aspectRatio: one("16:9") }),
});

const generationConfig = fc.tuple(settings, probabilities).map(([config, more]) => ({ ...config, ...more }));

export const gemini: fc.Arbitrary<object> = some(
  {
    contents,
    systemInstruction: fc.record({ parts: few(text) }),
    tools,
    toolConfig: fc.record({ functionCallingConfig: some({ mode: either("AUTO", "ANY", "NONE") }, ["mode"]) }),
    generationConfig,
    safetySettings: few(
      fc.record({
        category: either("HARM_CATEGORY_HARASSMENT", "HARM_CATEGORY_HATE_SPEECH"),
        threshold: either("BLOCK_NONE", "BLOCK_ONLY_HIGH"),
      }),
    ),
    cachedContent: word.map((name) => `cachedContents/${name}`),
    labels: fc.dictionary(word, word, { minKeys: 1, maxKeys: 2 }),
  },
  ["contents"],
);
