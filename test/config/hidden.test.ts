import { expect, test } from "vitest";
import { reportOn } from "../support/project.ts";

const mapping = "about: Acme\nlookup: { reason: { a: b, else: other } }\n";

function report(lib: string): string {
  return reportOn({ "my-mappings/acme/mapping.yaml": mapping, "my-mappings/acme/lib.jsonata": lib });
}

test("a library that assigns the name of a lookup table hides it", () => {
  expect(report('($text := 1; /* $reason := 0 */ $reason := "x")')).toMatch(
    /lib\.jsonata:1:33 +LB306 +warning: \$reason hides the function of that name/,
  );
});

test("what a function assigns for itself hides nothing", () => {
  expect(report("($f := function($message) {( $state := $message; $block := 2; $state )})")).not.toContain(
    "LB306",
  );
});
