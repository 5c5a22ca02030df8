import { frozen } from "./frozen.ts";
import { diagnostic } from "../diagnostics/diagnostic.ts";
import type { Place } from "../diagnostics/diagnostic.ts";
import type { Scope, SourceText } from "./scope.ts";
import type { Path } from "../text/yaml.ts";
import type { RowContext } from "./rows.ts";

/** A stream table as read from its file: plain values, and how a path in it becomes a place. */
export interface TableFile {
  file: string;
  value: Record<string, unknown>;
  place: (path: Path, what?: "key" | "value") => Place;
  /** The place of characters inside a string value. */
  placeIn: (path: Path, offset: number, length: number) => Place;
}

/** The context in which a table's rows are compiled. */
export function tableContext(
  table: TableFile,
  scope: Scope,
  variables: readonly string[],
  checkEmit: RowContext["checkEmit"],
): RowContext {
  const uses = new Set<string>();
  return {
    scope,
    variables,
    uses,
    state: new Set(Object.keys((table.value["state"] as object | undefined) ?? {})),
    place: table.place,
    checkEmit,
    text: (path, source, skipped): SourceText => ({
      source,
      place: (offset, length) => table.placeIn(path, offset + skipped, length),
    }),
  };
}

/** What `state:` declares, afresh for each stream. `set` replaces values, and nothing changes one: they are shared. */
export function freshState({ value }: TableFile): Record<string, unknown> {
  return { ...(frozen(value["state"] ?? {}) as Record<string, unknown>) };
}

/** Reports `skip` (or `lose`) entries that can never count because `events` has the same name. */
export function checkUnreachable(
  table: TableFile,
  scope: Scope,
  names: readonly string[],
  list: string,
): void {
  const events = table.value["events"] as Record<string, unknown>;
  names.forEach((name, i) => {
    if (!(name in events)) return;
    const at = list === "skip" ? table.place([list, i]) : table.place([list, name], "key");
    scope.report(
      diagnostic(
        "LB403",
        `"${name}" stands in \`events\` too, so this entry never counts`,
        at,
        "remove one of the two",
      ),
    );
  });
}
