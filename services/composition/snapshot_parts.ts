import { type JobSystem, rebuildPortfolioRequest } from "../../jobs/mod.ts";
import {
  type LedgerScope,
  type LedgerService,
  SnapshotKeeper,
  SnapshotWatch,
  type WorkBySize,
} from "../portfolio/mod.ts";
import type { ChangeFeed } from "../ports/mod.ts";
import { systemTimer } from "../platform/timer.ts";
import type { Core } from "./core.ts";
import type { openWork } from "./portfolio_work_parts.ts";

interface KeeperDeps extends Pick<ReturnType<typeof openWork>, "freshness" | "snapshotStore"> {
  readonly work: Pick<WorkBySize, "rebuild" | "isLarge">;
  readonly changes: ChangeFeed;
  readonly queue: () => Pick<JobSystem, "enqueue">;
}

/** What has values of portfolios made through time, and made anew. */
export function openKeeper(
  { clock, log }: Pick<Core, "clock" | "log">,
  { snapshotStore: store, freshness, work, changes, queue }: KeeperDeps,
) {
  const keeper = new SnapshotKeeper({
    ...{ store, work, freshness, clock, log },
    isLarge: (scope) => work.isLarge(scope),
    enqueue: ({ ownerId, portfolioId }) =>
      queue().enqueue(rebuildPortfolioRequest({
        owner_id: ownerId,
        portfolio_id: portfolioId,
        refresh: null,
      })),
  });
  return { keeper, watch: new SnapshotWatch({ keeper, log, timer: systemTimer, changes }) };
}

/** Has snapshots follow each change of a ledger by this process, until the result is called. */
export function rebuildOnChange(
  { ledger, keeper }: {
    readonly ledger: Pick<LedgerService, "subscribe">;
    readonly keeper: Pick<SnapshotKeeper, "follow">;
  },
): () => void {
  const stopping = new AbortController();
  const stop = ledger.subscribe((scope: LedgerScope) => keeper.follow(scope, stopping.signal));
  return () => {
    stop();
    stopping.abort(new Error("The process stops"));
  };
}
