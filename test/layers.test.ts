import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";

/** Floors of the house, top to bottom; docs/design.md draws it. Rooms of one line stand on one floor. */
const floors = [
  ["cli.ts", "index.ts"],
  ["commands"],
  ["server"],
  ["pipeline", "golden"],
  ["bridge"],
  ["mapping"],
  ["jsonata"],
  ["text"],
  ["diagnostics", "version.ts"],
];
const floorOf = (room: string): number => floors.findIndex((rooms) => rooms.includes(room));
const source = resolve(import.meta.dirname, "../src");

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });
}

const imports = files(source).flatMap((file) =>
  [...readFileSync(file, "utf8").matchAll(/^(?:import|export)\s[^;]*?from "([^"]+)";/gms)].map(
    ([statement, target]) => ({
      file: relative(source, file),
      room: relative(source, file).split("/")[0]!,
      typeOnly: statement.startsWith("import type"),
      target: target!,
      targetRoom: target!.startsWith(".")
        ? relative(source, resolve(dirname(file), target!)).split("/")[0]!
        : undefined,
    }),
  ),
);

describe("the house", () => {
  test("every room stands on a floor", () => {
    expect(readdirSync(source).filter((room) => floorOf(room) < 0)).toEqual([]);
  });

  test("imports point down, never up and never sideways", () => {
    const wrong = imports.filter(({ room, targetRoom }) => {
      return targetRoom !== undefined && targetRoom !== room && floorOf(targetRoom) <= floorOf(room);
    });
    expect(wrong.map(({ file, target }) => `${file} → ${target}`)).toEqual([]);
  });

  test.each([
    ["h3", ["server"]],
    ["chokidar", ["server"]],
    ["undici", ["pipeline"]],
    ["jsonata", ["jsonata"]],
    ["citty", ["cli.ts", "commands"]],
  ])("only its room knows %s", (name, rooms) => {
    const wrong = imports.filter(({ target, room }) => target === name && !rooms.includes(room));
    expect(wrong.map(({ file }) => file)).toEqual([]);
  });

  test("only bridge and commands read files", () => {
    const allowed = ["bridge", "commands", "version.ts"];
    const wrong = imports.filter(
      ({ target, room }) => target.startsWith("node:fs") && !allowed.includes(room),
    );
    expect(wrong.map(({ file }) => file)).toEqual([]);
  });

  test("no format is named in the source", () => {
    const formats = readdirSync(resolve(source, "../mappings"), { withFileTypes: true }).filter(
      (one) => one.isDirectory() && one.name !== "demo",
    );
    const names = new RegExp(`["'\`](?:${formats.map((one) => one.name).join("|")})["'\`]`);
    const wrong = files(source).filter((file) => names.test(readFileSync(file, "utf8")));
    expect(wrong.map((file) => relative(source, file))).toEqual([]);
  });
});
