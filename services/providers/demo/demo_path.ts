import { DAY_MS, MINUTE_MS } from "../../kernel/time.ts";
import { CANDLE_STATES, type CandleColumns } from "../../market/candle.ts";
import { DailyWalk, FIRST_DAY } from "./daily_walk.ts";
import type { DemoAsset } from "./demo_assets.ts";
import { hashOf, normalOf, seedOf } from "./noise.ts";

/** The finest candle of the demo market. */
export const BAR_MS = 5 * MINUTE_MS;
/** Bars of one day. */
const DAY_BARS = DAY_MS / BAR_MS;

const FINAL = CANDLE_STATES.indexOf("final");
const PROVISIONAL = CANDLE_STATES.indexOf("provisional");

/** How far a bar reaches beyond its open and close, in deviations of a bar. */
const WICK = 0.9;
/** Part of the day's deviation that its bars make beside the way from open to close. */
const INTRADAY = 0.8;
/** The least volume is so much of an average bar, so that every bar has trades. */
const LEAST_VOLUME = 0.25;
/** Average bar volume in steps: volumes are multiples of a step, whose sums are exact. */
const STEPS_PER_BAR = 4_096;
/** Within a bar the price visits its two extremes at these parts of its time. */
const FIRST_EXTREME = 1 / 3;
const SECOND_EXTREME = 2 / 3;

/**
 * The price of one demo asset over all time, a pure function of seed, asset and instant.
 *
 * A daily walk gives the log price at each midnight. Between two midnights 288 hashed steps are
 * bent so that they end where the walk does (a Brownian bridge). A day's extremes are those of its
 * bars, and volumes are multiples of a power of two, whose sums no order of adding changes: so
 * candles of any interval, made alone or derived from finer ones, are bit for bit the same.
 */
export class DemoPath {
  readonly #asset: DemoAsset;
  readonly #market: DailyWalk;
  readonly #own: DailyWalk;
  readonly #seed: number;
  readonly #ticksPerDollar: number;
  /** Units of one step of volume, a power of two. */
  readonly #volumeStep: number;
  /** Log prices at the bars' starts of the day that was bent last, and at its end. */
  readonly #levels = new Float64Array(DAY_BARS + 1);
  #day = -1;
  #openUsd = NaN;
  #barDeviation = NaN;
  /** The day's trading against a calm day's: wild days trade more. */
  #activity = NaN;

  constructor(asset: DemoAsset, { seed, market }: { seed: number; market: DailyWalk }) {
    this.#asset = asset;
    this.#market = market;
    this.#own = new DailyWalk(seed, {
      name: asset.assetId,
      dailyVolatility: asset.dailyVolatility,
    });
    this.#seed = seedOf(seed, `${asset.assetId} bars`);
    this.#ticksPerDollar = 10 ** Math.max(2, 4 - Math.floor(Math.log10(asset.priceUsd)));
    const barUnits = asset.supply * asset.turnover / DAY_BARS;
    this.#volumeStep = 2 ** Math.round(Math.log2(barUnits / STEPS_PER_BAR));
  }

  /** Writes the whole day's candle; the day is counted from `FIRST_DAY`. */
  writeDay(day: number, { candles, at }: { candles: CandleColumns; at: number }): void {
    this.#bend(day);
    let high = -Infinity;
    let low = Infinity;
    let steps = 0;
    let dollars = 0;
    for (let bar = 0; bar < DAY_BARS; bar++) {
      const hash = this.#barHash(bar);
      high = Math.max(high, this.#highLevel(bar, hash));
      low = Math.min(low, this.#lowLevel(bar, hash));
      const barSteps = this.#volumeSteps(hash);
      steps += barSteps;
      dollars += this.#dollars(bar, barSteps);
    }
    this.#write(candles, {
      at,
      openMs: (FIRST_DAY + day) * DAY_MS,
      levels: [this.#levels[0] ?? NaN, high, low, this.#levels[DAY_BARS] ?? NaN],
      steps,
      dollars,
    });
  }

  /**
   * Writes a bar, counted from `FIRST_DAY`, as far as it has come: `part` 1 is the closed bar, less
   * is a provisional one.
   */
  writeBar(
    index: number,
    { candles, at, part }: { candles: CandleColumns; at: number; part: number },
  ): void {
    const bar = index % DAY_BARS;
    this.#bend((index - bar) / DAY_BARS);
    const hash = this.#barHash(bar);
    const steps = Math.floor(this.#volumeSteps(hash) * part);
    const openLevel = this.#levels[bar] ?? NaN;
    const seen = [openLevel, this.#levelAt(bar, part)];
    const [first, second] = this.#extremes(bar, hash);
    if (part >= FIRST_EXTREME) seen.push(first);
    if (part >= SECOND_EXTREME) seen.push(second);
    this.#write(candles, {
      at,
      openMs: FIRST_DAY * DAY_MS + index * BAR_MS,
      levels: [openLevel, Math.max(...seen), Math.min(...seen), this.#levelAt(bar, part)],
      steps,
      dollars: this.#dollars(bar, steps),
    });
    candles.state[at] = part < 1 ? PROVISIONAL : FINAL;
  }

  /** Dollars at a bar, counted from `FIRST_DAY`, after `part` of its time. */
  priceAt(index: number, part: number): number {
    const bar = index % DAY_BARS;
    this.#bend((index - bar) / DAY_BARS);
    return this.#price(this.#levelAt(bar, part));
  }

  /** Computes the day's bridge, unless it is there already. */
  #bend(day: number): void {
    if (day === this.#day) return;
    const start = this.#logPrice(day);
    const end = this.#logPrice(day + 1);
    const deviation = this.#deviation(day);
    this.#barDeviation = INTRADAY * deviation / Math.sqrt(DAY_BARS);
    this.#activity = deviation / this.#deviation(0);
    const levels = this.#levels;
    let noise = 0;
    for (let bar = 0; bar < DAY_BARS; bar++) {
      levels[bar] = noise;
      noise += normalOf(hashOf(this.#seed, 2 * (day * DAY_BARS + bar)));
    }
    const slope = (end - start - this.#barDeviation * noise) / DAY_BARS;
    for (let bar = 0; bar < DAY_BARS; bar++) {
      levels[bar] = start + this.#barDeviation * (levels[bar] ?? NaN) + slope * bar;
    }
    levels[DAY_BARS] = end;
    this.#openUsd = Math.exp(start);
    this.#day = day;
  }

  #logPrice(day: number): number {
    const { priceUsd, beta } = this.#asset;
    return Math.log(priceUsd) + beta * this.#market.level(day) + this.#own.level(day);
  }

  /** The day's deviation; day 0 is calm by definition. */
  #deviation(day: number): number {
    return Math.hypot(this.#asset.beta * this.#market.deviation(day), this.#own.deviation(day));
  }

  #barHash(bar: number): number {
    return hashOf(this.#seed, 2 * (this.#day * DAY_BARS + bar) + 1);
  }

  #highLevel(bar: number, hash: number): number {
    const wick = WICK * this.#barDeviation * ((hash & 0xff) / 256);
    return Math.max(this.#levels[bar] ?? NaN, this.#levels[bar + 1] ?? NaN) + wick;
  }

  #lowLevel(bar: number, hash: number): number {
    const wick = WICK * this.#barDeviation * ((hash >>> 8 & 0xff) / 256);
    return Math.min(this.#levels[bar] ?? NaN, this.#levels[bar + 1] ?? NaN) - wick;
  }

  /** The two extremes in the order in which the price visits them. */
  #extremes(bar: number, hash: number): readonly [first: number, second: number] {
    const high = this.#highLevel(bar, hash);
    const low = this.#lowLevel(bar, hash);
    return hash >>> 31 === 0 ? [high, low] : [low, high];
  }

  /** The level after `part` of a bar: straight lines from open over both extremes to the close. */
  #levelAt(bar: number, part: number): number {
    const [first, second] = this.#extremes(bar, this.#barHash(bar));
    const open = this.#levels[bar] ?? NaN;
    const close = this.#levels[bar + 1] ?? NaN;
    if (part >= 1) return close;
    if (part >= SECOND_EXTREME) return between(second, close, (part - SECOND_EXTREME) * 3);
    if (part >= FIRST_EXTREME) return between(first, second, (part - FIRST_EXTREME) * 3);
    return between(open, first, part * 3);
  }

  /** Volume of a closed bar in steps: skewed, around the average. */
  #volumeSteps(hash: number): number {
    const uniform = (hash >>> 16 & 0x7fff) / 0x8000;
    return Math.floor(STEPS_PER_BAR * this.#activity * (LEAST_VOLUME + 2.25 * uniform * uniform));
  }

  /** Whole dollars that the steps cost at the bar's middle, without the exponential of `#price`. */
  #dollars(bar: number, steps: number): number {
    const base = this.#levels[0] ?? NaN;
    const middle = ((this.#levels[bar] ?? NaN) + (this.#levels[bar + 1] ?? NaN)) / 2 - base;
    const priceUsd = this.#openUsd * (1 + middle + middle * middle / 2);
    return Math.floor(steps * this.#volumeStep * priceUsd);
  }

  #price(level: number): number {
    const ticks = Math.round(Math.exp(level) * this.#ticksPerDollar);
    return Math.max(1, ticks) / this.#ticksPerDollar;
  }

  #write(
    candles: CandleColumns,
    { at, openMs, levels, steps, dollars }: {
      at: number;
      openMs: number;
      levels: readonly [open: number, high: number, low: number, close: number];
      steps: number;
      dollars: number;
    },
  ): void {
    const [open, high, low, close] = levels;
    candles.openTime[at] = openMs;
    candles.open[at] = this.#price(open);
    candles.high[at] = this.#price(high);
    candles.low[at] = this.#price(low);
    candles.close[at] = this.#price(close);
    candles.volume[at] = steps * this.#volumeStep;
    candles.volumeUsd[at] = dollars;
    candles.marketCapUsd[at] = this.#asset.supply * (candles.close[at] ?? NaN);
    candles.state[at] = FINAL;
  }
}

function between(from: number, to: number, part: number): number {
  return from + (to - from) * part;
}
