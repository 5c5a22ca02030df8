export { loadMappings } from "./bridge/mappings.ts";
export type { LoadedMappings } from "./bridge/mappings.ts";
export { load } from "./bridge/load.ts";
export type { Bridge, LoadResult } from "./bridge/types.ts";
export type { Diagnostic, Place } from "./diagnostics/diagnostic.ts";
export { formatDiagnostics } from "./diagnostics/format.ts";
export type {
  CanonicalError,
  CanonicalRequest,
  CanonicalResponse,
  Loss,
  Part,
  StreamEvent,
  Turn,
  Usage,
} from "./mapping/canonical.ts";
export { fold } from "./mapping/fold.ts";
export type { Mapping } from "./mapping/types.ts";
export { unfold } from "./mapping/unfold.ts";
export { translate } from "./pipeline/offline.ts";
export type { Kind, Translation } from "./pipeline/offline.ts";
