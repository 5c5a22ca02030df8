const milliseconds: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const bytes: Readonly<Record<string, number>> = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 };

/** The longest time that a timer of Node can wait: 24.8 days, in milliseconds. */
export const longestDuration: number = 2 ** 31 - 1;

/** `500ms`, `30s`, `2m`, `1.5h` → milliseconds; nothing for anything else. */
export function parseDuration(text: string): number | undefined {
  return parseUnit(text, /^(\d+(?:\.\d+)?)(ms|s|m|h)$/, milliseconds);
}

/** `500kb`, `32mb` → bytes; nothing for anything else. */
export function parseSize(text: string): number | undefined {
  return parseUnit(text, /^(\d+(?:\.\d+)?)(b|kb|mb|gb)$/, bytes);
}

function parseUnit(text: string, form: RegExp, units: Readonly<Record<string, number>>): number | undefined {
  const [, number, unit] = form.exec(text) ?? [];
  return number === undefined || unit === undefined ? undefined : Math.round(Number(number) * units[unit]!);
}
