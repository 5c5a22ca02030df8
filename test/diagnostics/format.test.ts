import { describe, expect, test } from "vitest";
import { diagnostic } from "../../src/diagnostics/diagnostic.ts";
import type { Place } from "../../src/diagnostics/diagnostic.ts";
import { diagnosticsJson, formatDiagnostics } from "../../src/diagnostics/format.ts";

const at = (line: number, column: number, length: number, text: string, file = "/home/me/a.yaml"): Place => ({
  file,
  line,
  column,
  length,
  text,
});

describe("formatDiagnostics", () => {
  test("shows place, line, caret and cure, in the order of the lines", () => {
    const list = [
      diagnostic("LB303", 'unknown state "usge"', at(12, 3, 4, "x $usge"), "declared: usage"),
      diagnostic("LB302", "unknown function $exsts", at(8, 5, 6, "    $exsts(x)"), "did you mean $exists?"),
      diagnostic(
        "LB503",
        "environment variable X is not set",
        at(1, 1, 1, "x", "/etc/b.yaml"),
        undefined,
        "warning",
      ),
      diagnostic(
        "LB101",
        "there is no such file",
        { file: "/home/me/c.yaml", line: 0, column: 0, length: 1 },
        "create it",
      ),
      diagnostic("LB508", "open to everybody"),
    ];
    expect(formatDiagnostics(list, { cwd: "/home/me" })).toBe(`a.yaml:8:5  LB302  unknown function $exsts
  8 |     $exsts(x)
    |     ^^^^^^ did you mean $exists?
a.yaml:12:3  LB303  unknown state "usge"
  12 | x $usge
     |   ^^^^ declared: usage
/etc/b.yaml:1:1  LB503  warning: environment variable X is not set
  1 | x
    | ^
c.yaml  LB101  there is no such file
    create it
LB508  open to everybody
4 problems and 1 warning in 3 files
`);
  });

  test("says nothing of nothing", () => expect(formatDiagnostics([])).toBe(""));

  test("counts one problem as one", () => {
    expect(formatDiagnostics([diagnostic("LB103", "x", at(1, 1, 1, "a"))])).toMatch(
      /\n1 problem in 1 file\n$/,
    );
  });

  test("puts the caret under its word through tabs and wide characters", () => {
    const report = formatDiagnostics([diagnostic("LB103", "x", at(1, 7, 2, "\t日本é́ ab"))]);
    expect(report.split("\n")[2]).toBe("    | \t      ^^");
    expect(formatDiagnostics([diagnostic("LB103", "x", at(1, 1, 2, "日本"))]).split("\n")[2]).toBe(
      "    | ^^^^",
    );
  });

  test("cuts a long line around the place", () => {
    const line = `${"a".repeat(300)}HERE${"b".repeat(300)}`;
    const [, source, caret] = formatDiagnostics([diagnostic("LB103", "x", at(1, 301, 4, line))]).split("\n");
    expect(source!.length).toBeLessThan(150);
    expect(source!.slice(caret!.indexOf("^"), caret!.lastIndexOf("^") + 1)).toBe("HERE");
  });

  test("colours only when asked", () => {
    const list = [diagnostic("LB103", "x", at(1, 1, 1, "a"), "cure")];
    expect(formatDiagnostics(list)).not.toContain("\u001B");
    expect(formatDiagnostics(list, { color: true })).toContain("\u001B[31mLB103");
  });
});

test("diagnosticsJson has no source lines, and says what a code means", () => {
  const list = [
    diagnostic("LB103", "x", at(2, 3, 4, "secret"), "cure"),
    diagnostic("LB508", "y", undefined, undefined, "warning"),
  ];
  expect(diagnosticsJson(list, "/home/me")).toEqual([
    {
      code: "LB103",
      title: "YAML syntax",
      severity: "error",
      message: "x",
      cure: "cure",
      file: "a.yaml",
      line: 2,
      column: 3,
      length: 4,
    },
    { code: "LB508", title: "open to the network without a key", severity: "warning", message: "y" },
  ]);
});
