import { AppError, errorMessage } from "../kernel/errors.ts";
import type { Uuid } from "../kernel/ids.ts";
import { SECOND_MS } from "../kernel/time.ts";
import type { Clock, Log, Timer } from "../ports/mod.ts";
import type { HoldingService, PortfolioValue } from "./holding_service.ts";
import type { LedgerScope } from "./ports.ts";
import { coinOf } from "./valuation/conversion.ts";

/** A portfolio is valued anew no more often than this. */
export const VALUE_PACE_MS = SECOND_MS;

/** A portfolio that somebody watches. */
interface Watched {
  readonly scope: LedgerScope;
  watchers: number;
  /** What moves its value; all prices do until it is known. */
  assets: ReadonlySet<string> | null;
  restsUntil: number;
  cancel: (() => void) | null;
  isBusy: boolean;
  isDue: boolean;
}

export interface ValueFeedDeps {
  readonly holdings: Pick<HoldingService, "getValue">;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly log: Log;
  /** Tells watchers of a value. */
  readonly publish: (value: PortfolioValue) => void;
}

/**
 * Values the portfolios that are watched: at once when somebody begins to, and at most once a
 * second while prices that they hold move, or their ledger changes. Those that nobody watches cost
 * nothing.
 */
export class ValueFeed {
  readonly #deps: ValueFeedDeps;
  readonly #watched = new Map<Uuid, Watched>();

  constructor(deps: ValueFeedDeps) {
    this.#deps = deps;
  }

  /** Follows a portfolio, which the caller may see, until the result is called. */
  watch(scope: LedgerScope): () => void {
    const watched = this.#watched.get(scope.portfolioId) ?? {
      scope,
      ...{ watchers: 0, assets: null, restsUntil: -Infinity },
      ...{ cancel: null, isBusy: false, isDue: false },
    };
    this.#watched.set(scope.portfolioId, watched);
    watched.watchers++;
    this.#ask(watched);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      if (--watched.watchers > 0) return;
      watched.cancel?.();
      this.#watched.delete(scope.portfolioId);
    };
  }

  /** Prices of these assets moved. */
  onPrices(assetIds: readonly string[]): void {
    for (const watched of this.#watched.values()) {
      const { assets } = watched;
      if (assets === null || assetIds.some((id) => assets.has(id))) this.#ask(watched);
    }
  }

  /** Any price may be another one, since the market that prices came from is over. */
  onMarket(): void {
    for (const watched of this.#watched.values()) this.#ask(watched);
  }

  /** The ledger of a portfolio changed. */
  onLedger({ portfolioId }: LedgerScope): void {
    const watched = this.#watched.get(portfolioId);
    if (watched) this.#ask(watched);
  }

  /** Portfolios that are watched. */
  get size(): number {
    return this.#watched.size;
  }

  #ask(watched: Watched): void {
    if (watched.isBusy) {
      watched.isDue = true;
      return;
    }
    const { clock, timer } = this.#deps;
    const delayMs = Math.min(Math.max(watched.restsUntil - clock.now(), 0), VALUE_PACE_MS);
    watched.cancel ??= timer.after(delayMs, () => void this.#value(watched));
  }

  async #value(watched: Watched): Promise<void> {
    const { holdings, clock, log, publish } = this.#deps;
    watched.cancel = null;
    watched.isBusy = true;
    watched.isDue = false;
    watched.restsUntil = clock.now() + VALUE_PACE_MS;
    try {
      const value = await holdings.getValue(watched.scope);
      watched.assets = assetsOf(value);
      if (watched.watchers > 0) publish(value);
    } catch (error) {
      // One that was deleted meanwhile has no value; watchers keep the last one.
      if (!(error instanceof AppError)) {
        log.warn("Cannot value a watched portfolio, next try at the next price", {
          reason: errorMessage(error),
        });
      }
    } finally {
      watched.isBusy = false;
      if (watched.isDue && watched.watchers > 0) this.#ask(watched);
    }
  }
}

/** Assets whose prices move a value, the coin that it may be told in among them. */
function assetsOf({ positions, currency }: PortfolioValue): ReadonlySet<string> {
  const coin = coinOf(currency);
  const held = positions.map(({ assetId }) => assetId);
  return new Set(coin === null ? held : [...held, coin]);
}
