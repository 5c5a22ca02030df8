/** Where in a message the next byte stands. */
const HEAD = 0;
const FIXED = 1;
const SIZE = 2;
const CHUNK = 3;
const AFTER_CHUNK = 4;
const TRAILER = 5;
const TO_CLOSE = 6;

const lengthOf = /\r\ncontent-length: *(\d+)/i;
const isChunked = /\r\ntransfer-encoding:[^\r]*\bchunked/i;
const LF = 10;
const CR = 13;

/**
 * Reads HTTP/1.1 messages off a socket, for a little of what a whole parser costs: the load and the upstream must be
 * cheaper than what stands between them. `told` hears `head(text)`, `body(bytes)` for each stretch, and `end()`.
 * `push` takes bytes as they come, cut anywhere; `close` ends a body that lasts as long as its connection.
 */
export function createReader(told, { isRequest = false } = {}) {
  let state = HEAD;
  let left = 0;
  let hasDigits = false;
  let lineLength = 0;
  let pending;

  function end() {
    state = HEAD;
    told.end();
  }

  function readHead(bytes, from) {
    const at = bytes.indexOf("\r\n\r\n", from, "latin1");
    if (at === -1) {
      pending = bytes.subarray(from);
      return bytes.length;
    }
    const text = bytes.latin1Slice(from, at);
    left = Number(lengthOf.exec(text)?.[1] ?? -1);
    told.head(text);
    if (isChunked.test(text)) state = SIZE;
    else if (left > 0) state = FIXED;
    else if (left === 0 || isRequest) end();
    else state = TO_CLOSE;
    left = Math.max(left, 0);
    hasDigits = false;
    return at + 4;
  }

  function readBody(bytes, from) {
    const to = Math.min(bytes.length, from + left);
    left -= to - from;
    told.body(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to));
    if (left === 0) {
      if (state === FIXED) end();
      else state = AFTER_CHUNK;
    }
    return to;
  }

  /** `1a;name=value\r\n`: digits up to the end of the line, extensions passed over. */
  function readSize(bytes, from) {
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte === LF) {
        state = left > 0 ? CHUNK : TRAILER;
        hasDigits = false;
        lineLength = 0;
        return at + 1;
      }
      const digit = hasDigits === "over" ? -1 : digitOf(byte);
      if (digit >= 0) left = left * 16 + digit;
      hasDigits = digit >= 0 ? true : "over";
    }
    return bytes.length;
  }

  function skipLine(bytes, from) {
    const at = bytes.indexOf(LF, from);
    if (at === -1) return bytes.length;
    state = SIZE;
    left = 0;
    return at + 1;
  }

  /** Lines up to an empty one. */
  function readTrailer(bytes, from) {
    for (let at = from; at < bytes.length; at++) {
      if (bytes[at] === LF && lineLength === 0) {
        end();
        return at + 1;
      }
      if (bytes[at] === LF) lineLength = 0;
      else if (bytes[at] !== CR) lineLength++;
    }
    return bytes.length;
  }

  return {
    push(chunk) {
      const bytes = pending === undefined ? chunk : Buffer.concat([pending, chunk]);
      pending = undefined;
      let at = 0;
      while (at < bytes.length) {
        if (state === HEAD) at = readHead(bytes, at);
        else if (state === FIXED || state === CHUNK) at = readBody(bytes, at);
        else if (state === SIZE) at = readSize(bytes, at);
        else if (state === AFTER_CHUNK) at = skipLine(bytes, at);
        else if (state === TRAILER) at = readTrailer(bytes, at);
        else {
          told.body(bytes.subarray(at));
          at = bytes.length;
        }
      }
    },
    close() {
      if (state === TO_CLOSE) end();
    },
  };
}

function digitOf(byte) {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
