import { keepReadings } from "@/services/defi/mod.ts";
import { parsePoolFile } from "@/services/providers/pools/mod.ts";
import { assert, assertClose, assertEquals } from "@/tests/assert.ts";
import { readSharedText, SHARED_UNTIL, sharedData } from "@/tests/shared_data.ts";
import { type ApiHarness, openTestApi } from "./api_harness.ts";

const RATES = "defi/aave_v3_daily_rates_2025-07_2026-08.csv.gz";
const SNAPSHOTS = "defi/snapshots_6h_with_stale_tail.csv.gz";
const [rates, snapshots] = [sharedData(RATES), sharedData(SNAPSHOTS)];

const DAI = "aave-v3-ethereum-0x6b175474e89094c44da98b954eedeac495271d0f";

async function openWith(file: URL, { fileName, source }: { fileName: string; source: string }) {
  const harness = await openTestApi();
  const text = await readSharedText(file);
  const answer = { provider: source, target: `file/${fileName}` };
  await keepReadings(
    harness.poolStore,
    parsePoolFile(text, { fileName, source, now: SHARED_UNTIL }),
    answer,
  );
  return { harness, text };
}

async function read(harness: ApiHarness, path: string) {
  const response = await harness.get(path);
  return { status: response.status, ...await response.json() };
}

interface Warning {
  readonly code: string;
  readonly severity: string;
  readonly words: string;
}

/** `(1 + r/n)^n - 1` with n the seconds of a year, as the file's note has it. */
function compounded(rate: number): number {
  return Math.expm1(31_536_000 * Math.log1p(rate / 31_536_000));
}

Deno.test({
  name: "GET /api/pools/{id} gives the rates of the imported file, row by row",
  ignore: rates === null,
  async fn() {
    assert(rates !== null);
    const { harness, text } = await openWith(rates, { fileName: RATES, source: "aave" });
    await using _ = harness;
    const [header = "", ...lines] = text.trim().split("\n");
    const columns = header.split(",");
    const wanted = [
      { network: "ethereum", symbol: "DAI" },
      { network: "polygon", symbol: "USDC" },
      { network: "base", symbol: "WETH" },
      { network: "celo", symbol: "USDT" },
    ];
    for (const { network, symbol } of wanted) {
      const rows = lines
        .map((line) => new Map(line.split(",").map((value, at) => [columns[at] ?? "", value])))
        .filter((row) => row.get("network") === network);
      // A token may have changed its symbol on the way: its address is what stays.
      const address = rows.find((row) => row.get("symbol") === symbol)?.get("asset_address");
      const own = rows.filter((row) => row.get("asset_address") === address);
      assert(own.length > 100, `${network} ${symbol}: ${own.length} rows`);
      const id = `aave-v3-${network}-${address}`;
      const { data } = await read(harness, `/api/pools/${id}?points=5000`);
      for (const at of [0, 50, own.length >> 1, own.length - 1]) {
        const row = own[at];
        const ts = Date.parse(row?.get("snapshot_utc") ?? "");
        const found = data.series.t.indexOf(ts);
        assert(found >= 0, `${id} lacks ${row?.get("snapshot_utc")}`);
        const supply = compounded(Number(row?.get("supply_rate_apr")));
        const borrow = compounded(Number(row?.get("variable_borrow_rate_apr")));
        assertClose(data.series.supply_apy[found], supply, 1e-9);
        assertClose(data.series.borrow_apy[found], borrow, 1e-9);
        const lent = row?.get("utilization_derived") ?? "";
        assertEquals(data.series.utilization[found], lent === "" ? null : Number(lent));
      }
    }
  },
});

Deno.test({
  name: "the stress of April 2026 is a warning on its day, and remembered after it",
  ignore: rates === null,
  async fn() {
    assert(rates !== null);
    const { harness } = await openWith(rates, { fileName: RATES, source: "aave" });
    await using _ = harness;
    const warnings = async (asof: string): Promise<Warning[]> => {
      const { data } = await read(harness, `/api/pools/${DAI}?asof=${asof}`);
      return data.pool.warnings;
    };
    assertEquals((await warnings("2026-04-18")).map(({ code }) => code), []);
    const [gravest] = await warnings("2026-04-21");
    assertEquals([gravest?.code, gravest?.severity], ["utilization_stress", "danger"]);
    assert(gravest?.words.startsWith("The rate is high because the pool is nearly empty."));
    assert(gravest?.words.includes("Utilisation is 99.59%"), gravest?.words);
    const later = await warnings("2026-05-20");
    assert(
      later.some(({ code, words }) =>
        code === "past_stress" && words.includes("last on 2026-04-21: ")
      ),
    );
    // 14 of the pools with a known utilisation are past the assumed kink that day.
    const { data } = await read(harness, "/api/pools?asof=2026-04-21&limit=100");
    const codes = new Set(["utilization_stress", "above_kink"]);
    const told = data.filter((row: { warnings: Warning[] }) =>
      row.warnings.some(({ code }) => codes.has(code))
    );
    assert(told.length >= 8, `${told.length}`);
  },
});

Deno.test({
  name: "readings that the source took from an old state show as stale, and count for less",
  ignore: rates === null,
  async fn() {
    assert(rates !== null);
    const { harness } = await openWith(rates, { fileName: RATES, source: "aave" });
    await using _ = harness;
    const celo = async (asof: string) => {
      const { data } = await read(harness, `/api/pools?chain=celo&asof=${asof}`);
      return data as { is_stale: boolean; coverage: number; id: string }[];
    };
    assert((await celo("2025-11-14")).every((row) => !row.is_stale));
    const during = await celo("2025-11-16");
    assert(during.length >= 5 && during.every((row) => row.is_stale));
    const before = new Map((await celo("2025-11-14")).map(({ id, coverage }) => [id, coverage]));
    assert(during.every(({ id, coverage }) => coverage < (before.get(id) ?? 0)));
    assert((await celo("2025-11-18")).every((row) => !row.is_stale));
  },
});

Deno.test({
  name: "a crawler's readings that froze on 27 July 2024 show as stale from there",
  ignore: snapshots === null,
  async fn() {
    assert(snapshots !== null);
    const file = { fileName: SNAPSHOTS, source: "yieldhouse" };
    const { harness } = await openWith(snapshots, file);
    await using _ = harness;
    const { data: rows } = await read(harness, "/api/pools?protocol=aave-v3");
    assert(rows.length > 0);
    for (const { id, is_stale, warnings } of rows) {
      assertEquals(is_stale, true, id);
      assert(warnings.some(({ code }: Warning) => code === "stale"));
      const { data } = await read(harness, `/api/pools/${id}`);
      assert(data.metrics.stale_since.startsWith("2024-07-2"), data.metrics.stale_since);
      const early = await read(harness, `/api/pools/${id}?asof=2024-07-26T20:00:00Z`);
      assertEquals(early.data.pool.is_stale, false, id);
    }
  },
});
