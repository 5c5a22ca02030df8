/**
 * Has this process begin anew with two arenas, once, and returns where that is not needed or not possible.
 *
 * glibc gives most threads of a process an arena of its own, and each keeps what was freed in it: 30 to 50 MB of a server under
 * load, and after it. How many there may be is read from the environment, before anything of Node runs. The process keeps its
 * number, its input and its output; it costs a start 20 ms. Other C libraries and systems do not know the variable.
 */
export function withFewArenas() {
  const { env, execArgv, execPath, argv } = process;
  // A parent that sends messages would lose its channel.
  if (process.platform !== "linux" || env.MALLOC_ARENA_MAX !== undefined || process.connected) return;
  try {
    process.execve(execPath, [execPath, ...execArgv, ...argv.slice(1)], { ...env, MALLOC_ARENA_MAX: "2" });
  } catch {
    // Node before 22.15 cannot, and one with permissions may not: it serves with what it has.
  }
}
