import { AppError } from "../services/kernel/errors.ts";
import { MINUTE_MS } from "../services/kernel/time.ts";
import {
  type FxService,
  type FxStore,
  GUARDED_CURRENCIES,
  type LedgerScope,
  type PortfolioValue,
} from "../services/portfolio/mod.ts";
import { defineJob, type Job, NO_PAYLOAD } from "./job.ts";

export interface KeepGoodNavsDeps {
  readonly store: Pick<FxStore, "listConverted">;
  readonly holdings: {
    getValue(scope: LedgerScope): Promise<Pick<PortfolioValue, "nav" | "at" | "heldSince">>;
  };
  readonly fx: Pick<FxService, "keepGoodNav">;
}

/**
 * Keeps the value of each portfolio in other money than the dollar while its rate is good, for the
 * time when it is not: such values are held where they stood. Every five minutes, as prices close.
 */
export function keepGoodNavs({ store, holdings, fx }: KeepGoodNavsDeps): Job<null> {
  return defineJob({
    name: "keep_good_navs",
    payload: NO_PAYLOAD,
    schedule: { everyMs: 5 * MINUTE_MS },
    timeoutMs: 4 * MINUTE_MS,
    maxAttempts: 1,
    concurrency: 1,
    async run({ signal }) {
      let kept = 0;
      const portfolios = await store.listConverted(GUARDED_CURRENCIES);
      for (const { ownerId, portfolioId, currency } of portfolios) {
        signal.throwIfAborted();
        const value = await valueOf(holdings, { ownerId, portfolioId });
        if (value === null || value.heldSince !== null) continue;
        const nav = { portfolioId, currency, nav: value.nav, asof: value.at };
        if (await fx.keepGoodNav(nav)) kept++;
      }
      return { portfolios: portfolios.length, kept };
    },
  });
}

/** `null` for a portfolio that was deleted meanwhile. */
async function valueOf(holdings: KeepGoodNavsDeps["holdings"], scope: LedgerScope) {
  try {
    return await holdings.getValue(scope);
  } catch (error) {
    if (error instanceof AppError && error.code === "RESOURCE_NOT_FOUND") return null;
    throw error;
  }
}
