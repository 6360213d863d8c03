/// <reference lib="deno.worker" />
import type { DemoMode } from "../market/mod.ts";
import { Secret } from "../kernel/secret.ts";
import { type UtcMs, utcMsOf } from "../kernel/time.ts";
import {
  type FromWorker,
  RebuildHere,
  ToldLog,
  type ToWorker,
  WorkServer,
} from "../portfolio/mod.ts";
import { openDatabase, restWhenDue, SqlCandleStore } from "../storage/mod.ts";
import { openWork } from "./portfolio_work_parts.ts";

/** What the thread is told first: where the data is. */
export interface WorkerStart {
  readonly kind: "start";
  readonly url: string | null;
  readonly dataDir: string;
  readonly demo: DemoMode;
  readonly now: UtcMs;
}

/**
 * Runs in a thread of its own, with connections of its own to the database: computes on large
 * ledgers, by the clock of who asks.
 */
self.onmessage = ({ data }: MessageEvent<WorkerStart | ToWorker>) => {
  if (data.kind !== "start") throw new TypeError(`Cannot take "${data.kind}" before the start`);
  // What comes until the database is open waits for it.
  const server = open(data);
  self.onmessage = async ({ data }: MessageEvent<ToWorker>) => (await server).take(data);
};

async function open({ url, dataDir, demo, now }: WorkerStart): Promise<WorkServer> {
  let told = now;
  const clock = { now: () => told };
  const tell = (message: FromWorker) => self.postMessage(message);
  const log = new ToldLog(tell, { thread: "portfolios" });
  const database = await openDatabase({
    ...{ dataDir, clock, log, migrationUrl: null },
    url: url === null ? null : new Secret(url),
  });
  const rest = restWhenDue();
  const { work } = openWork({ clock, database, demo }, {
    candles: new SqlCandleStore(database, clock),
    changes: database.changes,
    openRebuilder: () => new RebuildHere({ rest }),
    ask: (scope) => Promise.resolve(tell({ kind: "ask", scope })),
  });
  return new WorkServer({
    ...{ work, tell },
    setNow: (now) => told = utcMsOf(Math.max(told, now)),
    close: () => database.close(),
  });
}
