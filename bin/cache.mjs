// Where llmbridge keeps what it need not find out twice. Plain JavaScript: it is asked before any TypeScript is loaded.
import { mkdirSync, statSync, lstatSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";

/**
 * The cache folder: `LLMBRIDGE_CACHE`, or `llmbridge` in the place that the system has for such things. It is made if it
 * is not there. Nothing where `LLMBRIDGE_CACHE=off`, and where it cannot be made or is not private: the cache holds code
 * that will be run.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined}
 */
export function cacheFolder(env = process.env) {
  const wanted = env.LLMBRIDGE_CACHE;
  if (wanted === "off") return undefined;
  const folder = wanted ? resolve(wanted) : join(userCache(env), "llmbridge");
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return isPrivate(folder) ? folder : undefined;
  } catch {
    return undefined;
  }
}

/** @param {NodeJS.ProcessEnv} env */
function userCache(env) {
  if (process.platform === "win32") return env.LOCALAPPDATA || join(homedir(), "AppData", "Local");
  if (process.platform === "darwin") return join(homedir(), "Library", "Caches");
  return env.XDG_CACHE_HOME || join(homedir(), ".cache");
}

const othersWrite = 0o022;
const others = 0o077;
/** Only its owner may take away or rename what stands in such a folder. */
const sticky = 0o1000;

/**
 * Nobody else may read or write the folder, or put another one in its place. Windows keeps a user's folders private.
 *
 * @param {string} folder
 */
function isPrivate(folder) {
  const own = lstatSync(folder);
  if (!own.isDirectory()) return false;
  if (process.getuid === undefined) return true;
  const around = statSync(dirname(folder)).mode;
  const isGuarded = (around & othersWrite) === 0 || (around & sticky) !== 0;
  return own.uid === process.getuid() && (own.mode & others) === 0 && isGuarded;
}
