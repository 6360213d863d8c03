import { join } from "node:path";
import { importRequest, type JobSystem } from "../../jobs/mod.ts";
import { systemTimer } from "../platform/timer.ts";
import { UploadFolder } from "../platform/upload_folder.ts";
import {
  FxService,
  HoldingService,
  ImportDesk,
  LARGE_LEDGER_ROWS,
  type LedgerScope,
  LedgerService,
  LOCAL_OWNER,
  RebuildHere,
  RebuildThread,
  type RebuildWork,
  SnapshotValueService,
  SummaryService,
  WatchlistService,
  WorkBySize,
  WorkThread,
} from "../portfolio/mod.ts";
import { type DatabaseLocation, restWhenDue, SqlWatchlistStore } from "../storage/mod.ts";
import type { Core } from "./core.ts";
import { openImports } from "./import_parts.ts";
import { ImportThreads } from "./import_thread.ts";
import type { MarketParts } from "./market_parts.ts";
import { openWork } from "./portfolio_work_parts.ts";
import type { WorkerStart } from "./portfolio_worker.ts";
import { openKeeper, rebuildOnChange } from "./snapshot_parts.ts";

/** Work that is done sooner than a thread starts. */
const HERE: RebuildWork = { cells: 100_000, rows: 2_000 };

/** What portfolios are made of. */
export type PortfolioCore = Pick<Core, "clock" | "database" | "log"> & {
  readonly config: Pick<Core["config"], "dataDir" | "demo">;
};

export interface PortfolioOptions
  extends Pick<MarketParts, "registry" | "market" | "store" | "changes"> {
  readonly queue: () => Pick<JobSystem, "enqueue">;
  /** Where a thread finds the database; without it all ledgers are computed on here. */
  readonly location?: Pick<DatabaseLocation, "url" | "dataDir"> | null;
  /** Ledgers with more rows are the thread's; `LARGE_LEDGER_ROWS` by default. */
  readonly maxRowsHere?: number;
}

/** Portfolios and watchlists over the database; `queue` is asked for the import of large files. */
export async function openPortfolio(
  { config, clock, database, log }: PortfolioCore,
  { registry, market, store: candles, changes, queue, ...options }: PortfolioOptions,
) {
  const { location = null, maxRowsHere: maxRows = LARGE_LEDGER_ROWS } = options;
  const { demo } = config;
  const ask = (scope: LedgerScope): Promise<void> => keeper.ask(scope);
  const { work: here, ...parts } = openWork({ clock, database, demo }, {
    ...{ candles, changes, openRebuilder, ask },
  });
  const { store, portfolioStore, portfolios, performance, fxStore, valuation } = parts;
  const thread = location &&
    new WorkThread({
      open: () => startWorker({ ...location, demo, now: clock.now() }),
      ...{ ask, clock, log, timer: systemTimer },
    });
  const work = new WorkBySize({ portfolios, store: portfolioStore, here, thread, maxRows });
  const imports = new ImportThreads({
    here: await openImports({ store, names: registry, clock }),
    ...{ location, clock, log, timer: systemTimer },
  });
  const ledger = new LedgerService({ store, imports, names: registry, clock });
  ledger.subscribe((scope, change) => work.note(scope, change));
  const fx = new FxService({ store: fxStore, clock });
  const holdings = new HoldingService({ work, market, fx, clock });
  const summaries = new SummaryService({ portfolios, performance, fx, ask });
  const { keeper, watch } = openKeeper({ clock, log }, { ...parts, work, changes, queue });
  const snapshotValues = new SnapshotValueService({ portfolios, store: parts.snapshotStore });
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
    ...{ portfolios, summaries, ledger, work, holdings, snapshotValues, fx, valuation, desk },
    ...{ watchlists, keeper, watch, ownerOf },
    async close() {
      stopFollowing();
      await thread?.[Symbol.asyncDispose]();
    },
  };
}

export type PortfolioParts = Awaited<ReturnType<typeof openPortfolio>>;

function openRebuilder({ cells, rows }: RebuildWork) {
  return cells <= HERE.cells && rows <= HERE.rows
    ? new RebuildHere({ rest: restWhenDue() })
    : new RebuildThread();
}

/** The thread of large ledgers, with what it begins with on its way. */
function startWorker(
  { url, ...start }: Pick<WorkerStart, "dataDir" | "demo" | "now"> & Pick<DatabaseLocation, "url">,
): Worker {
  const script = new URL("./portfolio_worker.ts", import.meta.url);
  const worker = new Worker(script, { type: "module", name: "portfolios" });
  const message: WorkerStart = { kind: "start", url: url?.reveal() ?? null, ...start };
  worker.postMessage(message);
  return worker;
}
