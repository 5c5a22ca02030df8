import { createCipheriv, createDecipheriv, hash } from "node:crypto";
import type { Memory } from "../jsonata/index.ts";

const method = "aes-256-gcm";
const tagBytes = 16;
/** Each key seals one value, that of its text, so no two messages share a key. */
const nonce = Buffer.alloc(12);

/**
 * A memory of what was read out of one text that may hold secrets: a configuration with its keys. It is of use only to one
 * who has the text, from which its key is made.
 */
export function sealedBy(text: string, memory: Memory): Pick<Memory, "recall" | "note"> {
  const at = `sealed ${hash("sha256", `name ${text}`, "base64url")}`;
  const key = hash("sha256", `key ${text}`, "buffer");
  return {
    recall() {
      const sealed = memory.recall(at);
      return typeof sealed === "string" ? open(sealed, key) : undefined;
    },
    note(_name, value) {
      memory.note(at, seal(JSON.stringify(value), key));
    },
  };
}

function seal(plain: string, key: Buffer): string {
  const cipher = createCipheriv(method, key, nonce);
  const sealed = [cipher.update(plain, "utf8"), cipher.final()];
  return Buffer.concat([...sealed, cipher.getAuthTag()]).toString("base64url");
}

function open(text: string, key: Buffer): unknown {
  const bytes = Buffer.from(text, "base64url");
  const decipher = createDecipheriv(method, key, nonce);
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  const plain = [decipher.update(bytes.subarray(0, -tagBytes)), decipher.final()];
  return JSON.parse(Buffer.concat(plain).toString()) as unknown;
}
