import { AppError } from "../kernel/errors.ts";
import { fingerprint } from "../kernel/fingerprint.ts";
import { giveWay } from "../kernel/give_way.ts";
import { DAY_MS, type IsoDay, isoDayOf, type UtcMs } from "../kernel/time.ts";
import {
  type Asset,
  type Explanation,
  labelOf,
  lastRows,
  type MarketService,
} from "../market/mod.ts";
import type { Clock } from "../ports/mod.ts";
import { changesBetween, type ScoreChange } from "./changes.ts";
import { type DailyPanel, startOfDay } from "./daily_panel.ts";
import { explainScore } from "./explain_score.ts";
import { type Honesty, HonestyKeeper, type HonestyRun } from "./honesty_keeper.ts";
import { reachOf, type ScoreMethod } from "./method.ts";
import { dayWithin, PanelReader, type StoredDays } from "./panel_reader.ts";
import type { RelationStore, ScorePoint, ScoreStore } from "./ports.ts";
import { RunCache } from "./run_cache.ts";
import { type GradesBefore, type Scorecard, type ScoreRun, scoreRun } from "./score_run.ts";

/** The method that answers where none is named. */
export const DEFAULT_METHOD = "v1";
/** Days before the newest one that a first recalculation scores as well. */
export const HISTORY_DAYS = 30;
/** Most days of one recalculation. */
export const MAX_DAYS = 366;
/** A run goes on from the letters of one at most this many days older. */
const LETTERS_LAST_DAYS = 7;
/** Points of an asset's history. */
export const MAX_POINTS = 365;
/** Runs kept in memory, each with its cards. */
const MAX_KEPT_RUNS = 16;

export interface ScoreServiceDeps {
  readonly market: MarketService;
  readonly store: ScoreStore;
  readonly relations: RelationStore;
  /** By version; `DEFAULT_METHOD` among them. */
  readonly methods: ReadonlyMap<string, ScoreMethod>;
  readonly clock: Clock;
}

/** Which scores: a method's, of the last day with candles that was over at `asof`. */
export interface ScoreQuery {
  /** `DEFAULT_METHOD` if left out. */
  readonly method?: string | undefined;
  /** Now, if left out. */
  readonly asof?: UtcMs | undefined;
}

/** A market's scores. */
export interface ScoreBoard {
  /** `null` where nothing is stored up to that day. */
  readonly run: ScoreRun | null;
  readonly method: ScoreMethod;
}

/** An asset's score with what led to it. */
export interface ScoreDetail {
  readonly run: ScoreRun;
  readonly card: Scorecard;
  /** Since the day before; `null` where that day has no scores. */
  readonly change: ScoreChange | null;
  /** From stored runs, oldest first. */
  readonly history: readonly ScorePoint[];
}

/** What to score anew. */
export interface RecalculationQuery extends ScoreQuery {
  /** With `asof`: how many days up to it, at most `MAX_DAYS`; 1 if left out. */
  readonly days?: number | undefined;
}

export interface Recalculation {
  /** Whether other inputs than those of the stored run made it new. */
  readonly isChanged: boolean;
  readonly run: ScoreRun;
}

interface DayOfMethod {
  readonly method: ScoreMethod;
  readonly day: UtcMs;
}

/** Scores of the market at any day, from the candles stored up to it. */
export class ScoreService {
  readonly #deps: ScoreServiceDeps;
  readonly #reader: PanelReader;
  readonly #runs = new RunCache<ScoreRun>(MAX_KEPT_RUNS);
  readonly #honesty: HonestyKeeper;

  constructor(deps: ScoreServiceDeps) {
    this.#deps = deps;
    this.#reader = new PanelReader(deps.market);
    this.#honesty = new HonestyKeeper({ reader: this.#reader, store: deps.relations });
  }

  /** Every way of scoring, the default one first. */
  listMethods(): readonly ScoreMethod[] {
    return [...this.#deps.methods.values()];
  }

  /** A method by its version. Throws `VALIDATION_FAILED` listing those there are. */
  getMethod(version: string = DEFAULT_METHOD): ScoreMethod {
    const method = this.#deps.methods.get(version);
    if (method) return method;
    throw new AppError("VALIDATION_FAILED", `Cannot score by "${version}": no such method`, {
      details: { field: "method", candidates: [...this.#deps.methods.keys()] },
    });
  }

  /** The market's scores. */
  async getBoard(query: ScoreQuery = {}): Promise<ScoreBoard> {
    const method = this.getMethod(query.method);
    const stored = await this.#describe();
    const day = stored && dayWithin(stored, query.asof);
    const run = stored && day !== null ? await this.#runOf(stored, { method, day }) : null;
    return { run, method };
  }

  /** One asset's score. Throws `RESOURCE_NOT_FOUND` where no candle of it is stored by the day. */
  async getDetail(name: string, query: ScoreQuery = {}): Promise<ScoreDetail> {
    const asset = this.#deps.market.resolve(name);
    const { run, method } = await this.getBoard(query);
    const card = run?.cards.find(({ assetId }) => assetId === asset.id);
    if (!run || !card) throw notScored(asset, run?.day ?? null);
    const changes = await this.listChanges({ method: method.version, asof: run.asof });
    const until = run.day;
    const history = await this.#deps.store
      .listPoints(method.version, { assetId: asset.id, until, limit: MAX_POINTS });
    const change = changes.find(({ assetId }) => assetId === asset.id) ?? null;
    return { run, card, change, history };
  }

  /**
   * A figure of an asset's score taken apart, with the newest candles up to that day. Throws
   * `RESOURCE_NOT_FOUND` where the method has no such figure.
   */
  async explain(name: string, figure: string, query: ScoreQuery = {}): Promise<Explanation> {
    const asset = this.#deps.market.resolve(name);
    const { run, method } = await this.getBoard(query);
    const card = run?.cards.find(({ assetId }) => assetId === asset.id);
    if (!run || !card) throw notScored(asset, run?.day ?? null);
    const explained = explainScore(figure, { card, method, members: run.universe.length });
    if (explained === null) {
      throw new AppError(
        "RESOURCE_NOT_FOUND",
        `Cannot explain "${figure}": method "${method.version}" has no such figure`,
      );
    }
    const days = { interval: "1d", to: run.asof, source: card.source } as const;
    const { candles } = await this.#deps.market.getCandles(asset.id, days);
    return { figure, asset: labelOf(asset), rows: lastRows(candles), ...explained };
  }

  /** What moved since the day before; nothing where that day has no scores. */
  async listChanges(query: ScoreQuery = {}): Promise<readonly ScoreChange[]> {
    const method = this.getMethod(query.method);
    const stored = await this.#describe();
    const day = stored && dayWithin(stored, query.asof);
    if (!stored || day === null || day <= stored.firstDay) return [];
    const before = day - DAY_MS as UtcMs;
    return changesBetween(
      await this.#runOf(stored, { method, day: before }),
      await this.#runOf(stored, { method, day }),
    );
  }

  /** The rank correlation of each pillar with the returns that followed, whatever it is. */
  async getHonesty(query: ScoreQuery = {}): Promise<Honesty> {
    const method = this.getMethod(query.method);
    const stored = await this.#describe();
    const to = stored && dayWithin(stored, query.asof);
    return await this.#honesty.read(method, stored && to !== null ? { stored, to } : null);
  }

  /** Measures what `getHonesty` has to have, where candles have changed; how many days it was. */
  async measureHonesty(options: HonestyRun = {}): Promise<number> {
    const stored = await this.#describe();
    return stored ? await this.#honesty.measure(stored, this.listMethods(), options) : 0;
  }

  /**
   * Scores days and keeps their runs; without `asof` the newest day, and those before it that were
   * not scored yet, of every method unless one is named. A run whose inputs have not changed is
   * left as it is.
   */
  async recalculate(
    query: RecalculationQuery,
    { signal, onProgress = () => {} }: {
      signal?: AbortSignal | undefined;
      onProgress?: ((done: number, total: number) => void) | undefined;
    } = {},
  ): Promise<readonly Recalculation[]> {
    const stored = await this.#describe();
    if (!stored) return [];
    const methods = query.method === undefined
      ? this.listMethods()
      : [this.getMethod(query.method)];
    // Scores of the demo market must not stand among real ones.
    if (!stored.isDemo) await this.#deps.store.deleteDemoRuns();
    const plans = await Promise.all(methods.map(async (method) => {
      const days = await this.#daysToScore(stored, { ...query, method });
      return { method, days };
    }));
    const total = plans.reduce((sum, { days }) => sum + days.length, 0);
    const results: Recalculation[] = [];
    for (const { method, days } of plans) {
      const [first, last] = [days[0], days.at(-1)];
      if (first === undefined || last === undefined) continue;
      const panel = await this.#readFor(stored, { method, from: first, to: last });
      for (const day of days) {
        signal?.throwIfAborted();
        results.push(await this.#score(panel, { method, day }));
        onProgress(results.length, total);
        await giveWay();
      }
    }
    return results;
  }

  /** A number that stands for all candles that scores may read: equal numbers, equal scores. */
  async getVersion(): Promise<number> {
    return (await this.#describe())?.version ?? 0;
  }

  async #score(panel: DailyPanel, { method, day }: DayOfMethod): Promise<Recalculation> {
    const run = scoreRun(panel, { method, day, before: await this.#gradesBefore({ method, day }) });
    const known = await this.#deps.store.findRun(run.method, run.day);
    const isChanged = JSON.stringify(known?.lineage) !== JSON.stringify(run.lineage);
    if (isChanged) await this.#deps.store.recordRun(run);
    return { isChanged, run };
  }

  async #daysToScore(
    stored: StoredDays,
    { method, asof, days = 1 }: Omit<RecalculationQuery, "method"> & { method: ScoreMethod },
  ): Promise<readonly UtcMs[]> {
    const last = dayWithin(stored, asof);
    if (last === null) return [];
    const count = asof === undefined ? HISTORY_DAYS : Math.min(days, MAX_DAYS);
    const oldest = Math.max(stored.firstDay, last - (count - 1) * DAY_MS);
    const known = asof === undefined
      ? await this.#deps.store.findLastDay(method.version, isoDayOf(last))
      : null;
    // The newest stored day is scored again: its candles may have been healed since.
    const first = known === null ? oldest : Math.max(oldest, startOfDay(known));
    return Array.from(
      { length: (last - first) / DAY_MS + 1 },
      (_, at) => first + at * DAY_MS as UtcMs,
    );
  }

  /** The run of a day, kept for as long as its candles and the letters before it stand. */
  async #runOf(stored: StoredDays, { method, day }: DayOfMethod): Promise<ScoreRun> {
    const before = await this.#gradesBefore({ method, day });
    const letters = before && fingerprint(JSON.stringify([before.day, ...before.grades]));
    const key = `${method.version} ${day} ${stored.version} ${letters}`;
    return await this.#runs.get(key, async () => {
      const panel = await this.#readFor(stored, { method, from: day, to: day });
      return scoreRun(panel, { method, day, before });
    });
  }

  /** All that the method reads to score the days from `from` to `to`. */
  #readFor(
    stored: StoredDays,
    { method, from, to }: { method: ScoreMethod; from: UtcMs; to: UtcMs },
  ): Promise<DailyPanel> {
    const start = from - (reachOf(method) - 1) * DAY_MS as UtcMs;
    return this.#reader.read(stored, { from: start, to });
  }

  #gradesBefore({ method, day }: DayOfMethod): Promise<GradesBefore | null> {
    return this.#deps.store.findGrades(method.version, {
      from: isoDayOf(day - LETTERS_LAST_DAYS * DAY_MS as UtcMs),
      before: isoDayOf(day),
    });
  }

  #describe(): Promise<StoredDays | null> {
    return this.#reader.describe(this.#deps.clock.now());
  }
}

function notScored({ id, name }: Asset, day: IsoDay | null): AppError {
  const when = day === null ? "" : ` on ${day}`;
  return new AppError("RESOURCE_NOT_FOUND", `${name} has no score${when}: no daily candles`, {
    details: { asset_id: id },
  });
}
