// Each suite: one mapping as JSONata and by hand, and the inputs of three sizes.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findFolders, readFolders } from "../../src/bridge/folder.ts";
import { joinPreludes } from "../../src/bridge/prelude.ts";
import { builtInMappings, loadMappings } from "../../src/bridge/mappings.ts";
import { fit } from "../../src/mapping/fit/fit.ts";
import { hostFunctions } from "../../src/mapping/host/functions.ts";
import { requestFor } from "../servers/requests.mjs";
import { anthropicToOpenai } from "./anthropic-to-openai.mjs";
import { encodeAnthropic } from "./anthropic-encode.mjs";
import { decodeOpenai } from "./openai-decode.mjs";

export const sizes = ["small", "medium", "large"];

async function inputsOf(format, change = (body) => body) {
  const entries = sizes.map(async (size) => {
    const { body } = await requestFor(format, { size });
    return [size, change(JSON.parse(body))];
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** A shipped document with everything that it may call. */
function shipped(folder, file) {
  const { written, files, libs } = folder;
  return {
    source: files.get(file).text,
    prelude: joinPreludes(libs).source,
    functions: hostFunctions({
      templates: {},
      lookups: written.lookup ?? {},
      dialects: written.dialects ?? {},
    }),
  };
}

/** `bindings`: what is bound when the expression runs; `byHand` is given them, too. */
export async function suites() {
  const folders = readFolders(findFolders([builtInMappings], console.error), console.error);
  const { mappings } = loadMappings();
  const anthropic = mappings.get("anthropic");
  const capabilities = anthropic.capabilities("small", {});
  const decoded = (body) => mappings.get("openai-chat").request.decode(body, { http: { headers: {} } });
  const fitted = (body) => fit(decoded(body), capabilities, { from: "openai-chat", to: "anthropic" }).request;
  const target = {
    provider: "up",
    model: "small",
    stream: false,
    kind: "request",
    capabilities,
    headers: {},
  };
  return [
    {
      title: "Anthropic → OpenAI, a realistic mapping",
      source: readFileSync(join(import.meta.dirname, "anthropic-to-openai.jsonata"), "utf8"),
      functions: {},
      bindings: {},
      inputs: await inputsOf("anthropic"),
      byHand: anthropicToOpenai,
    },
    {
      title: "mappings/openai-chat/request.decode.jsonata",
      ...shipped(folders.get("openai-chat"), "request.decode.jsonata"),
      bindings: { http: { headers: {} } },
      inputs: await inputsOf("openai-chat"),
      byHand: decodeOpenai,
    },
    {
      title: "mappings/anthropic/request.encode.jsonata",
      ...shipped(folders.get("anthropic"), "request.encode.jsonata"),
      bindings: { target },
      inputs: await inputsOf("openai-chat", fitted),
      byHand: (input, bindings) => encodeAnthropic(input, bindings.target),
    },
  ];
}
