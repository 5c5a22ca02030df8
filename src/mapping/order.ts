import { recordLoss } from "./losses.ts";
import type { StreamEvent } from "./canonical.ts";
import { createSerializer } from "./serial.ts";
import type { StreamEncoder } from "./types.ts";

/** For formats with one answer: what other candidates tell is left out, and said. */
export function firstEncoder(encoder: StreamEncoder): StreamEncoder {
  let isLost = false;
  return {
    isDone: () => encoder.isDone(),
    push(event) {
      if (!("c" in event) || event.c === undefined || event.c === 0) return encoder.push(event);
      if (!isLost) recordLoss({ code: "candidates", action: "drop", at: `candidates[${event.c}]` });
      isLost = true;
      return "";
    },
  };
}

/** Overlapping blocks, one after another. */
export function serialEncoder(plain: StreamEncoder): StreamEncoder {
  const serializer = createSerializer();
  const ordered: StreamEvent[] = [];
  return {
    isDone: () => plain.isDone(),
    push(event) {
      if (serializer.passes(event)) return plain.push(event);
      serializer.push(event, ordered);
      let text = "";
      for (const one of ordered) text += plain.push(one);
      ordered.length = 0;
      return text;
    },
  };
}
