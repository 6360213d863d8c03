import { AppError, ProviderError } from "../../kernel/errors.ts";
import type { AssetId } from "../../market/assets.ts";
import {
  CANDLE_COLUMNS,
  type CandleColumns,
  emptyColumns,
  type Interval,
  INTERVALS,
  sliceColumns,
} from "../../market/candle.ts";
import type { CandleFile, CandleFileSource } from "../../market/import_ports.ts";
import type {
  FeedEvent,
  MarketProvider,
  MarketProviderCapabilities,
  ProviderCandles,
  QuarantinedRow,
  SpotPrice,
  TimeRange,
} from "../../market/ports.ts";
import type { Clock } from "../../ports/mod.ts";
import { type AssetResolver, identifyFile } from "./file_assets.ts";
import { isCsvName, listFiles } from "./folder.ts";

/**
 * Candles from the files of one folder: OHLCV, Binance klines, CoinMarketCap, Coin Metrics and
 * trades, told apart by their columns, the asset by their names. Where files overlap, the one that
 * comes last by name counts. Files know no present, so there are no spot prices and no ticks.
 */
export class FileProvider implements MarketProvider {
  readonly name = "file";
  readonly capabilities: MarketProviderCapabilities = {
    candles: INTERVALS,
    spot: false,
    ticks: false,
  };
  readonly #folder: string;
  readonly #files: CandleFileSource;
  readonly #assets: AssetResolver;
  readonly #clock: Clock;

  constructor({ folder, files, assets, clock }: {
    folder: string;
    files: CandleFileSource;
    assets: AssetResolver;
    clock: Clock;
  }) {
    this.#folder = folder;
    this.#files = files;
    this.#assets = assets;
    this.#clock = clock;
  }

  async candles(
    assetId: AssetId,
    { interval, range, signal }: {
      interval: Interval;
      range: TimeRange;
      signal?: AbortSignal;
    },
  ): Promise<ProviderCandles> {
    const parts: CandleColumns[] = [];
    const quarantined: QuarantinedRow[] = [];
    for (const path of (await listFiles(this.#folder)).filter(isCsvName)) {
      const known = identifyFile(path, this.#assets);
      if (known.kind === "unknown" || known.asset.id !== assetId) continue;
      await using file = await this.#open(path, known.hasDollarQuote);
      if (file?.interval !== interval) continue;
      for await (const batch of file.batches()) {
        signal?.throwIfAborted();
        parts.push(copyWithin(batch.candles, range));
        quarantined.push(...batch.quarantined);
      }
    }
    return { candles: sortedOnce(joined(parts)), quarantined };
  }

  async #open(path: string, hasDollarQuote: boolean): Promise<CandleFile | null> {
    const request = { format: "auto", interval: null, hasDollarQuote, now: this.#clock.now() };
    try {
      const opening = await this.#files.open(path, request);
      return opening.kind === "candles" ? opening.file : null;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      throw new ProviderError(this.name, "next_provider", error.message, { cause: error });
    }
  }

  spot(): Promise<readonly SpotPrice[]> {
    return Promise.resolve([]);
  }

  async *ticks(): AsyncGenerator<FeedEvent> {}
}

/** Copies of the candles inside the range: a batch's memory is used again. */
function copyWithin(candles: CandleColumns, { from, to }: TimeRange): CandleColumns {
  const times = candles.openTime.subarray(0, candles.length);
  const start = times.findIndex((time) => time >= from);
  const end = times.findLastIndex((time) => time < to) + 1;
  return start < 0 ? emptyColumns(0) : joined([sliceColumns(candles, { start, end })]);
}

function joined(parts: readonly CandleColumns[]): CandleColumns {
  const columns = emptyColumns(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    for (const name of CANDLE_COLUMNS) columns[name].set(part[name].subarray(0, part.length), at);
    at += part.length;
  }
  return columns;
}

/** The candles ascending; of two for the same bucket the later one given. */
function sortedOnce(candles: CandleColumns): CandleColumns {
  const { openTime } = candles;
  const timeOf = (row: number | undefined) => openTime[row ?? -1] ?? NaN;
  const rows = Uint32Array.from(openTime.keys())
    .sort((a, b) => timeOf(a) - timeOf(b) || a - b)
    .filter((row, at, all) => timeOf(row) !== timeOf(all[at + 1]));
  const sorted = emptyColumns(rows.length);
  rows.forEach((row, at) => {
    for (const name of CANDLE_COLUMNS) sorted[name][at] = candles[name][row] ?? NaN;
  });
  return sorted;
}
