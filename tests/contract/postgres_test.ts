import { openNotifyWaker } from "@/services/platform/wakers/notify.ts";
import { openPostgres } from "@/services/storage/postgres.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { assert } from "@/tests/assert.ts";
import { findPostgres, startPostgres, type TestServer } from "@/tests/postgres.ts";
import { testAssetStore } from "./asset_store_contract.ts";
import { testAuditLog } from "./audit_log_contract.ts";
import { testCandleImports } from "./candle_imports_contract.ts";
import { testCandleStore } from "./candle_store_contract.ts";
import { testChangeFeed } from "./change_feed_contract.ts";
import { testFxStore } from "./fx_store_contract.ts";
import { testGaugeStore } from "./gauge_store_contract.ts";
import { testJobStore } from "./job_store_contract.ts";
import { testLedgerApply } from "./ledger_apply_contract.ts";
import { testLedgerStaging } from "./ledger_staging_contract.ts";
import { testLedgerStore } from "./ledger_store_contract.ts";
import { testLeaseStore } from "./lease_store_contract.ts";
import { testAbsenceStore, testLivePriceStore } from "./live_price_store_contract.ts";
import { testPortfolioPurge } from "./portfolio_purge_contract.ts";
import { testPortfolioStore, testWatchlistStore } from "./portfolio_store_contract.ts";
import { testPaidRunStore } from "./paid_run_store_contract.ts";
import { testPoolIngestion } from "./pool_ingestion_contract.ts";
import { testPoolStore } from "./pool_store_contract.ts";
import { testProviderRecords } from "./provider_records_contract.ts";
import { testRelationStore } from "./relation_store_contract.ts";
import { testScoreStore } from "./score_store_contract.ts";
import { testSnapshotStore } from "./snapshot_store_contract.ts";
import type { StoreKind } from "./stores.ts";
import { testWaker } from "./waker_contract.ts";

const isMissing = findPostgres() === null;
let server: TestServer;

if (!isMissing) {
  Deno.test.beforeAll(async () => {
    server = await startPostgres();
  });
  Deno.test.afterAll(() => server.stop());
}

const postgres: StoreKind = {
  name: "PostgreSQL",
  ignore: isMissing,
  async open() {
    const url = await server.createDatabase();
    const clock = new FakeClock();
    const openAgain = () => openPostgres({ url, clock, log: new RecordingLog(), mayMigrate: true });
    const database = await openAgain();
    return { database, clock, openAgain, [Symbol.asyncDispose]: () => database.close() };
  },
};

testCandleStore(postgres);
testCandleImports(postgres);
testAssetStore(postgres);
testChangeFeed(postgres);
testFxStore(postgres);
testJobStore(postgres);
testLeaseStore(postgres);
testLedgerStore(postgres);
testLedgerStaging(postgres);
testLedgerApply(postgres);
testAuditLog(postgres);
testLivePriceStore(postgres);
testAbsenceStore(postgres);
testWaker({
  name: "NOTIFY of PostgreSQL",
  ignore: isMissing,
  async place() {
    const kit = await postgres.open();
    const opened = [kit.database];
    return {
      async open(log) {
        const database = await kit.openAgain();
        opened.push(database);
        assert(database.notices !== null, "PostgreSQL carries notices");
        return await openNotifyWaker(database.notices, log);
      },
      async [Symbol.asyncDispose]() {
        for (const database of opened.reverse()) await database.close();
      },
    };
  },
});
testProviderRecords(postgres);
testScoreStore(postgres);
testRelationStore(postgres);
testSnapshotStore(postgres);
testPortfolioStore(postgres);
testPortfolioPurge(postgres);
testWatchlistStore(postgres);
testPoolStore(postgres);
testPaidRunStore(postgres);
testPoolIngestion(postgres);
testGaugeStore(postgres);
