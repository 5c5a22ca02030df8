import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";

const { cacheFolder } = (await import(new URL("../../bin/cache.mjs", import.meta.url).href)) as {
  cacheFolder: (env: Record<string, string>) => string | undefined;
};

/** A folder of this user's alone. */
function home(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "llmbridge-")));
  onTestFinished(() => {
    chmodSync(folder, 0o700);
    rmSync(folder, { recursive: true });
  });
  return folder;
}

describe("the cache folder", () => {
  test("is made where it is not there, for this user alone", () => {
    const folder = cacheFolder({ LLMBRIDGE_CACHE: join(home(), "a", "b") })!;
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  test.runIf(process.platform === "linux")("stands where the system has such things", () => {
    const base = home();
    expect(cacheFolder({ XDG_CACHE_HOME: base })).toBe(join(base, "llmbridge"));
  });

  test("is none where it is off", () => {
    expect(cacheFolder({ LLMBRIDGE_CACHE: "off" })).toBeUndefined();
  });

  test.skipIf(process.platform === "win32").each([
    ["others may read", 0o755],
    ["others may write", 0o777],
    ["its group may read", 0o750],
  ])("is none that %s", (_, mode) => {
    const folder = join(home(), "cache");
    mkdirSync(folder);
    chmodSync(folder, mode);
    expect(cacheFolder({ LLMBRIDGE_CACHE: folder })).toBeUndefined();
  });

  test.skipIf(process.platform === "win32")("is none that others may put another in the place of", () => {
    const base = home();
    mkdirSync(join(base, "cache"), { mode: 0o700 });
    chmodSync(base, 0o777);
    expect(cacheFolder({ LLMBRIDGE_CACHE: join(base, "cache") })).toBeUndefined();
  });

  test.skipIf(process.platform === "win32")("is no link and no file", () => {
    const base = home();
    mkdirSync(join(base, "real"), { mode: 0o700 });
    symlinkSync(join(base, "real"), join(base, "link"));
    writeFileSync(join(base, "file"), "");
    expect(cacheFolder({ LLMBRIDGE_CACHE: join(base, "link") })).toBeUndefined();
    expect(cacheFolder({ LLMBRIDGE_CACHE: join(base, "file") })).toBeUndefined();
    expect(cacheFolder({ LLMBRIDGE_CACHE: join(base, "file", "below") })).toBeUndefined();
  });
});
