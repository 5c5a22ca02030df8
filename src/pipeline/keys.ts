import { hash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Bridge } from "../bridge/types.ts";

/** Where clients put their key, and which keys are good. */
export interface KeyCheck {
  /** Headers and query parameters that carry credentials: no mapping and no log sees them. */
  isSecret(name: string): boolean;
  /** Whether the caller may use the bridge: it is open, or one of its keys is among the given ones. */
  allows(headers: IncomingHttpHeaders, query: Readonly<Record<string, string>>): boolean;
  /** A name for the caller that tells nothing of the key: the same for the same credentials. */
  ownerOf(headers: IncomingHttpHeaders, query: Readonly<Record<string, string>>): string;
}

const usualHeaders = ["authorization", "x-api-key"];
const usualQuery = ["key"];
const alwaysSecret = ["cookie", "proxy-authorization"];

/**
 * A client's SDK puts its key where the API puts it that it was made for, so the places are those of `upstream.auth`
 * of all mappings, besides the usual ones.
 */
export function compileKeys({ config, mappings }: Bridge): KeyCheck {
  const auths = [...mappings.values()].map(({ upstream }) => upstream?.auth);
  const headerNames = [
    ...new Set([...usualHeaders, ...auths.flatMap((auth) => Object.keys(auth?.headers ?? {}))]),
  ].map((name) => name.toLowerCase());
  const queryNames = [
    ...new Set([...usualQuery, ...auths.flatMap((auth) => Object.keys(auth?.query ?? {}))]),
  ];
  const secret = new Set([...headerNames, ...queryNames, ...alwaysSecret]);
  const good = config.keys.filter((key) => key !== "").map(digest);

  function isGood(given: string | undefined): boolean {
    if (!given) return false;
    const mine = digest(given.replace(/^bearer\s+/i, "").trim());
    // Every key is compared: how long it takes says nothing about which one was nearly right.
    return good.reduce((found, key) => timingSafeEqual(key, mine) || found, false);
  }
  return {
    isSecret: (name) => secret.has(name),
    allows: (headers, query) =>
      good.length === 0 ||
      headerNames.some((name) => isGood(headers[name] as string | undefined)) ||
      queryNames.some((name) => isGood(query[name])),
    ownerOf: (headers, query) =>
      hash(
        "sha256",
        JSON.stringify([headerNames.map((name) => headers[name]), queryNames.map((name) => query[name])]),
        "base64url",
      ),
  };
}

function digest(key: string): Buffer {
  return hash("sha256", key, "buffer");
}
