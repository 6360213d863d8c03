import type { SourceState } from "../../components/states/Panel.tsx";
import type { MarketOverview } from "../../services/market/mod.ts";

/** How the source line of a panel over the whole market is marked; the worst word wins. */
export function sourceState({ isDemo, quotes, unpriced }: MarketOverview): SourceState {
  if (isDemo) return "sim";
  const priced = quotes.filter(({ price }) => price.value !== null);
  if (priced.length > 0 && priced.every(({ freshness }) => freshness === "stale")) return "stale";
  return unpriced > 0 ? "partial" : "current";
}
