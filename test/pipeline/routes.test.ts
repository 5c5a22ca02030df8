import { describe, expect, test } from "vitest";
import type { Mapping, Route } from "../../src/mapping/types.ts";
import { compileRoutes } from "../../src/pipeline/routes.ts";

const mapping = (name: string, serves: (Partial<Route> & { path: string })[]): Mapping =>
  ({
    name,
    serves: serves.map((one) => ({ method: "POST", kind: "request", framing: "sse", ...one })),
  }) as unknown as Mapping;

const table = compileRoutes([
  mapping("plain", [{ path: "/v1/ask" }, { path: "/v1/models", method: "GET", kind: "models" }]),
  mapping("fussy", [
    { path: "/v1/messages" },
    { path: "/v1/fuss", headers: { "fussy-version": "*" } },
    { path: "/v1/models", method: "GET", kind: "models", headers: { "fussy-version": "*" } },
    {
      path: "/v1/models",
      method: "GET",
      kind: "models",
      headers: { "fussy-version": "2", "fussy-beta": "x" },
    },
  ]),
  mapping("pathy", [
    { path: "/beta/models/{model}:ask" },
    { path: "/beta/models/{model}:flow", stream: true, query: { alt: "sse" } },
    { path: "/beta/models/{model}:flow", stream: true, framing: "json-array" },
    { path: "/beta/models/{model}", method: "GET", kind: "models" },
    { path: "/beta/{kind}/{id}/x.y" },
  ]),
]);

function find(target: string, headers: Record<string, string> = {}): unknown {
  const [method, path] = target.split(" ") as [string, string];
  const url = new URL(path, "http://x");
  const { found, closest, allow } = {
    closest: undefined,
    allow: undefined,
    ...table.find({ method, path: url.pathname, query: Object.fromEntries(url.searchParams), headers }),
  };
  if (found)
    return [
      found.mapping.name,
      found.route.framing,
      found.params,
      Object.keys(found.route.headers ?? {}).length,
    ];
  return { closest: closest?.mapping.name, ...(allow && { allow }) };
}

describe("a path", () => {
  test.each([
    ["POST /v1/ask", ["plain", "sse", {}, 0]],
    ["GET /v1/models", ["plain", "sse", {}, 0]],
    ["HEAD /v1/models", ["plain", "sse", {}, 0]],
    ["POST /beta/models/m-1:ask", ["pathy", "sse", { model: "m-1" }, 0]],
    ["POST /beta/models/org/m:ask", ["pathy", "sse", { model: "org/m" }, 0]],
    ["POST /beta/models/org%2Fm%3A7:ask", ["pathy", "sse", { model: "org/m:7" }, 0]],
    ["POST /beta/models/a:b:flow?alt=sse", ["pathy", "sse", { model: "a:b" }, 0]],
    ["POST /beta/models/m:flow", ["pathy", "json-array", { model: "m" }, 0]],
    ["POST /beta/models/m:flow?alt=json", ["pathy", "json-array", { model: "m" }, 0]],
    ["GET /beta/models/m", ["pathy", "sse", { model: "m" }, 0]],
    ["POST /beta/a/b/x.y", ["pathy", "sse", { kind: "a", id: "b" }, 0]],
    ["POST /beta/models/%zz:ask", ["pathy", "sse", { model: "%zz" }, 0]],
  ])("%s is found", (target, result) => {
    expect(find(target)).toEqual(result);
  });

  test("with the most conditions that hold goes first", () => {
    expect(find("GET /v1/models", { "fussy-version": "1" })).toEqual(["fussy", "sse", {}, 1]);
    expect(find("GET /v1/models", { "fussy-version": "2", "fussy-beta": "x" })).toEqual([
      "fussy",
      "sse",
      {},
      2,
    ]);
    expect(find("GET /v1/models", { "fussy-beta": "x" })).toEqual(["plain", "sse", {}, 0]);
  });

  test.each([
    ["GET /v1/ask", { closest: "plain", allow: ["POST"] }],
    ["DELETE /beta/models/m", { closest: "pathy", allow: ["GET"] }],
    ["POST /beta/models/m:nothing", { closest: "pathy" }],
    ["POST /beta/models/m", { closest: "pathy", allow: ["GET"] }],
    ["POST /beta/nothing", { closest: "pathy" }],
    ["POST /v1/fuss", { closest: "fussy" }],
    ["POST /v1/ask/more", { closest: "plain" }],
    ["POST /v1/nothing", {}],
    ["POST /", {}],
    ["POST /constructor", {}],
    ["POST /beta/a/b/xzy", { closest: "pathy" }],
  ])("%s is not, and says who is closest", (target, result) => {
    expect(find(target)).toEqual(result);
  });

  test("that nobody serves is answered in the format that the headers speak", () => {
    expect(find("POST /v1/nothing", { "fussy-version": "1" })).toEqual({ closest: "fussy" });
  });
});
