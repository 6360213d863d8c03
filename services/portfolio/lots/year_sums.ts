import type { AssetId } from "../../market/mod.ts";
import { formatExact } from "./exact.ts";
import type { LotAmounts } from "./lot_amounts.ts";
import type { Disposal, RealizedTotal } from "./lot_book.ts";

interface Sums {
  readonly year: number;
  /** Its fractions: from `first` up to, but without, `end`. */
  readonly first: number;
  end: number;
  /** `null` as long as no fraction has it, as the ones below. */
  proceeds: bigint | null;
  cost: bigint | null;
  gain: bigint | null;
  /** 0 where no gain is one of the long term. */
  longTermGain: bigint;
  incomplete: number;
}

/** Sums of the fractions of one asset by UTC year, of which only changed years are added anew. */
export class YearSums {
  readonly #assetId: AssetId;
  readonly #amounts: LotAmounts;
  readonly #years: Sums[] = [];

  constructor(
    { assetId, amounts }: { readonly assetId: AssetId; readonly amounts: LotAmounts },
  ) {
    this.#assetId = assetId;
    this.#amounts = amounts;
  }

  /** The sums of every year that has any. */
  get totals(): readonly RealizedTotal[] {
    const decimals = this.#amounts.costDecimals;
    const text = (units: bigint | null) => units === null ? null : formatExact({ units, decimals });
    return this.#years.map(({ year, proceeds, cost, gain, longTermGain, incomplete }) => ({
      year,
      assetId: this.#assetId,
      proceeds: text(proceeds),
      cost: text(cost),
      gain: text(gain),
      shortTermGain: text(gain === null ? null : gain - longTermGain),
      longTermGain: text(gain === null ? null : longTermGain),
      incomplete,
    }));
  }

  /** Takes over disposals, in order of time, of which those before `from` are as they were. */
  update(disposals: readonly Disposal[], from: number): void {
    let index = from;
    for (let last = this.#years.at(-1); last && last.end > index; last = this.#years.at(-1)) {
      index = Math.min(index, last.first);
      this.#years.pop();
    }
    for (; index < disposals.length; index++) {
      const disposal = disposals[index];
      if (disposal) this.#add(index, disposal);
    }
  }

  #add(index: number, { disposed, ...disposal }: Disposal): void {
    const sums = this.#sumsOf(new Date(disposed).getUTCFullYear(), index);
    const { cost, proceeds } = this.#amounts.fraction(index);
    if (disposal.proceeds !== null) sums.proceeds = (sums.proceeds ?? 0n) + proceeds;
    if (disposal.cost !== null) sums.cost = (sums.cost ?? 0n) + cost;
    if (disposal.gain !== null) sums.gain = (sums.gain ?? 0n) + proceeds - cost;
    if (disposal.gain !== null && disposal.term === "long") sums.longTermGain += proceeds - cost;
    if (!disposal.isComplete) sums.incomplete++;
    sums.end = index + 1;
  }

  #sumsOf(year: number, first: number): Sums {
    const last = this.#years.at(-1);
    if (last?.year === year) return last;
    const sums = {
      ...{ year, first, end: first, proceeds: null, cost: null, gain: null, longTermGain: 0n },
      incomplete: 0,
    };
    this.#years.push(sums);
    return sums;
  }
}
