/** The stream tables of a mapping. */
import { compileDecodeTable } from "../mapping/decode-table.ts";
import { compileEncodeTable } from "../mapping/encode-table.ts";
import type { Memory } from "../jsonata/index.ts";
import type { TableFile } from "../mapping/table.ts";
import type { Mapping, StreamCodec } from "../mapping/types.ts";
import { parseYaml } from "../text/yaml.ts";
import type { Source } from "../text/yaml.ts";
import type { Build } from "./build.ts";
import type { FolderFile } from "./folder.ts";
import { checkDecodeTable, checkEncodeTable } from "./schemas.ts";

/** Compiles both tables; what is wrong with one goes to the report, and it is missing then. */
export function streams(build: Build, error: Mapping["error"], response: Mapping["response"]): StreamCodec {
  const decode = tableOf(build, "stream.decode.yaml", checkDecodeTable);
  const encode = tableOf(build, "stream.encode.yaml", checkEncodeTable);
  return {
    ...(typeof decode?.value["done"] === "string" && { done: decode.value["done"] }),
    ...(decode && {
      decode: compileDecodeTable(decode, build.scope, {
        protocol: build.protocol,
        opaque: build.opaque,
        onUnknown: (event) => build.onUnknown(build.folder.name, event),
      }),
    }),
    ...(encode && {
      encode: compileEncodeTable(encode, build.scope, { error: error.encode, response: response.encode }),
    }),
  };
}

/** A table that several folders borrow is the same file to all of them. */
const tablesRead = new WeakMap<FolderFile, Source>();

function parseTable(file: FolderFile, memory: Memory | undefined): Source {
  const known = tablesRead.get(file) ?? parseYaml(file.text, file.path, memory);
  tablesRead.set(file, known);
  return known;
}

function tableOf(build: Build, name: string, check: typeof checkDecodeTable): TableFile | undefined {
  const file = build.folder.files.get(name);
  if (!file) return undefined;
  const yaml = parseTable(file, build.scope.memory);
  const mistakes = [...yaml.diagnostics, ...check(yaml.value ?? {}, yaml.place)];
  for (const found of mistakes) build.scope.report(found);
  if (mistakes.some((one) => one.severity === "error")) return undefined;
  return {
    file: file.path,
    value: yaml.value as Record<string, unknown>,
    place: yaml.place,
    placeIn: yaml.placeIn,
  };
}
