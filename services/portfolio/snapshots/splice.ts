import { type AssetHistory, joinStretch, type Stretch } from "../performance/asset_history.ts";
import { AssetEvents, Flows } from "../performance/history_columns.ts";

/** A history from a bucket of its own on. */
export interface HistoryPart {
  readonly history: AssetHistory;
  /** Where it begins to count in its own grid. */
  readonly from: number;
  /** Which bucket of the whole that is. */
  readonly at: number;
}

/** What stood before a bucket, if anything did, and the new history from there on. */
export function splice(old: AssetHistory | null, { history, from, at }: HistoryPart): AssetHistory {
  const shift = at - from;
  const length = history.values.length + shift;
  const isBefore = ({ bucket }: { readonly bucket: number }) => bucket < at;
  const moved = <T extends { readonly bucket: number }>(rows: Iterable<T>): T[] =>
    [...rows].filter(({ bucket }) => bucket >= from)
      .map((row) => ({ ...row, bucket: row.bucket + shift }));
  const join = (before: Float64Array | undefined, after: Float64Array | undefined) => {
    const column = new Float64Array(length);
    if (before !== undefined) column.set(before.subarray(0, at));
    if (after !== undefined) column.set(after.subarray(from), at);
    return column;
  };
  const known = new Map(old?.accounts.map(({ account, values }) => [account, values]));
  const fresh = new Map(history.accounts.map(({ account, values }) => [account, values]));
  return {
    assetId: history.assetId,
    accounts: [...new Set([...known.keys(), ...fresh.keys()])].sort().map((account) => ({
      account,
      values: join(known.get(account), fresh.get(account)),
    })),
    values: join(old?.values, history.values),
    events: AssetEvents.of([
      ...[...old?.events ?? []].filter(isBefore),
      ...moved(history.events),
    ]),
    flows: Flows.of([...[...old?.flows ?? []].filter(isBefore), ...moved(history.flows)]),
    unpriced: [
      ...(old?.unpriced ?? []).map((own) => ({ ...own, to: Math.min(own.to, at) })),
      ...history.unpriced.map((own) => ({
        from: Math.max(own.from, from) + shift,
        to: own.to + shift,
      })),
    ].filter((own) => own.to > own.from).reduce<readonly Stretch[]>(joinStretch, []),
  };
}
