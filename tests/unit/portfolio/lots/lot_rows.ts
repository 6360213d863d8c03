import { type AssetId } from "@/services/market/mod.ts";
import type { Uuid } from "@/services/kernel/ids.ts";
import { parseUtcMs, utcMsOf } from "@/services/kernel/time.ts";
import type { LotRow } from "@/services/portfolio/lots.ts";

/** A row's fields that tests name; the others have plain values. */
export type RowFields = Partial<Omit<LotRow, "at" | "id" | "assetId" | "parentId">> & {
  readonly at?: string | number;
  readonly id?: string;
  readonly asset?: string;
  readonly parent?: string;
};

/** The id of a row of a test, in the order of its number. */
export function idOf(name: string | number): Uuid {
  return String(name).padStart(8, "0") as Uuid;
}

/** Builds rows; one without a time comes a day after the one before. */
export function lotRows(fields: readonly RowFields[]): LotRow[] {
  const start = Date.UTC(2021, 0, 1);
  return fields.map(({ at, id, asset, parent, ...rest }, index) => ({
    id: idOf(id ?? index + 1),
    at: typeof at === "string"
      ? parseUtcMs(at) ?? utcMsOf(NaN)
      : utcMsOf(at ?? start + index * 86_400_000),
    action: "BUY",
    assetId: (asset ?? "bitcoin") as AssetId,
    quantity: "1",
    unitPriceUsd: null,
    account: "A",
    txHash: null,
    parentId: parent === undefined ? null : idOf(parent),
    ...rest,
  }));
}
