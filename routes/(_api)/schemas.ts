import { z } from "zod";
import { CANDLE_STATES, CHART_RANGES, INTERVALS } from "../../services/market/mod.ts";
import { ReasonsByFigure } from "./reasons_wire.ts";

/** Payload shapes that several routes share. With an id they are components of the document. */

export const Instant = z.string().meta({ format: "date-time" });
export const Epoch = z.number().int().describe("Epoch milliseconds");
const Value = z.number().nullable();

export const Freshness = z.enum(["live", "delayed", "stale", "missing"]);

export const Candle = z.object({
  t: Epoch.describe("Bucket start, epoch ms"),
  o: Value,
  h: Value,
  l: Value,
  c: Value,
  v: Value.describe("Volume in the unit of v_unit"),
  v_unit: z.enum(["asset", "usd"]).nullable(),
  v_usd: z.number().optional().describe("Dollars traded, where the source gives them"),
  resolution: z.enum(INTERVALS),
  asof: Instant,
  source: z.string(),
  derived_from: z.enum(INTERVALS).optional().describe("Stored interval it was rolled up from"),
  demo: z.literal(true).optional().describe("Synthetic"),
  state: z.enum(CANDLE_STATES),
  market_cap_usd: z.number().optional(),
  parts_missing: z.number().int().optional().describe("Finer candles that a derived one lacks"),
}).meta({ id: "Candle" });

const Resolution = z.enum([...INTERVALS, "tick"]).describe("Candles it stands on, or trades");

export const Provenance = z.object({
  source: z.string(),
  resolution: Resolution,
  asof: Instant,
  derived_from: z.enum(INTERVALS).nullable(),
  demo: z.boolean(),
}).meta({ id: "Provenance" });

const VenuePrice = z.object({ venue: z.string(), price: z.number(), at: Instant });

export const Asset = z.object({
  asset_id: z.string(),
  symbol: z.string(),
  name: z.string(),
  themes: z.array(z.string()),
  status: z.enum(["active", "superseded", "deprecated"]),
  superseded_by: z.string().nullable(),
}).meta({ id: "Asset" });

export const Quote = z.object({
  asset_id: z.string(),
  coin_id: z.string().describe("Same as asset_id"),
  symbol: z.string(),
  name: z.string(),
  price: Value.describe("Dollars"),
  change_24h: Value.describe("Fraction: 0.05 is +5 %"),
  change_7d: Value,
  change_30d: Value,
  change_1y: Value,
  volume_24h: Value.describe("Dollars over the 24 hours before asof"),
  volume_estimated: z.boolean().describe("Units valued at each candle's close"),
  market_cap: Value.describe("Dollars, as the source gives it"),
  venues: z.array(z.string()).describe("Sources that the price stands on"),
  venue_prices: z.array(VenuePrice).optional().describe("Last trades that a live price stands on"),
  excluded: z.array(VenuePrice.extend({ reason: z.enum(["off_median", "old"]) })).optional()
    .describe("Last trades that did not count, and why"),
  source: z.string().nullable(),
  resolution: Resolution.nullable(),
  asof: Instant.nullable(),
  freshness: Freshness,
  stale: z.boolean().describe("No trade for 10 s, or nothing newer than three candles back"),
  state: z.enum(CANDLE_STATES).nullable(),
  demo: z.boolean(),
  reasons: ReasonsByFigure,
  sparkline: z.array(Value).optional().describe("Daily closes, 90 days, oldest first"),
}).meta({ id: "Quote" });

const Line = z.array(Value);

export const Indicators = z.object({
  asset_id: z.string(),
  interval: z.enum(INTERVALS),
  t: z.array(Epoch),
  series: z.record(z.string(), z.union([Line, z.record(z.string(), Line)])),
  missing: z.number().int().describe("Candles of the range that are missing"),
  asof: Instant.nullable(),
  source: z.string().nullable(),
  derived_from: z.enum(INTERVALS).nullable(),
  demo: z.boolean(),
}).meta({ id: "Indicators" });

export const Chart = z.object({
  asset_id: z.string(),
  symbol: z.string(),
  name: z.string(),
  range: z.enum(CHART_RANGES),
  interval: z.enum(INTERVALS),
  window: z.object({ from: Epoch, to: Epoch }).nullable(),
  t: z.array(Epoch),
  o: Line,
  h: Line,
  l: Line,
  c: Line,
  v: Line.describe("Units of the asset"),
  v_usd: Line,
  provisional: z.array(z.number().int()).describe("Indexes of bars that may still change"),
  indicators: z.record(z.string(), Line),
  missing: z.number().int(),
  asof: Instant.nullable(),
  source: z.string().nullable(),
  derived_from: z.enum(INTERVALS).nullable(),
  demo: z.boolean(),
  freshness: Freshness,
  available_ranges: z.array(z.enum(CHART_RANGES)),
  available_intervals: z.array(z.enum(INTERVALS)),
}).meta({ id: "Chart" });

export const Series = z.object({
  source: z.string(),
  interval: z.enum(INTERVALS),
  rows: z.number().int(),
  missing: z.number().int(),
  first: Instant.nullable(),
  last: Instant.nullable(),
  updated_at: Instant,
  last_state: z.enum(CANDLE_STATES).nullable(),
  imports: z.array(z.object({
    import_id: z.string(),
    origin: z.string(),
    format: z.string(),
    checksum: z.string(),
    started_at: Instant,
    finished_at: Instant.nullable(),
    read: z.number().int(),
    inserted: z.number().int(),
    updated: z.number().int(),
    unchanged: z.number().int(),
    quarantined: z.number().int(),
  })),
}).meta({ id: "Series" });

export const Explanation = z.object({
  figure: z.string(),
  asset_id: z.string(),
  label: z.string(),
  value: Value,
  unit: z.string(),
  reason: z.string().nullable(),
  words: z.string(),
  formula: z.string(),
  inputs: z.array(z.object({
    name: z.string(),
    value: Value,
    unit: z.string(),
    asof: Instant.nullable(),
    source: z.string().nullable(),
    resolution: Resolution.nullable(),
  })),
  rounding: z.string(),
  provenance: Provenance.nullable(),
  rows: z.array(z.object({
    t: Epoch,
    o: Value,
    h: Value,
    l: Value,
    c: Value,
    v: Value,
    v_usd: Value,
    market_cap_usd: Value,
    state: z.enum(CANDLE_STATES),
  })),
}).meta({ id: "Explanation" });
