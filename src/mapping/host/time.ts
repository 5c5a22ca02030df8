const unitSeconds: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of a duration: `34.4s`, `6m0s`, `1500ms`, or a bare number of seconds. */
export function seconds(duration: unknown): number | undefined {
  if (typeof duration === "number") return Number.isFinite(duration) ? duration : undefined;
  if (typeof duration !== "string" || !/^(\d+(\.\d+)?(ms|[smhd]))+$|^\d+(\.\d+)?$/.test(duration))
    return undefined;
  if (!/[a-z]/.test(duration)) return Number(duration);
  let total = 0;
  for (const [, amount, unit] of duration.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)) {
    total += Number(amount) * (unitSeconds[unit ?? "s"] ?? 1);
  }
  // The sum of thousandths is not exact in binary.
  return Math.round(total * 1e6) / 1e6;
}

/** Whole Unix seconds of an RFC 3339 time. */
export function timestamp(text: unknown): number | undefined {
  const milliseconds = typeof text === "string" ? Date.parse(text) : Number.NaN;
  return Number.isNaN(milliseconds) ? undefined : Math.floor(milliseconds / 1000);
}

/** The RFC 3339 time of Unix seconds. */
export function rfc3339(unix: unknown): string | undefined {
  if (typeof unix !== "number" || !(Math.abs(unix) <= 8.64e12)) return undefined;
  return new Date(unix * 1000).toISOString().replace(".000Z", "Z");
}
