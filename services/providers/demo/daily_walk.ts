import { hashOf, normalOf, seedOf } from "./noise.ts";

/** Days between the start of the demo market and 1970: 2020-01-01. */
export const FIRST_DAY = 18_262;

/** How fast a walk goes back to where it wanders around, per day. */
const REVERSION = 0.012;
/** How long a calm or wild time lasts (autoregression of the log of volatility) and its size. */
const VOLATILITY_MEMORY = 0.94;
const VOLATILITY_SHOCK = 0.16;

/**
 * A wandering logarithm, day by day from `FIRST_DAY`: it reverts to 0, and calm and wild days come
 * in clusters. Each day stands on the one before, so a day is computed once and then kept.
 */
export class DailyWalk {
  readonly #seed: number;
  readonly #volatility: number;
  readonly #levels: number[] = [0];
  readonly #deviations: number[] = [];
  #logVolatility = 0;

  constructor(seed: number, { name, dailyVolatility }: { name: string; dailyVolatility: number }) {
    this.#seed = seedOf(seed, name);
    this.#volatility = dailyVolatility;
    this.#deviations.push(dailyVolatility);
  }

  /** The level at the start of a day, counted from `FIRST_DAY`. */
  level(day: number): number {
    this.#extend(day);
    return this.#levels[day] ?? 0;
  }

  /** Standard deviation of the day's move. */
  deviation(day: number): number {
    this.#extend(day);
    return this.#deviations[day] ?? 0;
  }

  #extend(day: number): void {
    for (let next = this.#levels.length; next <= day; next++) {
      const before = this.#levels[next - 1] ?? 0;
      const step = (this.#deviations[next - 1] ?? 0) * normalOf(hashOf(this.#seed, 2 * next));
      this.#levels.push(before * (1 - REVERSION) + step);
      const shock = VOLATILITY_SHOCK * normalOf(hashOf(this.#seed, 2 * next + 1));
      this.#logVolatility = this.#logVolatility * VOLATILITY_MEMORY + shock;
      this.#deviations.push(this.#volatility * Math.exp(this.#logVolatility));
    }
  }
}
