import { AppError } from "@/services/kernel/errors.ts";
import { DAY_MS, utcMsOf } from "@/services/kernel/time.ts";
import { parsePoolFile } from "@/services/providers/pools/mod.ts";
import { assertClose, assertEquals, assertThrows } from "@/tests/assert.ts";

const AAVE =
  "date,snapshot_utc,network,symbol,asset_address,supply_rate_apr,variable_borrow_rate_apr," +
  "reserve_factor,utilization_derived,liquidity_index,variable_borrow_index," +
  "reserve_last_update_ts,stale_node_reading,frozen,paused\n";
const aaveRow = (given: Record<string, string> = {}) => {
  const fields = {
    ...{ date: "2025-09-01", at: "2025-09-01T00:19:09Z", network: "base", symbol: "tBTC" },
    ...{ address: "0xAB", supply: "0.05", borrow: "0.08", factor: "0.2", used: "0.78" },
    ...{ index: "1.0", debt: "1.0", updated: "1756636757", stale: "False", frozen: "True" },
    ...{ paused: "False", ...given },
  };
  return `${Object.values(fields).join(",")}\n`;
};
const NOW = utcMsOf(Date.UTC(2026, 0, 1));
const parse = (text: string, fileName = "file.csv") =>
  parsePoolFile(text, { fileName, source: "sample", now: NOW });

Deno.test("parsePoolFile() compounds Aave's simple rates each second", () => {
  const { pools, snapshots } = parse(AAVE + aaveRow());
  assertEquals(pools[0]?.id, "aave-v3-base-0xab" as never);
  assertClose(snapshots[0]?.supplyApy, Math.E ** 0.05 - 1, 1e-8);
  assertEquals(snapshots[0]?.basis, { kind: "apr", periodsPerYear: 31_536_000 });
  assertEquals(snapshots[0]?.utilization, 0.78);
  assertEquals(snapshots[0]?.flags, { isStale: false, isFrozen: true, isPaused: false });
  assertEquals(snapshots[0]?.ingestedAt, utcMsOf(Date.UTC(2025, 8, 1, 0, 19, 9)));
});

const bad = [
  { name: "no number", row: aaveRow({ supply: "much" }), reason: /supply_rate_apr "much"/ },
  { name: "no time", row: aaveRow({ at: "today" }), reason: /snapshot_utc "today"/ },
  { name: "utilization of 2", row: aaveRow({ used: "2" }), reason: /utilization 2/ },
  { name: "no flag", row: aaveRow({ paused: "?" }), reason: /paused "\?"/ },
  { name: "a time to come", row: aaveRow({ at: "2026-01-01T00:02:00Z" }), reason: /to come/ },
  { name: "an address without letters", row: aaveRow({ address: "—" }), reason: /Cannot name/ },
  { name: "an endless address", row: aaveRow({ address: "a".repeat(257) }), reason: /longer/ },
  { name: "NUL in its symbol", row: aaveRow({ symbol: "t\0BTC" }), reason: /NUL/ },
  { name: "too few fields", row: "1,2\n", reason: /Expected 15 fields, got 2/ },
];
for (const { name, row, reason } of bad) {
  Deno.test(`parsePoolFile() sets a row with ${name} aside by its line`, () => {
    const { snapshots, quarantined } = parse(AAVE + aaveRow() + row);
    assertEquals([snapshots.length, quarantined.length, quarantined[0]?.line], [1, 1, 3]);
    assertEquals(reason.test(quarantined[0]?.reason ?? ""), true, quarantined[0]?.reason);
  });
}

Deno.test("parsePoolFile() lets Aave rename a token", () => {
  const { pools, quarantined } = parse(
    AAVE + aaveRow({ symbol: "USDT" }) + aaveRow({ symbol: "USDT0", at: "2025-09-02T00:00:00Z" }),
  );
  assertEquals([pools[0]?.symbol, quarantined.length], ["USDT0", 0]);
});

Deno.test("parsePoolFile() knows a day's mean when the day is over", () => {
  const text = "date,protocol,chain,asset,contract,maturity_ts,rate\n" +
    "2024-03-03T00:00:00Z,SKY,Ethereum,USDS,0x1,0,0.0125\n" +
    "2024-03-03T00:00:00Z,PENDLEV2,Ethereum,weETH,0x2,1719446400,0.3\n" +
    "2024-03-04T00:00:00Z,SKY,Ethereum,DAI,0x1,0,0.0125\n" +
    "2024-03-04T00:00:00Z,NOBODY,Ethereum,DAI,0x3,0,0.0125\n";
  const { pools, snapshots, quarantined } = parse(text);
  const day = utcMsOf(Date.UTC(2024, 2, 3));
  assertEquals([snapshots[0]?.ts, snapshots[0]?.ingestedAt], [day, utcMsOf(day + DAY_MS)]);
  assertEquals(pools.map(({ kind }) => kind), ["savings", "fixed"]);
  assertEquals(pools[1]?.maturityAt, utcMsOf(1_719_446_400_000));
  // An address that is another token's, and a protocol whose rates nobody explained.
  assertEquals(quarantined.map(({ line }) => line), [4, 5]);
});

Deno.test("parsePoolFile() reads the reserves of a chain as one state", () => {
  const header =
    "underlyingAsset,symbol,decimals,reserveFactor,isFrozen,isPaused,variableBorrowIndex," +
    "liquidityRate,variableBorrowRate,lastUpdateTimestamp,availableLiquidity," +
    "totalScaledVariableDebt,priceInMarketReferenceCurrency,optimalUsageRatio,derived_utilization\n";
  const row = (address: string, at: number) =>
    `${address},USDC,6,1000,False,False,${2n * 10n ** 27n},${5n * 10n ** 25n},` +
    `${8n * 10n ** 25n},${at},100000000,200000000,100000000,${92n * 10n ** 25n},0.8\n`;
  const { pools, snapshots } = parse(
    header + row("0x1", 1_742_379_311) + row("0x2", 1_742_379_383),
    "aave_v3_reserves_ethereum.csv.gz",
  );
  assertEquals([snapshots[0]?.kink, pools[0]?.reserveFactor], [0.92, 0.1]);
  // 100 USDC there, 200 scaled by 2 lent.
  assertClose(snapshots[0]?.tvlUsd, 500);
  assertEquals(new Set(snapshots.map(({ ts }) => ts)), new Set([utcMsOf(1_742_379_383_000)]));
});

Deno.test("parsePoolFile() refuses a file of other columns, and one whose name must tell more", () => {
  assertThrows(() => parse("a,b\n1,2\n"), { type: AppError, pattern: /its columns/ });
  const minute = "block_timestamp,liquidity_rate,variable_borrow_rate,liquidity_index\n";
  assertThrows(() => parse(minute), { type: AppError, pattern: /Cannot tell the reserve/ });
});

const ENTRY = {
  ...{ pool: "p-1", project: "lido", chain: "Ethereum", symbol: "STETH", tvlUsd: 5e6 },
  ...{ apy: 3, apyBase: 2, apyReward: 1 },
};

Deno.test("parsePoolFile() reads a saved list of pools, known when its day is over", () => {
  const day = utcMsOf(Date.UTC(2025, 11, 24));
  for (const saved of [[ENTRY, { ...ENTRY, tvlUsd: "5" }], { status: "success", data: [ENTRY] }]) {
    const { pools, snapshots, quarantined } = parse(JSON.stringify(saved), "p_2025-12-24.json");
    assertEquals(pools.map(({ id }) => id), ["lido-ethereum-p-1" as never]);
    assertEquals([snapshots[0]?.ts, snapshots[0]?.ingestedAt], [day, utcMsOf(day + DAY_MS)]);
    assertEquals([snapshots[0]?.supplyApy, snapshots[0]?.incentiveApy], [0.02, 0.01]);
    assertEquals(quarantined.map(({ line }) => line), Array.isArray(saved) ? [2] : []);
  }
});

Deno.test("parsePoolFile() takes the time at which a list was saved from the file itself", () => {
  const saved = { exported_at: "2025-12-24T07:27:01.395Z", data: [ENTRY] };
  const { snapshots } = parse(JSON.stringify(saved), "p_2025-12-30.json");
  const at = utcMsOf(Date.UTC(2025, 11, 24, 7, 27, 1, 395));
  assertEquals([snapshots[0]?.ts, snapshots[0]?.ingestedAt], [at, at]);
});

Deno.test("parsePoolFile() knows a list of today now, and none of days to come", () => {
  const today = parse(JSON.stringify([ENTRY]), "p_2026-01-01.json");
  assertEquals([today.snapshots[0]?.ts, today.snapshots[0]?.ingestedAt], [NOW, NOW]);
  const later = parse(JSON.stringify([ENTRY]), "p_2026-01-02.json");
  assertEquals([later.snapshots.length, later.quarantined.length], [0, 1]);
});

Deno.test("parsePoolFile() sets an entry of JSON aside that can't be named, and keeps the others", () => {
  const nameless = { ...ENTRY, pool: "\ud800" };
  const { pools, quarantined } = parse(JSON.stringify([nameless, ENTRY]), "p_2025-12-24.json");
  assertEquals([pools.length, quarantined.map(({ line }) => line)], [1, [1]]);
});

const BAD_JSON = [
  {
    name: "that was saved at no time",
    text: '{"exported_at":"soon","data":[]}',
    fileName: "2025-12-24",
    reason: /exported_at "soon"/,
  },
  { name: "without a day in its name", text: "[]", fileName: "pools.json", reason: /its day/ },
  { name: "that breaks off", text: '[{"pool"', fileName: "2025-12-24", reason: /no complete JSON/ },
  { name: "of another shape", text: '{"a":1}', fileName: "2025-12-24", reason: /list of pools/ },
];
for (const { name, text, fileName, reason } of BAD_JSON) {
  Deno.test(`parsePoolFile() refuses JSON ${name}`, () => {
    assertThrows(() => parse(text, fileName), { type: AppError, pattern: reason });
  });
}
