import type { LedgerRow } from "./ports.ts";
import { PICKS_COLUMN } from "./lot_picks.ts";
import type { LotRow } from "./lots.ts";
import { type PaidMoney, paidMoneyOf } from "./paid_money.ts";

/** What of a ledger row is kept in memory: all that lots, values and returns follow from. */
export interface KeptRow extends LotRow {
  readonly paid: PaidMoney | null;
  /** The lots that it names, as its column has them; `null` where it has no such column. */
  readonly picks: string | null;
}

/** Texts that are shared by many rows; others are kept once for each. */
const MAX_SHARED = 10_000;

/** Makes rows to be kept. Those that say the same share one text: a database gives each its own. */
export class RowKeeper {
  readonly #known = new Map<string, string>();

  keep(row: LedgerRow): KeptRow {
    const { id, at, action, assetId, quantity, unitPriceUsd, account, txHash, parentId } = row;
    const { notesExtra } = row;
    return {
      id,
      at,
      action: this.#shared(action),
      assetId: this.#shared(assetId),
      quantity,
      unitPriceUsd,
      account: this.#shared(account),
      txHash,
      parentId,
      paid: paidMoneyOf(row),
      picks: Object.hasOwn(notesExtra, PICKS_COLUMN) ? notesExtra[PICKS_COLUMN] ?? null : null,
    };
  }

  #shared<Text extends string>(text: Text): Text {
    const known = this.#known.get(text);
    if (known !== undefined) return known as Text;
    if (this.#known.size < MAX_SHARED) this.#known.set(text, text);
    return text;
  }
}

/** Whether two rows with one id say the same. */
export function isSameRow(a: KeptRow, b: KeptRow): boolean {
  return a.at === b.at && a.action === b.action && a.assetId === b.assetId &&
    a.quantity === b.quantity && a.unitPriceUsd === b.unitPriceUsd && a.account === b.account &&
    a.txHash === b.txHash && a.parentId === b.parentId && a.picks === b.picks &&
    a.paid?.cashId === b.paid?.cashId && a.paid?.total === b.paid?.total;
}
