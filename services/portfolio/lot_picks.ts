import { parseUuid, type Uuid } from "../kernel/ids.ts";
import { normalDecimal } from "./imports/values.ts";
import type { LotPick } from "./lots.ts";

/** The column of a ledger row that names the lots which it takes, for specific identification. */
export const PICKS_COLUMN = "lots";

/** Lots of a row as its column holds them: `id:quantity`, separated by blanks. */
export function formatPicks(picks: readonly LotPick[]): string {
  return picks.map(({ rowId, quantity }) => `${rowId}:${quantity}`).join(" ");
}

/**
 * The lots that a column names. What can't be read is named as it stands, as a lot that no pool has:
 * who matches by it is told, where a sale would silently take other lots than its owner named.
 */
export function parsePicks(text: string): readonly LotPick[] {
  return text.split(/\s+/).filter((part) => part !== "").map((part) => {
    const [id = "", amount = ""] = part.split(":");
    const rowId = parseUuid(id);
    const quantity = normalDecimal(amount);
    const isLot = rowId !== null && quantity !== null && quantity !== "0" &&
      !quantity.startsWith("-");
    return isLot ? { rowId, quantity } : { rowId: part as Uuid, quantity: "1" };
  });
}
