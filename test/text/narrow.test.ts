import { expect, test } from "vitest";
import { parseYaml } from "../../src/text/yaml.ts";
import { bytesPerCharacter } from "../support/wide.ts";

test("a wide character in a comment leaves the file's names and values narrow", () => {
  const text = ["# a → b", "name_in_a_yaml_file: value_in_a_yaml_file", "wide: é → 😀", ""].join("\n");
  const { value } = parseYaml(text, "file.yaml");
  expect(value).toEqual({ name_in_a_yaml_file: "value_in_a_yaml_file", wide: "é → 😀" });
  const [[name, narrow], [, wide]] = Object.entries(value as Record<string, string>) as [
    [string, string],
    [string, string],
  ];
  expect([name, narrow, wide].map(bytesPerCharacter)).toEqual([1, 1, 2]);
});
