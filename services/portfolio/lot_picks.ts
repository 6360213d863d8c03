import { parseUuid } from "../kernel/ids.ts";
import { normalDecimal } from "./imports/values.ts";
import type { LotPick } from "./lots.ts";

/** The column of a ledger row that names the lots which it takes, for specific identification. */
export const PICKS_COLUMN = "lots";

/** Lots of a row as its column holds them: `id:quantity`, separated by blanks. */
export function formatPicks(picks: readonly LotPick[]): string {
  return picks.map(({ rowId, quantity }) => `${rowId}:${quantity}`).join(" ");
}

/** The lots that a column names; what can't be read as a lot names none. */
export function parsePicks(text: string): readonly LotPick[] {
  return text.split(/\s+/).flatMap((part) => {
    const [id = "", amount = ""] = part.split(":");
    const rowId = parseUuid(id);
    const quantity = normalDecimal(amount);
    return rowId === null || quantity === null || quantity.startsWith("-")
      ? []
      : [{ rowId, quantity }];
  });
}
