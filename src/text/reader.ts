/** One event of an upstream's stream: its data, and its name where the framing has names. */
export type OnEvent = (data: string, name: string | undefined) => void;

/** Bytes in, events out. `push` takes them as they arrive, cut anywhere; `end` says that no more will come. */
export interface EventReader {
  push(bytes: Uint8Array): void;
  end(): void;
}

export interface ReaderOptions {
  /** UTF-16 units that one unfinished event may have. */
  maxLength?: number;
  /** Data that is not JSON and yet a whole event: `[DONE]`. */
  sentinel?: string;
}

export const defaultMaxLength: number = 64 * 1024 * 1024;

/**
 * Whether data that the stream left unfinished is nevertheless whole. SSE discards such a frame; upstreams do forget
 * the last empty line, and what parses as JSON cannot have been cut.
 */
export function isWhole(data: string, sentinel: string | undefined): boolean {
  if (data.trim() === sentinel) return true;
  try {
    JSON.parse(data);
    return true;
  } catch {
    return false;
  }
}
