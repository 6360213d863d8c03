import { AppError } from "@/services/kernel/errors.ts";
import { formatUtcMs, readUtcMs, type UtcMs } from "@/services/kernel/time.ts";
import {
  type AssetId,
  AssetRegistry,
  CANDLE_STATES,
  CANDLE_VALUE_COLUMNS,
  type CandleColumns,
  type CandleStore,
  chooseSeries,
  type DemoMode,
  type Interval,
  intervalMs,
  INTERVALS,
  loadRegistry,
  readCandles,
  type SeriesChoice,
  type TimeRange,
  visibleSeries,
} from "@/services/market/mod.ts";
import { SqlCandleStore } from "@/services/storage/mod.ts";
import { readText, REGISTRY_FILE } from "./assets_files.ts";
import { choiceOf, runAsProcess, type Script, UsageError } from "./cli.ts";
import { openFromEnvironment } from "./cli_database.ts";

const FLAGS = {
  asset: { type: "string" },
  interval: { type: "string" },
  start: { type: "string" },
  end: { type: "string" },
  source: { type: "string" },
  format: { type: "string" },
} as const;

/** Candles of one read; their text is printed before the next one. */
const CANDLES_PER_READ = 10_000;

const HEADER = "timestamp,open,high,low,close,volume,volume_usd,market_cap_usd,source,state";

/** The end of the widest range: later than any candle. */
const NEVER = Date.UTC(9_999, 0, 1) as UtcMs;

/** Prints stored candles as CSV that `candles:import` reads again. */
export const CANDLES_EXPORT = {
  name: "candles:export",
  usage: `--asset ID --interval 1m|5m|15m|1h|4h|1d|1w [--start T] [--end T] [--source NAME]

Prints candles as CSV, oldest first. Without --source the one that the pages show is taken, rolled
up from finer candles where none are stored at the interval. A missing value is a blank field.

  --asset ID     id, symbol or any other name of the asset
  --start, --end candles that open from this instant to that one, both included; written as
                 2021-01-31, 2021-01-31T12:00:00Z or epoch milliseconds
  --format F     csv
  --json         print one object instead: asset_id, interval, source, candles
  --help         show this text`,
  flags: FLAGS,
  async main({ io, flags, isJson }) {
    if (flags.format !== undefined && flags.format !== "csv") {
      throw new UsageError(`--format ${flags.format}: candles are exported as csv`);
    }
    if (flags.asset === undefined) throw new UsageError("--asset is missing");
    if (flags.interval === undefined) throw new UsageError("--interval is missing");
    const interval = choiceOf(flags.interval, { flag: "--interval", names: INTERVALS });
    const range = {
      from: flags.start === undefined ? 0 as UtcMs : readUtcMs(flags.start, "--start"),
      to: flags.end === undefined ? NEVER : readUtcMs(flags.end, "--end") + 1 as UtcMs,
    };
    const assets = new AssetRegistry(loadRegistry(await readText(REGISTRY_FILE)));
    const assetId = assets.resolve(flags.asset).id;
    await using opened = await openFromEnvironment(io);
    const store = new SqlCandleStore(opened.database, opened.clock);
    const demoMode = opened.config.demo;
    const { source } = flags;
    const choice = await choose(store, { assetId, interval, range, source, demoMode });
    const write = isJson ? jsonWriter(io.stdout, choice) : csvWriter(io.stdout, choice);
    write.start();
    for await (const candles of pages(store, { choice, range })) {
      io.signal.throwIfAborted();
      write.candles(candles);
    }
    write.end();
  },
} as const satisfies Script<typeof FLAGS>;

async function choose(
  store: CandleStore,
  { assetId, interval, range, source, demoMode }: {
    assetId: AssetId;
    interval: Interval;
    range: TimeRange;
    source: string | undefined;
    demoMode: DemoMode;
  },
): Promise<SeriesChoice> {
  const all = await store.listSeries({ assetId });
  // A source that is asked for by name is given, also the demo market beside real candles.
  const series = source === undefined
    ? visibleSeries(all, demoMode)
    : visibleSeries(all.filter((one) => one.source === source), "on");
  const choice = chooseSeries(series, { interval, range });
  if (choice !== null) return choice;
  const stored = all.map((one) => `${one.source} ${one.interval}`).join(", ");
  throw new AppError(
    "RESOURCE_NOT_FOUND",
    `Cannot export ${assetId} ${interval}: ${
      stored === "" ? "no candles" : `only ${stored}`
    } stored`,
  );
}

async function* pages(
  store: CandleStore,
  { choice, range }: { choice: SeriesChoice; range: TimeRange },
): AsyncGenerator<CandleColumns> {
  for (let from = range.from; from < range.to;) {
    const { candles, hasMore } = await readCandles(store, {
      choice,
      query: { range: { from, to: range.to }, limit: CANDLES_PER_READ, order: "first" },
    });
    if (candles.length > 0) yield candles;
    if (!hasMore || candles.length === 0) return;
    const last = candles.openTime[candles.length - 1] ?? NaN;
    from = last + intervalMs(choice.interval) as UtcMs;
  }
}

interface CandleWriter {
  start(): void;
  candles(candles: CandleColumns): void;
  end(): void;
}

function csvWriter(print: (text: string) => void, { series }: SeriesChoice): CandleWriter {
  return {
    start: () => print(`${HEADER}\n`),
    candles(candles) {
      let text = "";
      for (let at = 0; at < candles.length; at++) {
        const fields = CANDLE_VALUE_COLUMNS.map((name) => numberText(candles[name][at], ""));
        const time = formatUtcMs(candles.openTime[at] as UtcMs);
        text += `${time},${fields.join(",")},${series.source},${stateText(candles, at)}\n`;
      }
      print(text);
    },
    end: () => {},
  };
}

function jsonWriter(print: (text: string) => void, choice: SeriesChoice): CandleWriter {
  const { series, interval } = choice;
  let separator = "";
  return {
    start() {
      const { assetId, source } = series;
      const head = JSON.stringify({ asset_id: assetId, interval, source });
      print(`${head.slice(0, -1)},"candles":[`);
    },
    candles(candles) {
      const rows = Array.from(candles.openTime, (t, at) => {
        const [o, h, l, c, v, volumeUsd, marketCapUsd] = CANDLE_VALUE_COLUMNS.map((name) =>
          numberText(candles[name][at], "null")
        );
        return `{"t":${t},"o":${o},"h":${h},"l":${l},"c":${c},"v":${v},` +
          `"volume_usd":${volumeUsd},"market_cap_usd":${marketCapUsd},` +
          `"state":"${stateText(candles, at)}"}`;
      });
      print(separator + rows.join(","));
      separator = ",";
    },
    end: () => print("]}\n"),
  };
}

/** The shortest text that reads back as the same double. */
function numberText(value: number | undefined, missing: string): string {
  return value === undefined || Number.isNaN(value) ? missing : String(value);
}

function stateText({ state }: CandleColumns, at: number): string {
  return CANDLE_STATES[state[at] ?? 0] ?? "provisional";
}

if (import.meta.main) await runAsProcess(CANDLES_EXPORT);
