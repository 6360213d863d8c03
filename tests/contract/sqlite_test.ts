import { openTestDatabase } from "@/tests/database.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
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

const sqlite: StoreKind = {
  name: "SQLite",
  ignore: false,
  async open() {
    const folder = await Deno.makeTempDir({ prefix: "tokenlysis_contract_" });
    const clock = new FakeClock();
    const openAgain = () => openTestDatabase({ path: `${folder}/test.db`, clock });
    const database = await openAgain();
    return {
      database,
      clock,
      openAgain,
      async [Symbol.asyncDispose]() {
        await database.close();
        await Deno.remove(folder, { recursive: true });
      },
    };
  },
};

testCandleStore(sqlite);
testCandleImports(sqlite);
testAssetStore(sqlite);
testChangeFeed(sqlite);
testFxStore(sqlite);
testJobStore(sqlite);
testLeaseStore(sqlite);
testLedgerStore(sqlite);
testLedgerStaging(sqlite);
testLedgerApply(sqlite);
testAuditLog(sqlite);
testLivePriceStore(sqlite);
testAbsenceStore(sqlite);
testProviderRecords(sqlite);
testScoreStore(sqlite);
testRelationStore(sqlite);
testSnapshotStore(sqlite);
testPortfolioStore(sqlite);
testPortfolioPurge(sqlite);
testWatchlistStore(sqlite);
testPoolStore(sqlite);
testPaidRunStore(sqlite);
testPoolIngestion(sqlite);
testGaugeStore(sqlite);
