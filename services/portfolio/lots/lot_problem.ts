import type { DecimalText } from "../transaction.ts";
import type { LotEvent } from "./lot_event.ts";
import { formatExact } from "./exact.ts";
import type { LotProblem, LotProblemCode, LotRow } from "./lot_book.ts";

/** A problem of a row; its quantity is the row's unless another is given. */
export function lotProblem(
  code: LotProblemCode,
  row: LotRow,
  { message, fix, quantity = row.quantity.replace("-", "") }: {
    readonly message: string;
    readonly fix: string;
    readonly quantity?: DecimalText;
  },
): LotProblem {
  const { id: rowId, at, assetId, account } = row;
  return { code, rowId, at, assetId, account, quantity, message, fix };
}

interface Missing {
  readonly missing: bigint;
  readonly quantityDecimals: number;
}

/** More was sold, or paid as a fee, than its pool held. */
export function oversold(
  { row }: LotEvent,
  { missing, quantityDecimals }: Missing,
): LotProblem {
  const quantity = formatExact({ units: missing, decimals: quantityDecimals });
  return lotProblem("OVERSOLD", row, {
    quantity,
    message: `${quantity} ${row.assetId} more than "${row.account}" held at that time`,
    fix: "Add the missing BUY or TRANSFER_IN before it, or correct the amount, time or account",
  });
}

/** More left an account than it held; it arrives without cost or date. */
export function overdrawn(
  { row }: LotEvent,
  { missing, quantityDecimals }: Missing,
): LotProblem {
  const quantity = formatExact({ units: missing, decimals: quantityDecimals });
  return lotProblem("TRANSFER_OVERDRAWN", row, {
    quantity,
    message: `${quantity} ${row.assetId} more left "${row.account}" than it held at that time`,
    fix: "Add the missing BUY or TRANSFER_IN before it, or correct the amount, time or account",
  });
}

/** A lot that a disposal names is not there, or not in that quantity. */
export function pickUnavailable({ row }: LotEvent, lotRowId: string): LotProblem {
  return lotProblem("PICK_UNAVAILABLE", row, {
    message: `The lot of row ${lotRowId} does not hold what this row names; ` +
      "the oldest lots were taken instead",
    fix: "Name lots that the pool holds at that time",
  });
}
