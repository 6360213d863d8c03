import { DAY_MS } from "../../kernel/time.ts";
import { growthOver } from "../yields.ts";

/** What a trade cost. */
export interface TradeCost {
  readonly turnoverUsd: number;
  readonly costUsd: number;
}

interface CostRates {
  readonly feeBps: number;
  readonly gasUsd: number;
}

const BPS = 10_000;
/** Smaller changes, as a share of all, only bear the costs of the others. */
const LEAST_TRADE = 0.002;
/** Rounds of finding what is left after the costs of getting there; each gains three digits. */
const COST_ROUNDS = 4;

/** Dollars in pools and in cash. Pools are known by their index. */
export class Book {
  #cashUsd: number;
  readonly #positions = new Map<number, number>();

  constructor(cashUsd: number) {
    this.#cashUsd = cashUsd;
  }

  get pools(): readonly number[] {
    return [...this.#positions.keys()];
  }

  get cashUsd(): number {
    return this.#cashUsd;
  }

  get valueUsd(): number {
    let value = this.#cashUsd;
    for (const usd of this.#positions.values()) value += usd;
    return value;
  }

  /** Each pool's share of the value. */
  weights(): ReadonlyMap<number, number> {
    const value = this.valueUsd;
    return new Map([...this.#positions].map(([pool, usd]) => [pool, value > 0 ? usd / value : 0]));
  }

  /** Lets every position earn for a while; cash earns nothing. */
  accrue(spanMs: number, apyOf: (pool: number) => number): void {
    for (const [pool, usd] of this.#positions) {
      this.#positions.set(pool, usd * (1 + growthOver(apyOf(pool), spanMs / DAY_MS)));
    }
  }

  /** Trades to the weights, of what is left after costs. */
  rebalance(targets: ReadonlyMap<number, number>, rates: CostRates): TradeCost {
    const before = this.valueUsd;
    let trade: TradeCost = { turnoverUsd: 0, costUsd: 0 };
    for (let round = 0; round < COST_ROUNDS; round++) {
      trade = this.#costOf(targets, { netUsd: before - trade.costUsd, rates });
    }
    const netUsd = Math.max(0, before - trade.costUsd);
    this.#positions.clear();
    let invested = 0;
    for (const [pool, weight] of targets) {
      this.#positions.set(pool, weight * netUsd);
      invested += weight * netUsd;
    }
    this.#cashUsd = Math.max(0, netUsd - invested);
    return { ...trade, costUsd: before - netUsd };
  }

  /** Ends a position that can't be sold as usual, at a loss; the dollars lost. */
  close(pool: number, lossShare: number): number {
    const usd = this.#positions.get(pool) ?? 0;
    this.#positions.delete(pool);
    this.#cashUsd += usd * (1 - lossShare);
    return usd * lossShare;
  }

  #costOf(
    targets: ReadonlyMap<number, number>,
    { netUsd, rates: { feeBps, gasUsd } }: { readonly netUsd: number; readonly rates: CostRates },
  ): TradeCost {
    let turnoverUsd = 0;
    let trades = 0;
    for (const pool of new Set([...this.#positions.keys(), ...targets.keys()])) {
      const change = (targets.get(pool) ?? 0) * netUsd - (this.#positions.get(pool) ?? 0);
      if (Math.abs(change) < LEAST_TRADE * netUsd) continue;
      turnoverUsd += Math.abs(change);
      trades++;
    }
    return { turnoverUsd, costUsd: turnoverUsd * feeBps / BPS + trades * gasUsd };
  }
}
