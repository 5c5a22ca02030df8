import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Script } from "../doubles/script.ts";

/** Where a client does its task. */
export interface Place {
  /** The folder it works in, with `notes.txt`. */
  work: string;
  home: string;
  /** The bridge, without a path. */
  url: string;
}

/** How a client is started. */
export interface Start {
  command: string;
  args: string[];
  env: Record<string, string>;
}

/** What a client said that it did. */
export interface Outcome {
  /** Its last words. */
  text: string;
  /** Tool calls that it made and that went well. */
  calls: number;
  /** Tokens that it counted. */
  input: number;
  output: number;
}

export interface Client {
  name: string;
  /** The format that it speaks. */
  format: string;
  /** The file that must be installed. */
  file: string;
  /** How many tool calls it makes. */
  calls: number;
  /** What it is told when it asks for something else beside the task. */
  aside?: string;
  /** What the model says: in the words of this client's tools, a file is read, edited and looked at again. */
  script(work: string): Script;
  start(place: Place): Start;
  /** Reads what the client printed. */
  outcome(output: string): Outcome;
}

export const task = "The colour in notes.txt must be green. Read the file, change it, prove it, then say so.";
export const before = "name: thing\ncolour: red\n";
export const after = "name: thing\ncolour: grün 😀\n";
export const lastWords = "The colour is grün now. 😀";

/** A picture of ten by ten pixels. */
export const logo =
  "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGP8z4APMOGVHbHSAEEsAROxCnMTAAAAAElFTkSuQmCC";

/** A command that proves by its file that it ran. */
export const proof = "cat notes.txt && echo proven > proof.txt";

const installed = join(import.meta.dirname, "node_modules");

export const binOf = (name: string): string => join(installed, ".bin", name);
export const fileOf = (path: string): string => join(installed, path);
export const isInstalled = ({ file }: Client): boolean => existsSync(file);

/** Nothing of the person's own settings, keys and proxies reaches a client. */
export function bareEnvironment(home: string): Record<string, string> {
  return {
    PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
    HOME: home,
    LANG: "C.UTF-8",
    TERM: "dumb",
    SHELL: "/bin/bash",
    NO_PROXY: "127.0.0.1,localhost",
  };
}

/** The JSON lines of a client's output; what is no JSON is left out. */
export function linesOf(output: string): Record<string, unknown>[] {
  return output.split("\n").flatMap((line) => {
    try {
      return line.startsWith("{") ? [JSON.parse(line) as Record<string, unknown>] : [];
    } catch {
      return [];
    }
  });
}
