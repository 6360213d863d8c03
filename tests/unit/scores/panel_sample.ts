import { DAY_MS } from "@/services/kernel/time.ts";
import { type DailyColumns, dailyHistory } from "@/services/scores/daily_history.ts";
import { type DailyPanel, startOfDay } from "@/services/scores/daily_panel.ts";
import type { IsoDay } from "@/services/kernel/time.ts";
import { loadMethods, type ScoreMethod } from "@/services/scores/method.ts";
import { seededRandom } from "@/services/scores/seeded_random.ts";

const texts = ["v1", "signal"].map((name) =>
  Deno.readTextFileSync(new URL(`../../../registry/methods/${name}.json`, import.meta.url))
);
const METHODS = loadMethods(texts);

/** A method of the registry. */
export function sampleMethod(version = "v1"): ScoreMethod {
  const method = METHODS.get(version);
  if (method === undefined) throw new RangeError(`There is no method ${version}`);
  return method;
}

/** Day number `index` of the sample panels. */
export function sampleDay(index: number) {
  return startOfDay("2020-01-01" as IsoDay) + index * DAY_MS as ReturnType<typeof startOfDay>;
}

/** Seeded random walks with volume and market value, `bitcoin` the first. */
export function samplePanel(
  { assets, days, seed = 1 }: { assets: number; days: number; seed?: number },
): DailyPanel {
  const random = seededRandom(seed);
  const walk = (): DailyColumns => {
    let price = 10 + 1000 * random();
    const close = Float64Array.from({ length: days }, () => price *= 1 + 0.1 * (random() - 0.49));
    const level = 2e6 + 1e9 * random();
    const supply = 1e6 * (1 + 9 * random());
    return {
      close,
      volumeUsd: close.map(() => level * (0.5 + random())),
      marketCapUsd: close.map((value, day) => value * supply * (1 + day * 1e-4 * random())),
    };
  };
  return {
    firstDay: sampleDay(0),
    days,
    assets: Array.from({ length: assets }, (_, at) => ({
      assetId: at === 0 ? "bitcoin" : `asset-${String(at).padStart(3, "0")}`,
      themes: [],
      sources: [{ source: "sample", isDemo: false, history: dailyHistory(walk()) }],
    })),
  };
}
