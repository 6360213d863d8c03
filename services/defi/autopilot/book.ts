import type { TradeCost } from "./simulation.ts";

interface CostRates {
  readonly feeBps: number;
  readonly gasUsd: number;
}

/** A change of the portfolio with what it costs, ready to be carried out. */
export interface Trade extends TradeCost {
  /** Dollars by pool afterwards. */
  readonly positions: ReadonlyMap<number, number>;
  /** Of everything afterwards. */
  readonly valueUsd: number;
}

/** What positions earned in a while, and what they would have by their promises. */
export interface Earned {
  readonly earnedUsd: number;
  readonly promisedUsd: number;
}

/** Growth of a position over a while, as fractions: as it was paid, and as it was promised. */
export interface PositionGrowth {
  readonly paid: number;
  readonly promised: number;
}

const BPS = 10_000;
/** Rounds of finding what is left after the costs of getting there: each gains a digit or more. */
const COST_ROUNDS = 16;
/** A purchase of less, as a share of all, is rounding. */
const LEAST_SHARE = 1e-9;

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

  /** Lets every position grow; cash earns nothing. */
  accrue(growthOf: (pool: number) => PositionGrowth): Earned {
    let [earnedUsd, promisedUsd] = [0, 0];
    for (const [pool, usd] of this.#positions) {
      const { paid, promised } = growthOf(pool);
      this.#positions.set(pool, usd * (1 + paid));
      earnedUsd += usd * paid;
      promisedUsd += usd * promised;
    }
    return { earnedUsd, promisedUsd };
  }

  /**
   * What it takes to hold exactly the pools of `caps`, each up to its share of what is left after
   * costs: what is held stays, cut back to its cap; what is new is bought in the order given, as
   * far as the money reaches; the rest is sold. Fees are paid of every dollar traded, gas of each
   * pool entered or left. `null` where that would cost all there is.
   */
  quote(caps: ReadonlyMap<number, number>, { feeBps, gasUsd }: CostRates): Trade | null {
    const before = this.valueUsd;
    // Chosen once: what the last cent buys must not come and go from round to round.
    const entered = this.#reached(caps);
    const left = this.pools.filter((pool) => !caps.has(pool));
    const paidGasUsd = (entered.length + left.length) * gasUsd;
    let netUsd = before;
    for (let round = 0; round < COST_ROUNDS; round++) {
      const { turnoverUsd } = this.#fill({ caps, entered, netUsd });
      netUsd = before - turnoverUsd * feeBps / BPS - paidGasUsd;
      if (!(netUsd > 0)) return null;
    }
    const { positions, turnoverUsd } = this.#fill({ caps, entered, netUsd });
    const feeUsd = turnoverUsd * feeBps / BPS;
    return {
      ...{ positions, turnoverUsd, feeUsd, gasUsd: paidGasUsd },
      valueUsd: before - feeUsd - paidGasUsd,
    };
  }

  /** Carries out what was quoted for the book as it is now. */
  apply({ positions, valueUsd }: Trade): void {
    this.#positions.clear();
    let invested = 0;
    for (const [pool, usd] of positions) {
      this.#positions.set(pool, usd);
      invested += usd;
    }
    this.#cashUsd = Math.max(0, valueUsd - invested);
  }

  /** Ends a position that can't be sold as usual, at a loss; the dollars lost. */
  close(pool: number, lossShare: number): number {
    const usd = this.#positions.get(pool) ?? 0;
    this.#positions.delete(pool);
    this.#cashUsd += usd * (1 - lossShare);
    return usd * lossShare;
  }

  /** The pools that are new and that the money reaches, in the order given. */
  #reached(caps: ReadonlyMap<number, number>): readonly number[] {
    const value = this.valueUsd;
    let left = 1;
    for (const [pool, usd] of this.#positions) {
      left -= Math.min(caps.get(pool) ?? 0, value > 0 ? usd / value : 0);
    }
    const reached: number[] = [];
    for (const [pool, cap] of caps) {
      if (this.#positions.has(pool) || left <= LEAST_SHARE) continue;
      reached.push(pool);
      left -= cap;
    }
    return reached;
  }

  /** Positions of `netUsd` in all, with the dollars traded on the way there. */
  #fill(
    { caps, entered, netUsd }: {
      readonly caps: ReadonlyMap<number, number>;
      readonly entered: readonly number[];
      readonly netUsd: number;
    },
  ): Pick<Trade, "positions" | "turnoverUsd"> {
    const positions = new Map<number, number>();
    let kept = 0;
    for (const [pool, usd] of this.#positions) {
      const cap = caps.get(pool);
      if (cap === undefined) continue;
      const most = Math.min(usd, cap * netUsd);
      positions.set(pool, most);
      kept += most;
    }
    // Costs that what is sold can't pay are paid by what stays.
    const scale = kept > netUsd ? netUsd / kept : 1;
    for (const [pool, usd] of positions) positions.set(pool, usd * scale);
    let left = netUsd - kept * scale;
    for (const pool of entered) {
      const bought = Math.max(0, Math.min((caps.get(pool) ?? 0) * netUsd, left));
      positions.set(pool, bought);
      left -= bought;
    }
    let turnoverUsd = 0;
    for (const pool of new Set([...this.#positions.keys(), ...entered])) {
      turnoverUsd += Math.abs((positions.get(pool) ?? 0) - (this.#positions.get(pool) ?? 0));
    }
    return { positions, turnoverUsd };
  }
}
