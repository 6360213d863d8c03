import { DatabaseSync } from "node:sqlite";
import { intervalMs } from "@/services/market/candle.ts";
import { type BuiltTrade, CandleBuilder } from "@/services/market/live/candle_builder.ts";
import type { UtcMs } from "@/services/kernel/time.ts";

const STEP_MS = intervalMs("5m");
/** How many trades come between two beats of the live market. */
const TRADES_PER_DRAIN = 10_000;
const TOLERANCE = 1e-9;

const VALUES = ["openTime", "open", "high", "low", "close", "volume", "volumeUsd"] as const;
/** A bar, whoever made it. */
export type PlainCandle = Readonly<Record<typeof VALUES[number], number | null>>;

/** 5-minute bars by the product's builder, drained as it goes along, as the live market does. */
export function builtCandles(trades: readonly BuiltTrade[]): readonly PlainCandle[] {
  const builder = new CandleBuilder({ interval: "5m" });
  const candles = new Map<number, PlainCandle>();
  const drain = (now: UtcMs) => {
    for (const built of builder.drain(now)) candles.set(built.openTime, built);
  };
  trades.forEach((trade, index) => {
    builder.add(trade);
    if (index % TRADES_PER_DRAIN === 0) drain(trade.at);
  });
  drain(Infinity as UtcMs);
  return [...candles.values()];
}

/** The same bars by a query of SQLite over the trades in memory, in the order of their numbers. */
export class SqlCandles implements Disposable {
  readonly #database = new DatabaseSync(":memory:");
  readonly #query;

  constructor(trades: readonly BuiltTrade[]) {
    this.#database.exec(
      "create table trades (id integer primary key, at integer, price real, quantity real)",
    );
    const insert = this.#database.prepare("insert into trades values (?, ?, ?, ?)");
    this.#database.exec("begin");
    for (const { tradeId, at, priceUsd, quantity } of trades) {
      insert.run(tradeId, at, priceUsd, quantity);
    }
    this.#database.exec("commit");
    // The numbers grow with the time, so that first and last are one look-up by key each.
    this.#query = this.#database.prepare(`
      select bucket * ${STEP_MS} as openTime, first.price as open, high, low, last.price as close,
        volume, volumeUsd
      from (
        select at / ${STEP_MS} as bucket, min(id) as firstId, max(id) as lastId,
          max(price) as high, min(price) as low, sum(quantity) as volume,
          sum(price * quantity) as volumeUsd
        from trades group by bucket
      ) join trades first on first.id = firstId join trades last on last.id = lastId
      order by bucket`);
  }

  read(): readonly PlainCandle[] {
    return this.#query.all() as unknown as readonly PlainCandle[];
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

/** What differs between two lists of bars; sums may differ by their rounding. */
export function differences(
  ours: readonly PlainCandle[],
  theirs: readonly PlainCandle[],
): string[] {
  if (ours.length !== theirs.length) return [`${ours.length} bars against ${theirs.length}`];
  const found: string[] = [];
  ours.forEach((bar, at) => {
    for (const name of VALUES) {
      const [a, b] = [bar[name] ?? NaN, theirs[at]?.[name] ?? NaN];
      if (!(Math.abs(a - b) <= TOLERANCE * Math.abs(b))) {
        found.push(`bar ${at}: ${name} ${a}, ${b}`);
      }
    }
  });
  return found;
}
