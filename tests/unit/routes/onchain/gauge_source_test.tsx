import { renderToString } from "preact-render-to-string";
import { GaugeNotice, GaugeSource } from "@/routes/onchain/(_components)/GaugeParts.tsx";
import { MINUTE_MS, utcMsOf } from "@/services/kernel/time.ts";
import { assertEquals, assertMatch } from "@/tests/assert.ts";
import { GAUGE_START, sampleGas } from "@/tests/unit/onchain/gauge_sample.ts";

const PROBLEM = "Cannot call etherscan: Max calls per sec rate limit reached (5/sec)";

/** What stands above and below gas prices whose newest try ended so. */
function told(tried: { readonly problem: string | null }, { isStale = false } = {}) {
  const at = utcMsOf(GAUGE_START);
  const shown = {
    off: null,
    on: {
      ...{ enabled: true, source: "etherscan", isStale } as const,
      latest: sampleGas(at, { fast: 36, baseFee: null }),
      tried: { at: utcMsOf(GAUGE_START + MINUTE_MS), ...tried },
      history: { resolution: "1m", points: [], hours: [] },
    },
  } as const;
  return {
    above: renderToString(<GaugeNotice shown={shown} what="gas prices" />),
    below: renderToString(<GaugeSource shown={shown} label="Etherscan gas oracle" />),
  };
}

Deno.test("GaugeSource says at once that the newest try failed, and why", () => {
  const { above, below } = told({ problem: PROBLEM });
  assertEquals(above, "");
  assertMatch(below, /data-state="partial"/);
  assertMatch(below, /the newest try failed: Cannot call etherscan: Max calls per sec rate limit/);
});

Deno.test("GaugeSource says nothing of tries that went well", () => {
  const { below } = told({ problem: null });
  assertEquals([below.includes("failed"), below.includes("data-state")], [false, false]);
});

Deno.test("GaugeNotice tells of a stale gauge why it is, once", () => {
  const { above, below } = told({ problem: PROBLEM }, { isStale: true });
  assertMatch(above, /nothing newer could be read\. The newest try failed: Cannot call etherscan/);
  assertMatch(below, /data-state="stale"/);
  assertEquals(below.includes("failed"), false);
});
