import type { Uuid } from "@/services/kernel/ids.ts";
import { formatUtcMs, type UtcMs } from "@/services/kernel/time.ts";
import type { LotBook } from "@/services/portfolio/lots.ts";

/** What a file says of a row besides what lots need. */
export interface RowNames {
  /** The row's own id, where it has one. */
  readonly names: ReadonlyMap<Uuid, string | null>;
  /** Its place in the input, from 1. */
  readonly lines: ReadonlyMap<Uuid, number>;
}

/** A lot book as scripts print it: amounts as decimal text, instants as ISO 8601. */
export function lotBookJson(
  { lots, disposals, income, fees, realized, problems }: LotBook,
  given: RowNames,
) {
  const rowOf = (rowId: Uuid) => ({
    line: given.lines.get(rowId) ?? null,
    id: given.names.get(rowId) ?? null,
  });
  const iso = (at: UtcMs | null) => at === null ? null : formatUtcMs(at);
  return {
    lots: lots.map((
      { rowId, assetId, account, acquired, quantity, unitCost, cost, isInTransit },
    ) => ({
      asset_id: assetId,
      account,
      acquired: iso(acquired),
      quantity,
      unit_cost: unitCost,
      cost,
      in_transit: isInTransit,
      ...rowOf(rowId),
    })),
    disposals: disposals.map((disposal) => ({
      asset_id: disposal.assetId,
      account: disposal.account,
      acquired: iso(disposal.acquired),
      disposed: iso(disposal.disposed),
      quantity: disposal.quantity,
      cost: disposal.cost,
      proceeds: disposal.proceeds,
      gain: disposal.gain,
      days_held: disposal.daysHeld,
      term: disposal.term,
      action: disposal.action,
      complete: disposal.isComplete,
      ...rowOf(disposal.rowId),
    })),
    income: income.map(({ rowId, assetId, account, at, action, quantity, value }) => ({
      ...{ asset_id: assetId, account, timestamp: iso(at), action, quantity, value },
      ...rowOf(rowId),
    })),
    fees: fees.map(({ rowId, assetId, account, at, quantity, value, appliedTo }) => ({
      ...{ asset_id: assetId, account, timestamp: iso(at), quantity, value },
      applied_to: appliedTo,
      ...rowOf(rowId),
    })),
    realized: realized.map((total) => ({
      year: total.year,
      asset_id: total.assetId,
      proceeds: total.proceeds,
      cost: total.cost,
      gain: total.gain,
      short_term_gain: total.shortTermGain,
      long_term_gain: total.longTermGain,
      incomplete: total.incomplete,
    })),
    problems: problems.map(({ rowId, code, assetId, account, at, quantity, message, fix }) => ({
      ...{ code, asset_id: assetId, account, timestamp: iso(at), quantity, message, fix },
      ...rowOf(rowId),
    })),
  };
}
