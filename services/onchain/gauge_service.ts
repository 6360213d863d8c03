import { errorMessage } from "../kernel/errors.ts";
import { DAY_MS, MINUTE_MS, type UtcMs, utcMsOf } from "../kernel/time.ts";
import type { Bus } from "../ports/bus.ts";
import type { Clock, Log } from "../ports/mod.ts";
import { type GaugeHour, hourOf } from "./gauge_hours.ts";
import { GAUGE_METRICS, type GaugeMetric, type GaugePoint, gaugePoint } from "./gauge_metrics.ts";
import {
  GAUGE_TOPIC,
  type GaugeName,
  type Gauges,
  type GaugeSource,
  type GaugeStore,
  type GaugeTry,
} from "./gauges.ts";

/** How long readings are kept. */
export const KEPT_DAYS = 90;
/** Between two readings. */
export const GAUGE_EVERY_MS = MINUTE_MS;
/** Older than this, a newest reading is not what holds now: five readings were missed. */
export const GAUGE_STALE_MS = 5 * MINUTE_MS;
/** Up to so many days readings are shown as they are, beyond by the hour. */
const MINUTE_DAYS = 1;

/** A gauge through time, as fine as its span allows. */
export interface GaugeHistory<Name extends GaugeName> {
  /** `1m`: readings as they came. `1h`: the mean of those of each hour. */
  readonly resolution: "1m" | "1h";
  readonly points: readonly GaugePoint<Name>[];
  /** Least and most of each hour; empty where the resolution is a minute. */
  readonly hours: readonly GaugeHour<Name>[];
}

/** Why a gauge is not read, and the setting that changes it. */
export interface GaugeOff {
  readonly reason: string;
  readonly setting: string;
}

/** The newest of a gauge and its past, or why there is none. */
export type GaugeView<Name extends GaugeName> =
  | { readonly enabled: false } & GaugeOff
  | {
    readonly enabled: true;
    /** Whose figures these are. */
    readonly source: string;
    /** `null` before the first reading. */
    readonly latest: Gauges[Name] | null;
    /** Whether the newest reading is too old to hold now. */
    readonly isStale: boolean;
    /** The newest try, which may have failed since; `null` before the first. */
    readonly tried: GaugeTry | null;
    readonly history: GaugeHistory<Name>;
  };

/** Figures that are made up, for a look at what there would be. Pure: the same for one instant. */
export type GaugeExamples = {
  readonly [Name in GaugeName]: (at: UtcMs) => Gauges[Name];
};

export interface GaugeServiceDeps {
  readonly store: GaugeStore;
  /** The sources there are, or why there is none. */
  readonly sources: { readonly [Name in GaugeName]: GaugeSource<Name> | GaugeOff };
  /** `null` where nothing made up is wanted. */
  readonly examples: GaugeExamples | null;
  /** Hears of each gauge that was read anew, once its reading is stored. */
  readonly bus: Pick<Bus, "publish">;
  readonly clock: Clock;
  readonly log: Log;
}

/** What came of reading all gauges: `null` where one was read, or why it was not. */
export type GaugeReport = Readonly<Partial<Record<GaugeName, string | null>>>;

/** Reads gauges when it is told to, and answers from what is kept. */
export class GaugeService {
  readonly #deps: GaugeServiceDeps;

  constructor(deps: GaugeServiceDeps) {
    this.#deps = deps;
  }

  /** The gauge with its past of some days, 90 at most. */
  async view<Name extends GaugeName>(name: Name, days: number): Promise<GaugeView<Name>> {
    const { store, clock } = this.#deps;
    const source = this.#sourceOf(name);
    if ("reason" in source) return { enabled: false, ...source };
    const [latest, tried, history] = await Promise.all([
      store.findLatest(name),
      store.findTry(name),
      this.#history(name, Math.min(days, KEPT_DAYS)),
    ]);
    const isStale = latest !== null && clock.now() - latest.asof > GAUGE_STALE_MS;
    return { enabled: true, source: source.provider, latest, isStale, tried, history };
  }

  /**
   * The gauge as it might be, made up; `null` where nothing is made up, or any gauge is read: made
   * up ones never stand beside real ones.
   */
  example<Name extends GaugeName>(name: Name, days: number): GaugeView<Name> | null {
    const { examples, sources, clock } = this.#deps;
    const isAnyRead = Object.values(sources).some((source) => !("reason" in source));
    if (examples === null || isAnyRead) return null;
    const make: (at: UtcMs) => Gauges[Name] = examples[name];
    const resolution = days <= MINUTE_DAYS ? "1m" : "1h";
    const stepMs = resolution === "1m" ? GAUGE_EVERY_MS : 60 * GAUGE_EVERY_MS;
    const now = clock.now();
    const newest = now - now % stepMs;
    const count = Math.floor(Math.min(days, KEPT_DAYS) * DAY_MS / stepMs);
    const points = Array.from({ length: count }, (_, at) => {
      const t = utcMsOf(newest - (count - 1 - at) * stepMs);
      return gaugePoint(name, make(t));
    });
    return {
      enabled: true,
      source: "demo",
      latest: make(utcMsOf(now - now % GAUGE_EVERY_MS)),
      isStale: false,
      tried: null,
      history: { resolution, points, hours: [] },
    };
  }

  /** Reads every gauge once; one that can't be read keeps its last reading with its age. */
  async readAll(signal?: AbortSignal): Promise<GaugeReport> {
    const { eth_gas, btc_mempool } = this.#deps.sources;
    const reports = await Promise.all([
      this.#read(eth_gas, signal),
      this.#read(btc_mempool, signal),
    ]);
    return Object.assign({}, ...reports);
  }

  /** Removes what is older than 90 days; how much that was. */
  async prune(): Promise<number> {
    const { store, clock } = this.#deps;
    return await store.prune(utcMsOf(clock.now() - KEPT_DAYS * DAY_MS));
  }

  #sourceOf<Name extends GaugeName>(name: Name): GaugeSource<Name> | GaugeOff {
    return this.#deps.sources[name];
  }

  async #history<Name extends GaugeName>(name: Name, days: number): Promise<GaugeHistory<Name>> {
    const { store, clock } = this.#deps;
    const since = utcMsOf(clock.now() - days * DAY_MS);
    if (days <= MINUTE_DAYS) {
      const readings = days === 0 ? [] : await store.list(name, since);
      const points = readings.map((reading) => gaugePoint(name, reading));
      return { resolution: "1m", points, hours: [] };
    }
    const hours = await store.listHours(name, hourOf(since));
    return { resolution: "1h", points: hours.map((hour) => meanPoint(name, hour)), hours };
  }

  async #read<Name extends GaugeName>(
    source: GaugeSource<Name> | GaugeOff,
    signal: AbortSignal | undefined,
  ): Promise<GaugeReport> {
    if ("reason" in source) return {};
    const { store, clock, log } = this.#deps;
    const at = clock.now();
    try {
      await store.record(source.name, await source.fetch(signal));
    } catch (error) {
      signal?.throwIfAborted();
      const problem = errorMessage(error);
      await store.recordTry(source.name, { at, problem });
      log.warn("Cannot read gauge, next try in a minute", { gauge: source.name, problem });
      return { [source.name]: problem };
    }
    await store.recordTry(source.name, { at, problem: null });
    this.#deps.bus.publish(GAUGE_TOPIC, source.name);
    return { [source.name]: null };
  }
}

function meanPoint<Name extends GaugeName>(
  name: Name,
  { hour, spreads }: GaugeHour<Name>,
): GaugePoint<Name> {
  const metrics: readonly GaugeMetric<Name>[] = GAUGE_METRICS[name];
  const values = Object.fromEntries(metrics.map((it) => [it, spreads[it]?.mean ?? null]));
  return { t: hour, values: values as GaugePoint<Name>["values"] };
}
