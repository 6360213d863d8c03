import { HOUR_MS, SECOND_MS, type UtcMs, utcMsOf } from "../../kernel/time.ts";
import type { AssetId } from "../assets.ts";
import type { HeldPrice } from "../live_ports.ts";
import type { Tick, TimeRange } from "../ports.ts";

/** A price that moved by more than this factor, either way, is not believed at once. */
const MAX_STEP = 5;
/** After this long without a price anything may have happened. */
const MEMORY_MS = 5 * HOUR_MS;
/** A second trade of the same venue counts as a second observation after this long. */
const SECOND_LOOK_MS = 10 * SECOND_MS;
/** A witness agrees with a held price that it is this near to, as a fraction of it. */
const AGREEMENT = 0.2;
/** Trades kept back of one asset; more than that are not needed to tell a price. */
const MAX_KEPT_TICKS = 5_000;

interface Believed {
  readonly priceUsd: number;
  readonly at: UtcMs;
}

interface Held {
  readonly record: HeldPrice;
  readonly ticks: Tick[];
  /** From the first to the last trade held of each venue, whether there was room for it or not. */
  readonly spans: Map<string, TimeRange>;
  hasDropped: boolean;
}

/** Trades of a venue that were really made and will not be passed on; both ends are trades. */
export interface LostTrades extends TimeRange {
  readonly venue: string;
}

/** What the guard makes of a trade. */
export type Verdict =
  | { readonly kind: "believed" }
  | { readonly kind: "held"; readonly began: HeldPrice | null }
  /** The trades kept back until now, the one asked about among them, in the order they came. */
  | {
    readonly kind: "confirmed";
    readonly settled: HeldPrice;
    readonly ticks: readonly Tick[];
    /** None, unless there were more trades than could be kept. */
    readonly lost: readonly LostTrades[];
  }
  /** The price is where it was before: what was held is not believed. */
  | {
    readonly kind: "returned";
    readonly settled: HeldPrice;
    readonly lost: readonly LostTrades[];
  };

const BELIEVED: Verdict = { kind: "believed" };

/**
 * Holds back prices more than 5 times, or less than a fifth of, the last one believed within 5
 * hours, until another venue agrees, the same venue says so again 10 s later, or an operator does.
 */
export class PriceGuard {
  readonly #newId: () => string;
  readonly #believed = new Map<AssetId, Believed>();
  readonly #held = new Map<AssetId, Held>();

  constructor({ newId }: { newId: () => string }) {
    this.#newId = newId;
  }

  /** Remembers a price from before the start. */
  remember(assetId: AssetId, believed: Believed): void {
    const known = this.#believed.get(assetId);
    if (!known || known.at < believed.at) this.#believed.set(assetId, believed);
  }

  check(tick: Tick): Verdict {
    const believed = this.#believed.get(tick.assetId);
    if (believed === undefined || isPlausible(tick, believed)) {
      this.#believed.set(tick.assetId, tick);
      return this.#held.size === 0 ? BELIEVED : this.#drop(tick);
    }
    const held = this.#held.get(tick.assetId);
    if (held === undefined) return this.#hold(tick, believed);
    keep(held, tick);
    const settledBy = witnessOf(tick, held.record);
    return settledBy === null
      ? { kind: "held", began: null }
      : this.#confirm(held, { settledBy, at: tick.at, state: "confirmed", last: tick });
  }

  /** An operator's word for a held price; `null` if it is not held any more. */
  accept(id: string, { by, at }: { by: string; at: UtcMs }): Verdict | null {
    const held = this.#find(id);
    const last = held?.ticks.at(-1);
    if (!held || !last) return null;
    return this.#confirm(held, { settledBy: by, at, state: "accepted", last });
  }

  /** An operator's word against it. */
  drop(id: string, { by, at }: { by: string; at: UtcMs }): Verdict | null {
    const held = this.#find(id);
    if (!held) return null;
    this.#held.delete(held.record.assetId);
    const settled = { ...held.record, state: "dropped", settledBy: by, settledAt: at } as const;
    return { kind: "returned", settled, lost: lostOf(held) };
  }

  #find(id: string): Held | undefined {
    return [...this.#held.values()].find(({ record }) => record.id === id);
  }

  #hold(tick: Tick, believed: Believed): Verdict {
    const record: HeldPrice = {
      id: this.#newId(),
      assetId: tick.assetId,
      venue: tick.source,
      priceUsd: tick.priceUsd,
      at: tick.at,
      lastPriceUsd: believed.priceUsd,
      lastAt: believed.at,
      state: "held",
      settledBy: null,
      settledAt: null,
    };
    const held: Held = { record, ticks: [], spans: new Map(), hasDropped: false };
    keep(held, tick);
    this.#held.set(tick.assetId, held);
    return { kind: "held", began: record };
  }

  #confirm(
    held: Held,
    { settledBy, at, state, last }: {
      settledBy: string;
      at: UtcMs;
      state: "confirmed" | "accepted";
      last: Tick;
    },
  ): Verdict {
    const { record, ticks, hasDropped } = held;
    this.#held.delete(record.assetId);
    this.#believed.set(record.assetId, last);
    return {
      kind: "confirmed",
      settled: { ...record, state, settledBy, settledAt: at },
      ticks,
      lost: hasDropped ? lostOf(held) : [],
    };
  }

  /** A believable price of the same venue takes back what that venue said before. */
  #drop(tick: Tick): Verdict {
    const held = this.#held.get(tick.assetId);
    if (!held || held.record.venue !== tick.source) return BELIEVED;
    this.#held.delete(tick.assetId);
    const settled = {
      ...held.record,
      state: "dropped",
      settledBy: `${tick.source} returned`,
      settledAt: tick.at,
    } as const;
    return { kind: "returned", settled, lost: lostOf(held) };
  }
}

function isPlausible(tick: Tick, believed: Believed): boolean {
  if (tick.at - believed.at > MEMORY_MS) return true;
  const step = tick.priceUsd / believed.priceUsd;
  return step <= MAX_STEP && step >= 1 / MAX_STEP;
}

function keep(held: Held, tick: Tick): void {
  const { from, to } = held.spans.get(tick.source) ?? { from: tick.at, to: tick.at };
  held.spans.set(tick.source, {
    from: utcMsOf(Math.min(from, tick.at)),
    to: utcMsOf(Math.max(to, tick.at)),
  });
  if (held.ticks.length < MAX_KEPT_TICKS) held.ticks.push(tick);
  else held.hasDropped = true;
}

function lostOf({ spans }: Held): readonly LostTrades[] {
  return [...spans].map(([venue, span]) => ({ venue, ...span }));
}

/** Who confirms the held price by this trade; `null` if it does not. */
function witnessOf(tick: Tick, { venue, priceUsd, at }: HeldPrice): string | null {
  if (Math.abs(tick.priceUsd - priceUsd) > AGREEMENT * priceUsd) return null;
  if (tick.source !== venue) return tick.source;
  return tick.at - at >= SECOND_LOOK_MS ? "second observation" : null;
}
