import type { Code } from "../diagnostics/codes.ts";
import { diagnostic } from "../diagnostics/diagnostic.ts";
import type { Diagnostic, Place } from "../diagnostics/diagnostic.ts";
import { compile, compileSteps, JsonataError, readsOf } from "../jsonata/index.ts";
import type {
  CompileOptions,
  CompileResult,
  HostFunction,
  Memory,
  Problem,
  Procedure,
  Reads,
  Step,
  Variables,
} from "../jsonata/index.ts";

/** An expression as a person wrote it, and how an offset in it becomes a place in its file. */
export interface SourceText {
  source: string;
  place: (offset: number, length: number) => Place;
}

/** What all expressions of one mapping folder share, and where their mistakes are collected. */
export interface Scope {
  functions: Readonly<Record<string, HostFunction>>;
  /** The block of assignments that `lib.jsonata` holds. */
  prelude?: SourceText;
  report: (found: Diagnostic) => void;
  /** Expressions that were compiled before: tables say `=index` a hundred times. */
  compiled?: Map<string, CompileResult>;
  /** What was found out about expressions before. */
  memory?: Memory;
}

/** A compiled expression that reports a failure at run time with its mapping's file and line. */
export interface Evaluate {
  (input: unknown, variables: Variables): unknown;
  readonly uses: ReadonlySet<string>;
}

/** A mapping failed while it ran: one request fails, and the log says where (LB901). */
export class MappingFailure extends Error {
  override readonly name = "MappingFailure";
  readonly place: Place;
  constructor(message: string, place: Place, cause: unknown) {
    super(message, { cause });
    this.place = place;
  }
}

/**
 * Compiles one expression. Its mistakes, all of them, go to `scope.report` with their places; it then gives nothing.
 * `variables` are the names that are bound when it runs.
 */
export function compileExpression(
  scope: Scope,
  text: SourceText,
  variables: readonly string[],
): Evaluate | undefined {
  const result = compileOnce(scope, text.source, variables);
  if (!result.ok) {
    for (const problem of result.problems) scope.report(problemAt(scope, text, problem));
    return undefined;
  }
  const { expression } = result;
  function evaluate(input: unknown, bound: Variables): unknown {
    try {
      return expression(input, bound);
    } catch (error) {
      throw error instanceof JsonataError ? failure(scope, text, error) : error;
    }
  }
  return Object.assign(evaluate, { uses: expression.uses });
}

function failure(scope: Scope, text: SourceText, error: JsonataError): MappingFailure {
  const owner = error.in === "prelude" && scope.prelude ? scope.prelude : text;
  const place = owner.place(Math.max(0, error.position ?? 0), 1);
  return new MappingFailure(`${error.code}: ${error.message}`, place, error);
}

/**
 * Compiles expressions that `compileExpression` took, and the steps that they are evaluated in, to one function. Nothing
 * where they must be evaluated one by one.
 */
export function compileProcedure(
  scope: Scope,
  steps: readonly Step[],
  texts: readonly SourceText[],
  variables: readonly string[],
): Procedure | undefined {
  const sources = texts.map(({ source }) => source);
  const procedure = compileSteps(steps, sources, optionsOf(scope, variables));
  if (!procedure) return undefined;
  return function run(input, bound) {
    try {
      procedure(input, bound);
    } catch (error) {
      throw error instanceof JsonataError ? failure(scope, texts[error.source]!, error) : error;
    }
  };
}

/** What is known of the expressions of each scope; found when a stream first wants it. */
const readsKnown = new WeakMap<Scope["functions"], Map<string, Reads>>();

/** What an expression that `compileExpression` took looks at. */
export function readsIn(scope: Scope, source: string): Reads {
  let known = readsKnown.get(scope.functions);
  if (!known) readsKnown.set(scope.functions, (known = new Map()));
  let reads = known.get(source);
  if (!reads) known.set(source, (reads = readsOf(source, optionsOf(scope, []))));
  return reads;
}

function optionsOf({ functions, prelude, memory }: Scope, variables: readonly string[]): CompileOptions {
  return { functions, variables, ...(prelude && { prelude: prelude.source }), ...(memory && { memory }) };
}

function compileOnce(scope: Scope, source: string, variables: readonly string[]): CompileResult {
  const key = `${variables.join()} ${source}`;
  const known = scope.compiled?.get(key);
  if (known) return known;
  const result = compile(source, optionsOf(scope, variables));
  scope.compiled?.set(key, result);
  return result;
}

const codeOf: Record<string, Code> = { "unknown-function": "LB302", "unknown-variable": "LB303" };

function problemAt(scope: Scope, text: SourceText, problem: Problem): Diagnostic {
  const owner = problem.in === "prelude" && scope.prelude ? scope.prelude : text;
  return diagnostic(
    codeOf[problem.code] ?? "LB301",
    problem.message,
    owner.place(problem.position, problem.length),
    problem.cure,
  );
}
