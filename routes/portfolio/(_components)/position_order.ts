import type { Position } from "../../../services/portfolio/mod.ts";
import { amountOf, inCurrency, type PortfolioPageData } from "./read_portfolio.ts";

/** A holding as the table shows it; amounts are in the currency of the page. */
export interface ShownPosition {
  readonly position: Position;
  readonly value: number | null;
  /** Of the units whose cost is known; `null` where it is known of none. */
  readonly cost: number | null;
  readonly unrealised: number | null;
  /** Its part of the gain over the range; `null` where that is not known. */
  readonly contribution: number | null;
}

type Measured = Pick<PortfolioPageData, "value" | "rate" | "measured">;

/** Every holding with its amounts in the currency of the page. */
export function shownPositions({ value, rate, measured }: Measured): readonly ShownPosition[] {
  const gains = new Map(
    measured.performance?.contributions.map(({ assetId, gain }) => [assetId, gain]),
  );
  return value.positions.map((position) => {
    const gain = gains.get(position.assetId) ?? NaN;
    return {
      position,
      value: inCurrency(position.valueUsd, rate),
      cost: amountOf(position.own.cost),
      unrealised: amountOf(position.own.unrealized),
      contribution: Number.isFinite(gain) ? gain : null,
    };
  });
}

type Key = (shown: ShownPosition) => number | null;

const KEYS: Readonly<Record<string, Key>> = {
  quantity: ({ position }) => Number(position.quantity),
  price: ({ position }) => position.price?.priceUsd ?? null,
  change_24h: ({ position }) => position.change24h,
  value: ({ value }) => value,
  cost: ({ cost }) => cost,
  unrealised: ({ unrealised }) => unrealised,
  on_cost: ({ position }) => position.own.ratio,
  share: ({ position }) => position.share,
  contribution: ({ contribution }) => contribution,
};

/** Sorts positions by a column; those without the figure stand last either way, by name. */
export function sortPositions(
  positions: readonly ShownPosition[],
  { sort, order }: { readonly sort: string; readonly order: "asc" | "desc" },
): readonly ShownPosition[] {
  const sign = order === "asc" ? 1 : -1;
  const byName = (a: ShownPosition, b: ShownPosition) =>
    a.position.name.localeCompare(b.position.name);
  const key = KEYS[sort];
  if (key === undefined) return positions.toSorted((a, b) => byName(a, b) * sign);
  return positions.toSorted((a, b) => {
    const [one, other] = [key(a), key(b)];
    if (one === null || other === null) {
      return Number(one === null) - Number(other === null) || byName(a, b);
    }
    return (one - other) * sign || byName(a, b);
  });
}
