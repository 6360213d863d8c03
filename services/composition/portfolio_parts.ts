import { join } from "node:path";
import { importRequest, type JobSystem } from "../../jobs/mod.ts";
import { UploadFolder } from "../platform/upload_folder.ts";
import {
  ClosePrices,
  CloseReader,
  FxService,
  HoldingService,
  ImportDesk,
  KeptLedgers,
  LedgerService,
  LOCAL_OWNER,
  LotService,
  PortfolioService,
  ValuationService,
  WatchlistService,
} from "../portfolio/mod.ts";
import {
  Breather,
  SqlFxStore,
  SqlLedgerStore,
  SqlPortfolioStore,
  SqlWatchlistStore,
} from "../storage/mod.ts";
import type { Core } from "./core.ts";
import { openImports } from "./import_parts.ts";
import { ImportThreads } from "./import_thread.ts";
import type { MarketParts } from "./market_parts.ts";
import { factsOf, openSnapshots, rebuildOnChange } from "./snapshot_parts.ts";

/** What portfolios are made of. */
export type PortfolioCore = Pick<Core, "clock" | "database" | "log"> & {
  readonly config: Pick<Core["config"], "dataDir" | "demo">;
};

/** Portfolios and watchlists over the database; `queue` is asked for the import of large files. */
export async function openPortfolio(
  { config, clock, database, log }: PortfolioCore,
  { registry, market, store: candles, changes, queue }:
    & Pick<MarketParts, "registry" | "market" | "store" | "changes">
    & {
      readonly queue: () => Pick<JobSystem, "enqueue">;
    },
) {
  const breather = new Breather();
  const restWhenDue = async () => {
    if (breather.isDue) await breather.rest();
  };
  const store = new SqlLedgerStore(database, clock);
  const portfolios = new PortfolioService({ store: new SqlPortfolioStore(database), clock });
  const imports = new ImportThreads({
    here: await openImports({ database, clock }, registry),
    ...{ database, dataDir: config.dataDir, clock, log },
  });
  const ledger = new LedgerService({ store, imports, names: registry, clock });
  const fxStore = new SqlFxStore(database, clock);
  const valuation = new ValuationService({
    closes: new CloseReader({
      store: candles,
      demoMode: config.demo,
      rest: restWhenDue,
    }),
    fx: fxStore,
  });
  const fx = new FxService({ store: fxStore, clock });
  const facts = factsOf({ config, database }, candles);
  const prices = new ClosePrices({ ...facts, valuation, changes, clock });
  const ledgers = new KeptLedgers({ store, prices });
  ledger.subscribe((scope, change) => ledgers.note(scope, change));
  const lots = new LotService({ portfolios, ledgers, rest: restWhenDue });
  const holdings = new HoldingService({ lots, market, fx, clock });
  const { keeper, watch, ...measures } = openSnapshots(
    { config, clock, database, log },
    { portfolios, ledger, ledgers, lots, prices, valuation, facts, changes, queue },
  );
  const stopFollowing = rebuildOnChange({ ledger, keeper });
  const desk = new ImportDesk({
    portfolios,
    ledger,
    uploads: new UploadFolder(join(config.dataDir, "uploads"), clock),
    enqueue: (upload) => queue().enqueue(importRequest(upload)),
    clock,
  });
  const watchlists = new WatchlistService({
    store: new SqlWatchlistStore(database),
    clock,
    resolve: (name) => registry.resolve(name),
  });
  // Nobody signs in where there is one user.
  const ownerOf = (_headers: Headers): string => LOCAL_OWNER;
  return {
    ...{ portfolios, ledger, lots, holdings, ...measures, fx, valuation, desk, watchlists },
    ...{ keeper, watch, ownerOf, stopFollowing },
  };
}

export type PortfolioParts = Awaited<ReturnType<typeof openPortfolio>>;
