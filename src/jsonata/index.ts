/**
 * JSONata compiled to plain synchronous JavaScript. This room knows nothing of language models: it could be a
 * package of its own.
 */
export { ascii } from "./ascii.ts";
export { assignedNames } from "./assigned.ts";
export { compile, compileSteps } from "./compile.ts";
export { JsonataError } from "./error.ts";
export type { Memory } from "./memory.ts";
export { readsOf } from "./reads.ts";
export type { Reach, Reads } from "./reads.ts";
export type {
  CompileOptions,
  CompileResult,
  Expression,
  HostFunction,
  Limits,
  Problem,
  Procedure,
  Step,
  Variables,
} from "./types.ts";
