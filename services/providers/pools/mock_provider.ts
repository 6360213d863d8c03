import { z } from "zod";
import type { PoolKind, PoolStructure } from "../../defi/pool.ts";
import type { FetchRange, NormalizedPools, PoolProvider, RawPayload } from "../../defi/ports.ts";
import { ratesAt } from "../../defi/yields.ts";
import { DAY_MS, SECOND_MS, type UtcMs, utcMsOf } from "../../kernel/time.ts";
import { hashOf, normalOf, seedOf } from "../demo/noise.ts";
import type { Reading } from "./reading.ts";
import { ReadingCollector } from "./reading_collector.ts";

const NAME = "mock";
const TARGET = "all";
const SEED = 20_260_101;
/** Lending rates of the made-up markets. */
const MODEL = { base: 0, slope1: 0.055, slope2: 0.4, kink: 0.92, reserveFactor: 0.1 };

/** What a made-up pool stands on. */
interface SeedPool {
  readonly protocol: string;
  readonly chain: string;
  readonly symbol: string;
  readonly kind: PoolKind;
  readonly structure: PoolStructure;
  readonly tvlUsd: number;
  readonly apy: number;
  readonly rewardApy: number;
  /** Mean share that is lent; `null` where nothing is. */
  readonly utilization: number | null;
}

const lending = (
  protocol: string,
  chain: string,
  figures: Pick<SeedPool, "symbol" | "tvlUsd" | "utilization"> & { readonly rewardApy?: number },
): SeedPool => ({
  ...{ protocol, chain, kind: "lending", structure: "single", apy: 0, rewardApy: 0 },
  ...figures,
});

const SEEDS: readonly SeedPool[] = [
  lending("demo-lend", "ethereum", { symbol: "USDC", tvlUsd: 1.9e9, utilization: 0.78 }),
  lending("demo-lend", "ethereum", { symbol: "WETH", tvlUsd: 3.1e9, utilization: 0.86 }),
  lending("demo-lend", "arbitrum", { symbol: "USDT", tvlUsd: 2.4e8, utilization: 0.81 }),
  lending("demo-lend", "base", { symbol: "USDC", tvlUsd: 3.6e8, utilization: 0.89 }),
  lending("demo-market", "ethereum", { symbol: "DAI", tvlUsd: 4.2e8, utilization: 0.7 }),
  lending("demo-market", "polygon", {
    ...{ symbol: "USDC", tvlUsd: 6.5e7, utilization: 0.74, rewardApy: 0.012 },
  }),
  {
    ...{ protocol: "demo-stake", chain: "ethereum", symbol: "stETH", kind: "staking" },
    ...{ structure: "single", tvlUsd: 2.2e10, apy: 0.029, rewardApy: 0, utilization: null },
  },
  {
    ...{ protocol: "demo-save", chain: "ethereum", symbol: "sUSDS", kind: "savings" },
    ...{ structure: "single", tvlUsd: 2.4e9, apy: 0.045, rewardApy: 0, utilization: null },
  },
  {
    ...{ protocol: "demo-swap", chain: "ethereum", symbol: "USDC-USDT", kind: "liquidity" },
    ...{ structure: "pegged", tvlUsd: 1.4e8, apy: 0.018, rewardApy: 0.021, utilization: null },
  },
  {
    ...{ protocol: "demo-swap", chain: "base", symbol: "WETH-USDC", kind: "liquidity" },
    ...{ structure: "uncorrelated", tvlUsd: 5.2e7, apy: 0.14, rewardApy: 0.09, utilization: null },
  },
];

const Payload = z.object({ times: z.array(z.number().int()) });

/** Made-up pools, the same in every process: a reading a day of the past, then one each second. */
export class MockPoolProvider implements PoolProvider {
  readonly name = NAME;
  readonly targets = [TARGET];
  readonly minFetchMs: number;

  constructor({ minFetchMs = SECOND_MS }: { readonly minFetchMs?: number } = {}) {
    this.minFetchMs = minFetchMs;
  }

  fetchRaw(
    targets: readonly string[],
    { start, end }: FetchRange,
  ): Promise<readonly RawPayload[]> {
    if (!targets.includes(TARGET)) return Promise.resolve([]);
    const now = end - end % SECOND_MS;
    const times = [now];
    for (let at = now - now % DAY_MS; at >= start; at -= DAY_MS) if (at < now) times.unshift(at);
    return Promise.resolve([{ key: TARGET, body: { times }, fetchedAt: end }]);
  }

  normalize(payloads: readonly RawPayload[]): NormalizedPools {
    const collector = new ReadingCollector(NAME);
    for (const { body } of payloads) {
      for (const [index, at] of Payload.parse(body).times.entries()) {
        for (const seed of SEEDS) collector.add(index + 1, () => readingAt(seed, utcMsOf(at)));
      }
    }
    return collector.result();
  }
}

/** A pool's state at an instant: seasons, days and seconds, all of them made of its name. */
function readingAt(seed: SeedPool, at: UtcMs): Reading {
  const { protocol, chain, symbol, kind, structure } = seed;
  const own = seedOf(SEED, `${protocol} ${chain} ${symbol}`);
  const phase = own / 2 ** 32 * 2 * Math.PI;
  const days = at / DAY_MS;
  const wave = Math.sin(days / 23 + phase) + 0.5 * Math.sin(days / 5.3 + 2 * phase);
  const second = normalOf(hashOf(own, Math.floor(at / SECOND_MS) >>> 0)) / 400;
  const sway = wave + second;
  const isLending = seed.utilization !== null;
  const figures = seed.utilization === null
    ? { supplyRate: seed.apy * (1 + (kind === "savings" ? 0 : 0.12 * sway)) }
    : lentFigures(Math.min(0.995, Math.max(0.02, seed.utilization + 0.05 * sway)));
  return {
    ...{ protocol, chain, symbol, address: `demo-${symbol}` },
    about: { kind, structure, reserveFactor: isLending ? MODEL.reserveFactor : null },
    kink: isLending ? MODEL.kink : null,
    ts: at,
    knownAt: at,
    basis: { kind: "apy" },
    incentiveRate: seed.rewardApy * (1 + 0.1 * sway),
    tvlUsd: seed.tvlUsd * (1 + 0.08 * Math.sin(days / 31 + phase) + 0.02 * second),
    ...figures,
  };
}

function lentFigures(utilization: number) {
  const { borrowRate, supplyRate } = ratesAt(utilization, MODEL);
  return { utilization, borrowRate, supplyRate };
}
