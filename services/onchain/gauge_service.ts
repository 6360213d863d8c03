import { errorMessage } from "../kernel/errors.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, type UtcMs, utcMsOf } from "../kernel/time.ts";
import type { Clock, Log, Timer } from "../ports/mod.ts";
import type { GaugeName, Gauges, GaugeSource, GaugeStore } from "./gauges.ts";

/** How long readings are kept. */
export const KEPT_DAYS = 90;
/** Between two readings. */
const EVERY_MS = MINUTE_MS;
const PRUNE_EVERY_MS = HOUR_MS;

/** The newest of a gauge and its past, or why there is none. */
export type GaugeView<Name extends GaugeName> =
  | { readonly enabled: false; readonly reason: string }
  | {
    readonly enabled: true;
    /** `null` before the first reading. */
    readonly latest: Gauges[Name] | null;
    readonly history: readonly Gauges[Name][];
  };

export interface GaugeServiceDeps {
  readonly store: GaugeStore;
  /** The sources there are; a text says why there is none. */
  readonly sources: { readonly [Name in GaugeName]: GaugeSource<Name> | string };
  readonly clock: Clock;
  readonly timer: Timer;
  readonly log: Log;
}

/** Reads the gauges each minute and answers from what is kept. */
export class GaugeService {
  readonly #deps: GaugeServiceDeps;
  readonly #stop = new AbortController();
  #cancel = () => {};
  #turn: Promise<void> = Promise.resolve();
  #prunedAt = 0;

  constructor(deps: GaugeServiceDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#turn = this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#cancel();
    await this.#turn;
  }

  /** The gauge with its past of some days, 90 at most. */
  async view<Name extends GaugeName>(name: Name, days: number): Promise<GaugeView<Name>> {
    const { sources, store, clock } = this.#deps;
    const source: GaugeSource<Name> | string = sources[name];
    if (typeof source === "string") return { enabled: false, reason: source };
    const since = utcMsOf(clock.now() - Math.min(days, KEPT_DAYS) * DAY_MS);
    const history = await store.list(name, since);
    return { enabled: true, latest: history.at(-1) ?? null, history };
  }

  /** Reads every gauge once; one that can't be read keeps its last reading with its age. */
  async readAll(): Promise<void> {
    const { sources: { eth_gas, btc_mempool } } = this.#deps;
    await Promise.all([this.#read(eth_gas), this.#read(btc_mempool)]);
  }

  async #read<Name extends GaugeName>(source: GaugeSource<Name> | string): Promise<void> {
    if (typeof source === "string") return;
    const { store, log } = this.#deps;
    try {
      await store.record(source.name, await source.fetch(this.#stop.signal));
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      log.warn("Cannot read gauge, next try in a minute", {
        gauge: source.name,
        error: errorMessage(error),
      });
    }
  }

  async #run(): Promise<void> {
    await this.readAll();
    await this.#prune(this.#deps.clock.now());
    if (this.#stop.signal.aborted) return;
    this.#cancel = this.#deps.timer.after(EVERY_MS, () => this.#turn = this.#run());
  }

  async #prune(now: UtcMs): Promise<void> {
    if (now - this.#prunedAt < PRUNE_EVERY_MS) return;
    this.#prunedAt = now;
    await this.#deps.store.prune(utcMsOf(now - KEPT_DAYS * DAY_MS));
  }
}
