import { type JobSystem, rebuildPortfolioRequest } from "../../jobs/mod.ts";
import { MINUTE_MS, type UtcMs } from "../kernel/time.ts";
import {
  type BaseCurrency,
  type KeptLedgers,
  type LedgerScope,
  type LedgerService,
  type LotService,
  type PortfolioService,
  type ReadCloses,
  RebuildThread,
  SnapshotPerformance,
  SnapshotRebuild,
  timeAxis,
  type ValuationService,
} from "../portfolio/mod.ts";
import { SqlSnapshotStore } from "../storage/mod.ts";
import type { Core } from "./core.ts";

interface SnapshotDeps {
  readonly portfolios: PortfolioService;
  readonly ledgers: KeptLedgers;
  readonly lots: LotService;
  readonly valuation: ValuationService;
}

/** Values of portfolios through time: what makes them, and what measures on them. */
export function openSnapshots(
  { clock, database }: Pick<Core, "clock" | "database">,
  { portfolios, ledgers, lots, valuation }: SnapshotDeps,
) {
  const store = new SqlSnapshotStore(database);
  const readCloses: ReadCloses = async (assetIds, { times, now }) => {
    const table = await valuation.readCloses(assetIds, { times, now });
    return new Map(assetIds.map((assetId) => [assetId, table.column(assetId).close]));
  };
  const readRates = async (
    currency: BaseCurrency,
    { times, now }: { readonly times: Float64Array; readonly now: UtcMs },
  ) => {
    const quotes = await valuation.readRates(currency, timeAxis(times, { now }));
    return Float64Array.from(quotes, (quote) => quote?.rate ?? NaN);
  };
  const snapshots = new SnapshotRebuild({
    store,
    async openLedger(scope) {
      const portfolio = await portfolios.get(scope);
      const ledger = await ledgers.open(portfolio);
      return { portfolio, rows: [...ledger.rows()], version: ledger.version };
    },
    readCloses,
    openRebuilder: () => new RebuildThread(),
    clock,
  });
  const history = new SnapshotPerformance({
    snapshots: store,
    async openLots(scope) {
      const { portfolio, ledger, book } = await lots.getLots(scope);
      return { portfolio, rows: ledger.rows(), book };
    },
    readCloses,
    readRates,
    clock,
  });
  return { snapshots, history };
}

/** How long it takes until snapshots that time left behind are asked for again. */
const ASK_AGAIN_MS = 5 * MINUTE_MS;

/** Asks for snapshots that a reader found missing or behind, each portfolio's now and then. */
export function snapshotAsker(
  { clock }: Pick<Core, "clock">,
  queue: () => Pick<JobSystem, "enqueue">,
): (scope: LedgerScope) => Promise<void> {
  const asked = new Map<string, number>();
  return async ({ ownerId, portfolioId }) => {
    const now = clock.now();
    for (const [id, at] of asked) if (now - at >= ASK_AGAIN_MS) asked.delete(id);
    if (asked.has(portfolioId)) return;
    asked.set(portfolioId, now);
    const payload = { owner_id: ownerId, portfolio_id: portfolioId, refresh: null };
    await queue().enqueue(rebuildPortfolioRequest(payload));
  };
}

/** Asks for a portfolio's snapshots when its ledger changes, until the result is called. */
export function rebuildOnChange(
  { log }: Pick<Core, "log">,
  { ledger, jobs }: {
    readonly ledger: Pick<LedgerService, "subscribe">;
    readonly jobs: Pick<JobSystem, "enqueue">;
  },
): () => void {
  return ledger.subscribe(({ ownerId, portfolioId }: LedgerScope) => {
    const request = rebuildPortfolioRequest({
      owner_id: ownerId,
      portfolio_id: portfolioId,
      refresh: null,
    });
    jobs.enqueue(request).catch((error: unknown) =>
      log.warn("Cannot ask for snapshots, next try at the next change", { error })
    );
  });
}
