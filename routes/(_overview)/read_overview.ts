import type { MarketOverview, MarketService } from "../../services/market/mod.ts";
import { type OverviewView, readView } from "./overview_view.ts";

/**
 * The overview that an address asks for. A theme that no asset has is an empty filter, not an
 * error: the link may come from a time when there was one.
 */
export async function readOverview(
  market: MarketService,
  url: URL,
): Promise<{ readonly overview: MarketOverview; readonly view: OverviewView }> {
  const view = readView(url);
  const { sort, order, theme } = view;
  const whole = await market.getOverview({ sort, order });
  if (theme === null) return { overview: whole, view };
  if (whole.themes.includes(theme)) {
    return { overview: await market.getOverview({ sort, order, theme }), view };
  }
  return { overview: { ...whole, quotes: [], gainers: [], losers: [] }, view };
}
