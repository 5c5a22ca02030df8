import type { JsonObject } from "../../canonical.ts";
import type { Dialect } from "./dialects.ts";

/** One schema being written in one dialect. */
export interface Writing {
  readonly dialect: Dialect;
  readonly root: JsonObject;
  /** Keyword → the first place where its meaning changed. */
  readonly losses: Map<string, string>;
  /** References that are being followed. */
  readonly following: string[];
  /** Objects and arrays that the place is in. */
  depth: number;
  /** Steps taken so far: references multiply, and schemas inside schemas with them. */
  steps: number;
  /** A reference has been written, so definitions are needed. */
  hasRefs: boolean;
  /** The dialect cannot say this schema. */
  refused: boolean;
}

/** More than any tool needs, and little enough to be written at once. */
const maxSteps = 50_000;

/** Takes one step; false if there have been too many. */
export function step(writing: Writing): boolean {
  return ++writing.steps <= maxSteps;
}

export function lose(writing: Writing, keyword: string, at: string): void {
  if (!writing.losses.has(keyword)) writing.losses.set(keyword, at === "" ? keyword : `${at}.${keyword}`);
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isPrimitive(value: unknown): value is string | number | boolean | null {
  return value === null || typeof value !== "object";
}

export function join(at: string, ...segments: readonly (string | number)[]): string {
  return [at, ...segments].filter((segment) => segment !== "").join(".");
}
