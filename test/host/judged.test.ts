/** Arguments that fit has parsed to judge them are not parsed again by the encoder that uses them. */
import { expect, test } from "vitest";
import { forgetJudged, judgeJson, parseJson } from "../../src/mapping/host/values.ts";

test("what was judged is handed out once, in its order", () => {
  forgetJudged();
  const texts = ['{"a":1}', '{"a":1}', "broken", '{"b":2}'];
  const judged = texts.map(judgeJson);
  expect(judged).toEqual([{ a: 1 }, { a: 1 }, undefined, { b: 2 }]);
  expect(texts.map(parseJson).every((value, i) => value === judged[i])).toBe(true);
  expect(parseJson('{"b":2}')).toEqual({ b: 2 });
  expect(parseJson('{"b":2}')).not.toBe(judged[3]);
});

test("another text in between changes nothing", () => {
  forgetJudged();
  const judged = judgeJson('{"a":1}');
  expect(parseJson('{"c":3}')).toEqual({ c: 3 });
  expect(parseJson('{"a":1}')).toBe(judged);
  judgeJson('{"d":4}');
  forgetJudged();
  expect(parseJson('{"d":4}')).toEqual({ d: 4 });
});
