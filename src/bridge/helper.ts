/** The process that loads while the server goes on: started by `loader.ts`, it does one task and ends. */
import { enableCompileCache } from "node:module";
import type { Task } from "./task.ts";

const [modules] = process.argv.slice(2);
if (modules !== undefined) enableCompileCache(modules);
process.once("message", (task: Task) => {
  void import("./task.ts").then(({ perform }) => {
    process.send?.(perform(task), undefined, undefined, () => process.disconnect?.());
  });
});
