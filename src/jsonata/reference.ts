/**
 * What is taken from the reference implementation instead of being written again: its parser, its synchronous
 * built-ins with their signatures, and its messages.
 */
import jsonata from "jsonata";
import { isWide, narrow, narrowMembers } from "./ascii.ts";
import type { Node } from "./ast.ts";

/** A checked signature of the reference: gives the arguments as the implementation wants them, or throws T041x. */
export interface Signature {
  /** As it is written: `<s-s:s>`. */
  readonly definition: string;
  validate(args: unknown[], context: unknown): unknown[];
}

interface NativeDefinition {
  readonly implementation: (...args: unknown[]) => unknown;
  readonly signature?: Signature;
}

interface Environment {
  lookup(name: string): unknown;
}

/** The name under which the reference's evaluator reports each node it leaves, and so lends its environment. */
const EXIT_HOOK = Symbol.for("jsonata.__evaluate_exit");

const environment: Environment = borrowEnvironment();

function borrowEnvironment(): Environment {
  const borrowed: Environment[] = [];
  const expression = jsonata("$sum");
  const assign = expression.assign as unknown as (name: symbol, value: unknown) => void;
  assign(EXIT_HOOK, (_node: unknown, _input: unknown, env: Environment) => {
    borrowed.push(env);
  });
  // A lone variable is evaluated before the first suspension, so the hook has run when the promise is handed back.
  void expression.evaluate(undefined);
  const [first] = borrowed;
  if (first === undefined) throw new Error("this release of jsonata does not report the nodes it evaluates");
  return first;
}

/** The reference's built-in of that name. */
export function referenceFunction(name: string): NativeDefinition {
  return environment.lookup(name) as NativeDefinition;
}

/**
 * A parsed signature such as `<s-s:s>`. The parser is only reachable through registration, so it is asked that way.
 */
export function parseSignature(definition: string): Signature {
  const borrowed: NativeDefinition[] = [];
  const expression = jsonata("$f");
  expression.registerFunction("f", () => undefined, definition);
  const assign = expression.assign as unknown as (name: symbol, value: unknown) => void;
  assign(EXIT_HOOK, (_node: unknown, _input: unknown, _env: unknown, result: NativeDefinition) => {
    borrowed.push(result);
  });
  void expression.evaluate(undefined);
  return borrowed[0]?.signature as Signature;
}

/** Parses; throws the reference's own error objects `{ code, position, token, message }`. */
export function parseSource(source: string): Node {
  const text = narrow(source);
  const ast = jsonata(text).ast() as unknown as Node;
  if (isWide(text)) narrowMembers(ast);
  return ast;
}

/**
 * The reference's message for an error. It fills messages in only for what its parser throws, so the parser is
 * given a source that throws the error at the first character it is asked for.
 */
export function renderMessage(error: { readonly code: string; readonly message?: string }): string {
  const thrown: { code: string; message?: string } = { ...error };
  const source = {
    length: 1,
    charAt(): string {
      throw thrown;
    },
  };
  try {
    jsonata(source as unknown as string);
  } catch {
    // The error is `thrown` itself, which now has its message.
  }
  return thrown.message ?? thrown.code;
}
