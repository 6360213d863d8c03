import { z } from "zod";
import type { Pool, PoolStructure } from "../../defi/pool.ts";
import type { FetchRange, NormalizedPools, PoolProvider, RawPayload } from "../../defi/ports.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, parseUtcMs, type UtcMs, utcMsOf } from "../../kernel/time.ts";
import { readAnswer } from "../answers.ts";
import type { ProviderAnswer, ProviderHttp } from "../provider_http.ts";
import type { Reading } from "./reading.ts";
import { ReadingCollector } from "./reading_collector.ts";
import { RowError } from "./row_fields.ts";

const NAME = "defillama";
const POOLS = "pools";
const CHART = "chart/";
/** Of some twenty thousand, those with the most in them. */
export const MAX_POOLS = 500;
/** Pools below it are not worth their rows. */
const LEAST_TVL_USD = 1_000_000;

const Percent = z.number().nullish().transform((value) =>
  typeof value === "number" ? value / 100 : null
);

const PoolRow = z.object({
  pool: z.string().min(1),
  project: z.string().min(1),
  chain: z.string().min(1),
  symbol: z.string().min(1),
  tvlUsd: z.number(),
  apy: Percent,
  apyBase: Percent,
  apyReward: Percent,
  exposure: z.string().nullish(),
  stablecoin: z.boolean().nullish(),
  ilRisk: z.string().nullish(),
  count: z.int().min(0).max(10_000).nullish(),
  volumeUsd1d: z.number().nullish(),
});
type PoolRow = z.output<typeof PoolRow>;

const ChartRow = z.object({
  timestamp: z.string(),
  tvlUsd: z.number().nullish(),
  apy: Percent,
  apyBase: Percent,
  apyReward: Percent,
});

const Envelope = z.object({ status: z.literal("success"), data: z.array(z.unknown()) });

type Place = Pick<Reading, "protocol" | "chain" | "address" | "symbol" | "about">;

/**
 * DefiLlama's yields: the largest pools at once, and the history of those asked for. No key. A
 * chart does not say whose it is, so the list of pools is fetched with it where it is not known.
 */
export class DefillamaPoolProvider implements PoolProvider {
  readonly name = NAME;
  readonly targets: readonly string[];
  readonly minFetchMs: number;
  readonly retryMs: number;
  readonly #http: ProviderHttp;
  /** Pools whose history is wanted, by DefiLlama's id. */
  readonly #charted: ReadonlySet<string>;
  /** Where those pools are: charts do not say. */
  readonly #places = new Map<string, Place>();
  /** The last answer to each target, and when it first came. */
  readonly #last = new Map<string, { readonly checksum: string; readonly firstAt: UtcMs }>();

  constructor({ http, charts = [], minFetchMs }: {
    readonly http: ProviderHttp;
    /** Pools whose history is fetched too, by DefiLlama's id. */
    readonly charts?: readonly string[];
    readonly minFetchMs?: number;
  }) {
    this.#http = http;
    this.#charted = new Set(charts);
    this.targets = [POOLS, ...charts.map((id) => `${CHART}${id}`)];
    this.minFetchMs = minFetchMs ?? HOUR_MS;
    // Nothing is paid for: what failed, or was cut off by a restart, is soon asked again.
    this.retryMs = minFetchMs ?? 2 * MINUTE_MS;
  }

  async fetchRaw(
    targets: readonly string[],
    { signal }: FetchRange,
  ): Promise<readonly RawPayload[]> {
    const payloads: RawPayload[] = [];
    for (const target of this.#withPlaces(targets)) {
      const { value, ...answer } = await this.#http.fetchJson({
        path: `/${target}`,
        key: target,
        parse: checkEnvelope,
        ...(signal && { signal }),
      });
      const fetchedAt = this.#firstAt(target, answer);
      if (value !== null) payloads.push({ key: target, body: value, fetchedAt });
    }
    return payloads;
  }

  /**
   * When an answer first came: yields are worked out once an hour, and the same list again, to the
   * letter, is no reading of a later time.
   */
  #firstAt(
    target: string,
    { checksum, fetchedAt }: Pick<ProviderAnswer<unknown>, "checksum" | "fetchedAt">,
  ): UtcMs {
    const last = this.#last.get(target);
    if (last?.checksum === checksum) return last.firstAt;
    this.#last.set(target, { checksum, firstAt: fetchedAt });
    return fetchedAt;
  }

  /** The targets, after the list of pools if one of them is a chart that only it can place. */
  #withPlaces(targets: readonly string[]): readonly string[] {
    const isPlaced = (target: string) =>
      target === POOLS || this.#places.has(target.slice(CHART.length));
    return targets.every(isPlaced) ? targets : [POOLS, ...targets.filter((it) => it !== POOLS)];
  }

  normalize(payloads: readonly RawPayload[]): NormalizedPools {
    const collector = new ReadingCollector(NAME);
    for (const { key, body, fetchedAt } of payloads) {
      const rows = checkEnvelope(body).data;
      if (key === POOLS) this.#readPools(rows, { collector, fetchedAt });
      else this.#readChart(key.slice(CHART.length), rows, { collector, fetchedAt });
    }
    return collector.result();
  }

  #readPools(
    rows: readonly unknown[],
    { collector, fetchedAt }: { collector: ReadingCollector; fetchedAt: UtcMs },
  ): void {
    const read: (PoolRow & { readonly line: number })[] = [];
    for (const [index, row] of rows.entries()) {
      const { success, data, error } = PoolRow.safeParse(row);
      if (success) read.push({ ...data, line: index + 1 });
      else collector.setAside(index + 1, issueOf(error));
    }
    const largest = read.filter(({ tvlUsd }) => tvlUsd >= LEAST_TVL_USD)
      .sort((a, b) => b.tvlUsd - a.tvlUsd).slice(0, MAX_POOLS);
    const wanted = new Set([...largest, ...read.filter(({ pool }) => this.#charted.has(pool))]);
    // One reading a minute, so that a fetch that is repeated at once writes nothing.
    const ts = utcMsOf(fetchedAt - fetchedAt % MINUTE_MS);
    for (const row of wanted) {
      if (this.#charted.has(row.pool)) this.#places.set(row.pool, placeOf(row, ts));
      collector.add(row.line, () => readingOf(row, { ts, knownAt: fetchedAt }));
    }
  }

  #readChart(
    id: string,
    rows: readonly unknown[],
    { collector, fetchedAt }: { collector: ReadingCollector; fetchedAt: UtcMs },
  ): void {
    const place = this.#places.get(id);
    for (const [index, row] of rows.entries()) {
      collector.add(index + 1, () => {
        if (!place) throw new RowError(`Cannot place pool ${id}: it is not among those listed`);
        const { success, data, error } = ChartRow.safeParse(row);
        if (!success) throw new RowError(issueOf(error));
        const ts = parseUtcMs(data.timestamp);
        if (ts === null) throw new RowError(`Cannot read timestamp "${data.timestamp}"`);
        return {
          ...place,
          ...yieldsOf(data),
          ts,
          knownAt: fetchedAt,
          basis: { kind: "apy" },
          tvlUsd: data.tvlUsd ?? null,
        };
      });
    }
  }
}

/** Reads one entry of `/pools`, as of an instant. Throws `RowError`. */
export function readPoolEntry(
  entry: unknown,
  times: { readonly ts: UtcMs; readonly knownAt: UtcMs },
): Reading {
  const { success, data, error } = PoolRow.safeParse(entry);
  if (!success) throw new RowError(issueOf(error));
  return readingOf(data, times);
}

function readingOf(
  row: PoolRow,
  { ts, knownAt }: { readonly ts: UtcMs; readonly knownAt: UtcMs },
): Reading {
  return {
    ...placeOf(row, ts),
    ...yieldsOf(row),
    ts,
    knownAt,
    basis: { kind: "apy" },
    tvlUsd: row.tvlUsd,
    volumeUsd: row.volumeUsd1d ?? null,
  };
}

function checkEnvelope(body: unknown): z.output<typeof Envelope> {
  return readAnswer(body, { what: { provider: NAME, name: "yields" }, schema: Envelope });
}

/**
 * Base and reward where they are told apart, else the whole in one figure. The part that is not
 * given is what the other leaves of the whole; without the whole it is not known.
 */
function yieldsOf(
  { apy, apyBase, apyReward }: Pick<PoolRow, "apy" | "apyBase" | "apyReward">,
): Pick<Reading, "supplyRate" | "incentiveRate"> {
  if (apyBase !== null) {
    return { supplyRate: apyBase, incentiveRate: apyReward ?? restOf(apy, apyBase) };
  }
  if (apyReward === null) {
    if (apy === null) throw new RowError("Cannot read apy: none of its figures is given");
    return { supplyRate: apy, incentiveRate: null };
  }
  const supplyRate = restOf(apy, apyReward);
  if (supplyRate === null) throw new RowError("Cannot read apyBase: only the reward is given");
  return { supplyRate, incentiveRate: apyReward };
}

/** What one part leaves of the whole, which is given to five decimals of a percent. */
function restOf(whole: number | null, part: number): number | null {
  if (whole === null) return null;
  const rest = whole - part;
  return Math.abs(rest) < 1e-9 ? 0 : rest;
}

function placeOf(row: PoolRow, ts: UtcMs): Place {
  const { project, chain, pool, symbol, count } = row;
  const about: Partial<Pool> = {
    structure: structureOf(row),
    // It counts one reading a day; to the day, as each fetch would move it otherwise.
    since: typeof count === "number" ? utcMsOf((Math.floor(ts / DAY_MS) - count) * DAY_MS) : null,
  };
  return { protocol: project, chain, address: pool, symbol, about };
}

function structureOf({ exposure, stablecoin, ilRisk }: PoolRow): PoolStructure | null {
  if (exposure === "single") return "single";
  if (exposure !== "multi") return null;
  if (stablecoin) return "pegged";
  return ilRisk === "no" ? "correlated" : "uncorrelated";
}

function issueOf(error: z.ZodError): string {
  const [issue] = error.issues;
  return `Cannot read ${issue?.path.join(".") || "row"}: ${issue?.message}`;
}
