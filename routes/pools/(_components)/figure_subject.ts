import type { FigureSubject } from "../../../components/pools/PoolFigure.tsx";
import { isLending, type PoolCard } from "../../../services/defi/mod.ts";

/** What a pool's figures need to know of it, on a page that shows it as of `asof`. */
export function figureSubject(
  { pool, metrics }: Pick<PoolCard, "pool" | "metrics">,
  { asof }: { readonly asof: string | null },
): FigureSubject {
  return {
    ...{ poolId: pool.id, symbol: pool.symbol, kink: metrics.kink, asof },
    isLending: isLending(pool),
  };
}
