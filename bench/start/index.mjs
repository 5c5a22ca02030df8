// How long it takes until the first request is answered, until a hundred mapping folders are loaded, and what a reload
// costs the requests that are under way.
import { measureCold } from "./cold.mjs";
import { measureFolders } from "./folders.mjs";
import { measureReload } from "./reload.mjs";

export async function measureStart({ isQuick, only }) {
  console.log("\n## Starting and reloading");
  const parts = { "cold start": measureCold, folders: measureFolders, reload: measureReload };
  const results = {};
  for (const [name, measure] of Object.entries(parts))
    if (name.includes(only)) results[name] = await measure(isQuick);
  return results;
}
