import { AppError } from "../kernel/errors.ts";
import type { UtcMs } from "../kernel/time.ts";
import type { Asset } from "./assets.ts";
import { type CandleColumns, emptyColumns, intervalMs } from "./candle.ts";
import type { AssetFacts } from "./market_snapshot.ts";
import type { TimeRange } from "./ports.ts";
import type { AssetLabel, CandlePage, Provenance } from "./read_models.ts";
import {
  asofOfSeries,
  type FilledSeries,
  isDemoSource,
  lastClose,
  type SeriesChoice,
} from "./series_choice.ts";

/** The parts of an asset that lists show. */
export function labelOf({ id, symbol, name, themes }: Asset): AssetLabel {
  return { assetId: id, symbol, name, themes };
}

/**
 * The series that may answer: all visible ones, or those of the source that was asked for by
 * name, which may be a hidden demo. Throws `RESOURCE_NOT_FOUND` listing the sources there are.
 */
export function seriesFor(
  facts: AssetFacts | undefined,
  source: string | undefined,
): readonly FilledSeries[] {
  if (source === undefined) return facts?.visible ?? [];
  const stored = facts?.stored ?? [];
  const matching = stored.filter((one) => one.source === source);
  if (matching.length > 0) return matching;
  const sources = [...new Set(stored.map((one) => one.source))];
  throw new AppError(
    "RESOURCE_NOT_FOUND",
    `No candles from source "${source}" are stored for this asset`,
    { details: { sources } },
  );
}

/** The asked range, cut to where the series has candles. */
export function rangeWithin(
  series: FilledSeries,
  { from, to }: { from?: UtcMs | undefined; to?: UtcMs | undefined },
): TimeRange {
  const end = lastClose(series);
  return {
    from: Math.max(from ?? series.firstOpenTime, series.firstOpenTime) as UtcMs,
    to: Math.min(to ?? end, end) as UtcMs,
  };
}

/** A page of an asset that has nothing to answer with. */
export function emptyPage(
  { assetId, interval, version }: Pick<CandlePage, "assetId" | "interval" | "version">,
): CandlePage {
  return {
    assetId,
    interval,
    version,
    candles: emptyColumns(0),
    warmUp: emptyColumns(0),
    partsMissing: null,
    provenance: null,
    missing: 0,
    nextFrom: null,
  };
}

/** Where candles of a choice come from; as of the newest of them. */
export function provenanceOf(choice: SeriesChoice, candles: CandleColumns): Provenance {
  const { series, interval, derivedFrom } = choice;
  const lastOpen = candles.openTime[candles.length - 1];
  const end = lastOpen === undefined ? Infinity : lastOpen + intervalMs(interval);
  return {
    source: series.source,
    resolution: interval,
    asof: Math.min(end, asofOfSeries(series)) as UtcMs,
    derivedFrom,
    isDemo: isDemoSource(series.source),
  };
}
