import { UnitCost } from "../../../components/figures/Amounts.tsx";
import { type LedgerRow, paidMoneyOf, paidUnitPrice } from "../../../services/portfolio/mod.ts";

/** What a row says one unit cost: in dollars, or in the money that it was traded for. */
export function RowPrice({ row }: { readonly row: LedgerRow }) {
  const paid = paidMoneyOf(row);
  if (paid !== null) {
    return (
      <>
        <UnitCost value={Number(paidUnitPrice(paid, row.quantity))} />
        <span class="unit">{paid.cashId.toUpperCase()}</span>
      </>
    );
  }
  return (
    <UnitCost
      value={row.unitPriceUsd === null ? null : Number(row.unitPriceUsd)}
      reason="The row names no price: the close of its time counts"
    />
  );
}
