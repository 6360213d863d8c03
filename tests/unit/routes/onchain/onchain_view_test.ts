import { gaugeCsv } from "@/routes/onchain/(_components)/gauge_csv.ts";
import { onchainHref, parseOnchainView } from "@/routes/onchain/(_components)/onchain_view.ts";
import { MINUTE_MS, utcMsOf } from "@/services/kernel/time.ts";
import { summarizeHour } from "@/services/onchain/gauge_hours.ts";
import { gaugePoint } from "@/services/onchain/gauge_metrics.ts";
import { assertEquals } from "@/tests/assert.ts";
import { GAUGE_START, sampleGas } from "@/tests/unit/onchain/gauge_sample.ts";

const view = (query: string) => parseOnchainView(new URL(`http://localhost/onchain${query}`));

Deno.test("parseOnchainView() reads range and table, and has defaults for what can't be read", () => {
  assertEquals(view(""), { range: "24h", table: null });
  assertEquals(view("?range=90d&table=fees"), { range: "90d", table: "fees" });
  assertEquals(view("?range=1y&table=prices"), { range: "24h", table: null });
});

Deno.test("onchainHref() names what is no default, and reads back", () => {
  assertEquals(onchainHref({ range: "24h", table: null }), "/onchain");
  for (const range of ["24h", "7d", "30d", "90d"] as const) {
    for (const table of [null, "gas", "fees", "waiting"] as const) {
      const href = onchainHref({ range, table });
      assertEquals(parseOnchainView(new URL(href, "http://localhost")), { range, table });
    }
  }
});

const READINGS = [36, 38.5].map((fast, minute) =>
  sampleGas(utcMsOf(GAUGE_START + minute * MINUTE_MS), { fast, baseFee: null })
);
const ON = {
  enabled: true,
  source: "etherscan",
  latest: null,
  isStale: false,
  tried: null,
} as const;

Deno.test("gaugeCsv() has a row for each reading, blank where the source gives nothing", () => {
  const points = READINGS.map((reading) => gaugePoint("eth_gas", reading));
  const csv = gaugeCsv("eth_gas", { ...ON, history: { resolution: "1m", points, hours: [] } });
  assertEquals(csv.split("\r\n"), [
    "time,source,resolution,safe,proposed,fast,base_fee",
    "2026-01-01T00:00:00Z,etherscan,1m,34,35,36,",
    "2026-01-01T00:01:00Z,etherscan,1m,34,35,38.5,",
    "",
  ]);
});

Deno.test("gaugeCsv() has mean, least and most of each hour", () => {
  const hours = [summarizeHour("eth_gas", READINGS)];
  const csv = gaugeCsv("eth_gas", { ...ON, history: { resolution: "1h", points: [], hours } });
  const [header, row] = csv.split("\r\n");
  assertEquals(
    header,
    "time,source,resolution,readings,safe,safe_least,safe_most,proposed,proposed_least," +
      "proposed_most,fast,fast_least,fast_most,base_fee,base_fee_least,base_fee_most",
  );
  assertEquals(row, "2026-01-01T00:00:00Z,etherscan,1h,2,34,34,34,35,35,35,37.25,36,38.5,,,");
});
