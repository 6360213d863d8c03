import { fingerprint } from "../../kernel/fingerprint.ts";
import { type Uuid, uuidOfMoment } from "../../kernel/ids.ts";
import type { AssetId } from "../../market/mod.ts";
import type { DecimalText, Transaction } from "../transaction.ts";
import { negated } from "./values.ts";

/** What was paid for a row, above 0. */
export interface EntryFee {
  readonly assetId: AssetId;
  readonly amount: DecimalText;
}

/** A row that is to enter the ledger, together with its fee. */
export interface LedgerEntry extends Omit<Transaction, "id"> {
  /** `null` for one that is named after what it says. */
  readonly id: Uuid | null;
  /** Becomes a row of its own. */
  readonly fee: EntryFee | null;
}

/** What may separate the parts of a key, as no text of a row holds it. */
const SEPARATOR = "\u001f";

/**
 * What makes a row the same as another besides its id: account, hash, action and asset where there
 * is a hash, else the external id. `null` where the id alone does, as of another row's fee.
 */
export function identityOf(
  { txHash, externalId, account, action, assetId, parentId }: LedgerEntry,
): string | null {
  if (parentId !== null) return null;
  if (txHash !== null) return ["h", account, txHash, action, assetId].join(SEPARATOR);
  return externalId === null ? null : `e${SEPARATOR}${externalId}`;
}

/** All that a row says, but for its id, as one text: equal texts say the same. */
function contentOf(entry: LedgerEntry): string {
  const extra = Object.entries(entry.notesExtra).sort(([a], [b]) => a < b ? -1 : 1);
  return JSON.stringify([
    ...[entry.at, entry.action, entry.assetId, entry.quantity, entry.unitPriceUsd],
    ...[entry.account, entry.wallet, entry.venue, entry.txHash, entry.externalId, entry.notes],
    ...[entry.parentId, entry.fee?.assetId, entry.fee?.amount, extra],
  ]);
}

/** A number for what a row says, to tell whether it says the same as before. */
export function contentFingerprint(entry: LedgerEntry): number {
  return fingerprint(contentOf(entry));
}

/**
 * The id of a row that has none: after what it says, and how many rows of the file said the same
 * before, so that the same file gives the same ids.
 */
export function contentId(entry: LedgerEntry, occurrence: number): Uuid {
  return uuidOfMoment(entry.at, `${occurrence} ${contentOf(entry)}`);
}

/** The id of a row's fee. It follows from the row's id alone, so that a changed fee stays the same row. */
export function feeId(parentId: Uuid): Uuid {
  const at = Number.parseInt(parentId.replaceAll("-", "").slice(0, 12), 16);
  return uuidOfMoment(at, `fee of ${parentId}`);
}

/** The ledger rows of an entry: itself and its fee, which is negative and names it. */
export function rowsOf(entry: LedgerEntry, id: Uuid): readonly Transaction[] {
  const { fee, ...row } = entry;
  const own: Transaction = { ...row, id };
  return fee === null ? [own] : [own, {
    ...own,
    id: feeId(id),
    action: "FEE",
    assetId: fee.assetId,
    quantity: negated(fee.amount),
    unitPriceUsd: null,
    externalId: null,
    notes: null,
    notesExtra: {},
    parentId: id,
  }];
}
