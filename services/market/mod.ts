export * from "./asset_ports.ts";
export type { MarketValue, ValuedAsset } from "./asset_values.ts";
export * from "./assets.ts";
export { loadRegistry } from "./assets_load.ts";
export * from "./assets_resolve.ts";
export { seedRegistry } from "./assets_seed.ts";
export * from "./candle.ts";
export { joinColumns, readCandles } from "./candle_reader.ts";
export { labelOf } from "./candle_page.ts";
export * from "./coverage.ts";
export { DemoGate, type DemoScope } from "./demo_gate.ts";
export { DemoMarket, type DemoRefresh } from "./demo_market.ts";
export * from "./derive.ts";
export { lastRows, QUOTE_FIGURES, type QuoteFigure } from "./explain.ts";
export { onCandles, withGapRows } from "./gap_rows.ts";
export {
  type AbsenceStore,
  Backfill,
  type BackfillResult,
  type BackfillScope,
} from "./live/backfill.ts";
export { CandleHealer, type HealRequest, type HealResult } from "./live/healer.ts";
export { LiveBoard } from "./live/live_board.ts";
export { type HeldCommand, type LiveFeed, LiveMarket } from "./live/live_market.ts";
export * from "./live_ports.ts";
export { freshnessOfLive } from "./live_quotes.ts";
export * from "./market_service.ts";
export type { OverviewQuery } from "./overview.ts";
export * from "./ports.ts";
export * from "./read_models.ts";
export * from "./series_changes.ts";
export * from "./series_choice.ts";
export type { TotalValue } from "./total_value.ts";
