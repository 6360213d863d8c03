import type { SourceState } from "../../../components/states/Panel.tsx";
import type { AssetQuote } from "../../../services/market/mod.ts";

/** How the source line of a panel about one asset is marked. */
export function sourceStateOf({ provenance, freshness }: AssetQuote): SourceState {
  if (provenance?.isDemo) return "sim";
  return freshness === "stale" ? "stale" : "current";
}
