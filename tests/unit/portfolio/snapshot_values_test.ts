import { assertEquals, assertRejects } from "@/tests/assert.ts";
import { DAY_MS, utcMsOf } from "@/services/kernel/time.ts";
import type { AssetId } from "@/services/market/mod.ts";
import { MAX_SNAPSHOT_VALUES, SnapshotValueService } from "@/services/portfolio/snapshot_values.ts";
import type { SnapshotStore } from "@/services/portfolio/snapshots/snapshot_ports.ts";
import { portfolio, scope } from "./snapshots/snapshot_kit.ts";

const DAYS = 4_000;
const END = utcMsOf(20_000 * DAY_MS);
const state = {
  ...{ build: 7, ledgerVersion: 1, pools: "account", fxVersion: null } as const,
  ...{ firstAt: utcMsOf(END - (DAYS - 1) * DAY_MS), until: END, valuedAt: END, builtAt: END },
};
/** Accounts that have each asset, of which each has a value a day. */
const ACCOUNTS: Readonly<Record<string, number>> = { a: 20, b: 29, c: 2, d: 51 };

/** A store of these assets that is at another build from the so-manieth look on. */
function storeOf(renewedAt = Infinity) {
  const reads: (AssetId | undefined)[] = [];
  let looks = 0;
  const store: Pick<SnapshotStore, "findState" | "listAssetIds" | "readAssets"> = {
    findState: () => Promise.resolve({ ...state, build: ++looks >= renewedAt ? 8 : 7 }),
    listAssetIds: () => Promise.resolve(Object.keys(ACCOUNTS) as AssetId[]),
    readAssets(_, { assetIds: [assetId] = [] }) {
      reads.push(assetId);
      if (assetId === undefined) throw new RangeError("All assets at once");
      const values = new Float64Array(1).fill(1);
      const accounts = Array.from({ length: ACCOUNTS[assetId] ?? 0 }, (_, at) => ({
        ...{ account: `${at}`, values },
      }));
      const none = new Float64Array();
      const chunk = { start: END, values, accounts, events: none, flows: none, unpriced: none };
      return Promise.resolve([{ assetId, chunks: [{ ...chunk, start: utcMsOf(END - DAY_MS) }] }]);
    },
  };
  const portfolios = { get: () => Promise.resolve(portfolio) };
  return { service: new SnapshotValueService({ portfolios, store }), reads };
}

const query = { interval: "1d", limit: 10, after: null } as const;

Deno.test("SnapshotValueService.getPage() ends a page before it has too many values", async () => {
  const { service, reads } = storeOf();
  const { ends, accounts, next, total } = await service.getPage(scope, query);
  assertEquals([ends.length, total], [DAYS, 4]);
  // 20 and 29 accounts of 4,000 days; two more would be 204,000 values.
  assertEquals([accounts.length, next], [49, { build: 7, assetId: "b" as AssetId }]);
  assertEquals(MAX_SNAPSHOT_VALUES, 200_000);
  assertEquals(reads, ["a", "b", "c"] as AssetId[]);
  const rest = await service.getPage(scope, { ...query, limit: 1, after: next });
  assertEquals([rest.accounts.length, rest.next?.assetId], [2, "c" as AssetId]);
});

Deno.test("SnapshotValueService.getPage() refuses one asset that has too many values", async () => {
  const { service } = storeOf();
  const after = { build: 7, assetId: "c" as AssetId };
  await assertRejects(() => service.getPage(scope, { ...query, after }), {
    pattern: /more than 200000 values of one asset/,
  });
  const shorter = { ...query, after, from: utcMsOf(END - 9 * DAY_MS) };
  const { accounts, next } = await service.getPage(scope, shorter);
  assertEquals([accounts.length, accounts[0]?.values.length, next], [51, 10, null]);
});

Deno.test("SnapshotValueService.getPage() never mixes two builds", async () => {
  const renewed = storeOf(2);
  const first = await renewed.service.getPage(scope, { ...query, limit: 1 });
  // It was read anew as a whole.
  assertEquals([first.state?.build, renewed.reads], [8, ["a", "a"] as AssetId[]]);
  const after = { build: 7, assetId: "a" as AssetId };
  for (const renewedAt of [1, 2]) {
    const { service } = storeOf(renewedAt);
    await assertRejects(() => service.getPage(scope, { ...query, limit: 1, after }), {
      pattern: /made anew since the last page/,
    });
  }
});
