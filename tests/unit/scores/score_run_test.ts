import fc from "fast-check";
import { NEUTRAL } from "@/services/scores/combine.ts";
import { type DailyHistory, dailyHistory } from "@/services/scores/daily_history.ts";
import type { DailyPanel, PanelAsset } from "@/services/scores/daily_panel.ts";
import { scorePlainly, type ScoreRun, scoreRun } from "@/services/scores/score_run.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { sampleDay, sampleMethod, samplePanel } from "./panel_sample.ts";

const METHOD = sampleMethod();
const DAYS = 300;
const DAY = sampleDay(DAYS - 1);
const PANEL = samplePanel({ assets: 14, days: DAYS });

const run = (panel: DailyPanel, method = METHOD) => scoreRun(panel, { method, day: DAY });
const cardOf = ({ cards }: ScoreRun, assetId: string) => {
  const card = cards.find((one) => one.assetId === assetId);
  assert(card, `There is no card of ${assetId}`);
  return card;
};

/** The panel with another history of one asset. */
function withHistory(
  panel: DailyPanel,
  { assetId, change }: {
    assetId: string;
    change: (history: DailyHistory, day: number) => Partial<Record<"close" | "volumeUsd", number>>;
  },
): DailyPanel {
  const changed = (history: DailyHistory) => {
    const close = history.close.slice();
    const volumeUsd = history.volumeUsd.slice();
    const marketCapUsd = close.map((price, day) => price * (history.supply[day] ?? NaN));
    close.forEach((_, day) => {
      const next = change(history, day);
      if (next.close !== undefined) close[day] = next.close;
      if (next.volumeUsd !== undefined) volumeUsd[day] = next.volumeUsd;
    });
    return dailyHistory({ close, volumeUsd, marketCapUsd });
  };
  const assets = panel.assets.map((asset): PanelAsset =>
    asset.assetId !== assetId ? asset : {
      ...asset,
      sources: asset.sources.map((source) => ({ ...source, history: changed(source.history) })),
    }
  );
  return { ...panel, assets };
}

for (const version of ["v1", "signal"]) {
  Deno.test(`scoreRun() by ${version} gives parts that add up to each score exactly`, () => {
    const { cards } = run(PANEL, sampleMethod(version));
    assert(cards.every(({ score }) => score !== null));
    for (const { score, pillars } of cards) {
      const parts = pillars.flatMap(({ metrics }) => metrics.map((one) => one.contribution ?? 0));
      assertEquals(parts.reduce((sum, part) => sum + part, NEUTRAL), score);
    }
  });
}

Deno.test("scoreRun() gives bands and rank intervals that hold what they are around", () => {
  for (const { score, band, rank, rankInterval } of run(PANEL).cards) {
    assert(score !== null && band && band[0] <= score && score <= band[1]);
    assert(band[1] - band[0] > 0 && band[0] >= 0 && band[1] <= 100);
    assert(rank !== null && rankInterval && rankInterval[0] <= rank && rank <= rankInterval[1]);
  }
});

Deno.test("scoreRun() is bit-equal when it is run again", () => {
  assertEquals(JSON.stringify(run(PANEL)), JSON.stringify(run(PANEL)));
  const again = samplePanel({ assets: 14, days: DAYS });
  assertEquals(JSON.stringify(run(again)), JSON.stringify(run(PANEL)));
});

Deno.test("scoreRun() does not depend on the order of the assets", () => {
  const expected = run(PANEL);
  fc.assert(
    fc.property(
      fc.shuffledSubarray([...PANEL.assets], { minLength: PANEL.assets.length }),
      (assets) => assertEquals(run({ ...PANEL, assets }), expected),
    ),
    { numRuns: 10 },
  );
});

Deno.test("scoreRun() looks at nothing after its day", () => {
  const longer = samplePanel({ assets: 14, days: DAYS });
  const scrambled = longer.assets.reduce(
    (panel, { assetId }) =>
      withHistory(panel, {
        assetId,
        change: ({ close }, day) =>
          day > 270 ? { close: (close[day] ?? 0) * (day % 7 + 1), volumeUsd: NaN } : {},
      }),
    longer,
  );
  const day = sampleDay(270);
  assertEquals(
    JSON.stringify(scoreRun(scrambled, { method: METHOD, day })),
    JSON.stringify(scoreRun(longer, { method: METHOD, day })),
  );
});

Deno.test("scoreRun() does not change where an asset is priced in another unit", () => {
  const other = withHistory(PANEL, {
    assetId: "asset-003",
    change: ({ close }, day) => ({ close: (close[day] ?? NaN) * 1024 }),
  });
  const scores = (panel: DailyPanel) => scorePlainly(panel, { method: METHOD, day: DAY });
  const percentiles = (panel: DailyPanel) =>
    scores(panel).map(({ assetId, score }) => ({ assetId, score }));
  assertEquals(percentiles(other), percentiles(PANEL));
});

Deno.test("scoreRun() never lowers a pillar whose metric improves", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 13 }),
      fc.double({ min: 1, max: 9, noNaN: true }),
      (at, factor) => {
        const assetId = `asset-${String(at).padStart(3, "0")}`;
        const better = withHistory(PANEL, {
          assetId,
          change: ({ volumeUsd }, day) => ({ volumeUsd: (volumeUsd[day] ?? NaN) * factor }),
        });
        const liquidity = (panel: DailyPanel) =>
          scorePlainly(panel, { method: METHOD, day: DAY })
            .find((one) => one.assetId === assetId)?.pillars[0]?.score ?? NaN;
        assert(liquidity(better) >= liquidity(PANEL));
      },
    ),
    { numRuns: 25 },
  );
});

Deno.test("scoreRun() shares out the weight of missing pillars and says how much is covered", () => {
  const card = cardOf(run(PANEL), "asset-005");
  // Network and sentiment have no data: 0.20 + 0.15 + 0.25 + 0.10 of the weights are left.
  assert(Math.abs(card.coverage - 0.7) < 1e-12);
  const used = card.pillars.map(({ id, usedWeight }) => [id, usedWeight?.toFixed(6) ?? null]);
  assertEquals(used, [
    ["liquidity", "0.285714"],
    ["market", "0.214286"],
    ["risk", "0.357143"],
    ["network", null],
    ["supply", "0.142857"],
    ["sentiment", null],
  ]);
});

Deno.test("scoreRun() leaves an asset below the least coverage unranked, with its pillars", () => {
  const quiet = withHistory(PANEL, { assetId: "asset-002", change: () => ({ volumeUsd: NaN }) });
  const card = cardOf(run(quiet), "asset-002");
  // Without liquidity 0.15 + 0.25 + 0.10 are left.
  assert(Math.abs(card.coverage - 0.5) < 1e-12);
  assertEquals(
    [card.score, card.rank, card.band, card.rankInterval, card.grade],
    [null, null, null, null, null],
  );
  assertEquals(card.outside, "Dollar volume of 0 of 30 days known");
  assert(card.pillars.some(({ id, score }) => id === "risk" && score !== null));
});

Deno.test("scoreRun() scores those apart against the others without moving them", () => {
  const apart: DailyPanel = {
    ...PANEL,
    assets: PANEL.assets.map((asset) =>
      asset.assetId === "asset-013" ? { ...asset, themes: ["stablecoin"] } : asset
    ),
  };
  const without = { ...PANEL, assets: PANEL.assets.filter((one) => one.assetId !== "asset-013") };
  const [held, alone] = [run(apart), run(without)];
  const card = cardOf(held, "asset-013");
  assertEquals([card.outside, card.rank], ["Apart as stablecoin", null]);
  assert(card.score !== null);
  assertEquals(held.cards.filter(({ assetId }) => assetId !== "asset-013"), alone.cards);
  assertEquals(held.universe, alone.universe);
});

Deno.test("scoreRun() shows missing days as a lower share of what is there, never as a guess", () => {
  const gappy = withHistory(PANEL, {
    assetId: "asset-004",
    change: (_, day) => day % 2 === 0 ? { close: NaN } : {},
  });
  const { pillars } = cardOf(run(gappy), "asset-004");
  const risk = pillars.find(({ id }) => id === "risk")?.metrics ?? [];
  const gaps = risk.find(({ id }) => id === "gaps_90d");
  assertEquals(gaps?.raw, 0.5);
  const volatility = risk.find(({ id }) => id === "volatility_30d");
  assertEquals([volatility?.raw, volatility?.contribution], [null, null]);
  assertEquals(volatility?.reason, "Too few of its 30 days have what it needs");
});

Deno.test("scoreRun() scores one asset alone as neutral, and none without any", () => {
  const alone = run({ ...PANEL, assets: PANEL.assets.slice(0, 1) });
  assertEquals(alone.cards.map(({ score, rank }) => [score, rank]), [[NEUTRAL, 1]]);
  assertEquals(run({ ...PANEL, assets: [] }).cards, []);
});

Deno.test("scoreRun() names the same inputs alike and others apart", () => {
  const { lineage } = run(PANEL);
  assertEquals(run(samplePanel({ assets: 14, days: DAYS })).lineage, lineage);
  const other = withHistory(PANEL, {
    assetId: "asset-004",
    change: ({ close }, day) => day === 200 ? { close: (close[day] ?? 0) * 1.0001 } : {},
  });
  assert(run(other).lineage.inputs !== lineage.inputs);
  const signal = run(PANEL, sampleMethod("signal")).lineage;
  assertEquals(signal.universe, lineage.universe);
  assert(signal.method !== lineage.method && signal.weights !== lineage.weights);
});
