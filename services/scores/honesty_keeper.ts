import { createHash } from "node:crypto";
import { fingerprint } from "../kernel/fingerprint.ts";
import { giveWay } from "../kernel/give_way.ts";
import { DAY_MS, type IsoDay, isoDayOf, type UtcMs } from "../kernel/time.ts";
import type { DailyPanel } from "./daily_panel.ts";
import {
  correlationsOn,
  honestyDays,
  type HonestyRow,
  type Horizon,
  HORIZONS,
  summarizeHonesty,
} from "./honesty.ts";
import { reachOf, type ScoreMethod } from "./method.ts";
import { MAX_PANEL_DAYS, type PanelReader, type StoredDays } from "./panel_reader.ts";
import type { DayRelation, RelationStore } from "./ports.ts";

/** Raised with every change of how a day is measured: all days are then measured anew. */
const MEASURE = 1;
/** Days measured before they are written down: what a killed run loses. */
const DAYS_PER_WRITE = 64;

/** How scores went with what followed. */
export interface Honesty {
  readonly method: string;
  /** The days whose candles were held against each other; `null` without any. */
  readonly from: IsoDay | null;
  readonly to: IsoDay | null;
  readonly rows: readonly HonestyRow[];
  /** Days that belong to the figures and are not measured yet. */
  readonly pending: number;
  /** When the newest of the measured days was measured; `null` without any. */
  readonly measuredAt: UtcMs | null;
}

/** How a run is stopped and followed. */
export interface HonestyRun {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** A day with the horizons that have to be measured on it. */
interface StaleDay {
  readonly day: UtcMs;
  readonly horizons: readonly Horizon[];
}

/**
 * Keeps how the scores of every day went with the returns after it. What a day says never depends
 * on later days, so that figures as of any day are read from the days before it.
 */
export class HonestyKeeper {
  readonly #reader: Pick<PanelReader, "read">;
  readonly #store: RelationStore;
  /** The candles that this process has measured already. */
  #measured: number | null = null;

  constructor({ reader, store }: { reader: Pick<PanelReader, "read">; store: RelationStore }) {
    this.#reader = reader;
    this.#store = store;
  }

  /** The figures of a method up to a day; `within` is `null` where nothing is stored by then. */
  async read(
    method: ScoreMethod,
    within: { readonly stored: StoredDays; readonly to: UtcMs } | null,
  ): Promise<Honesty> {
    const nothing = { from: null, to: null, rows: [], pending: 0, measuredAt: null };
    if (within === null) return { method: method.version, ...nothing };
    const { stored, to } = within;
    const from = oldestDay(stored);
    const first = firstScored(from, method);
    let [pending, measuredAt] = [0, -Infinity];
    const rows: HonestyRow[] = [];
    for (const horizon of HORIZONS) {
      const days = honestyDays({ first, to, horizon });
      const relations = await this.#store.listRelations(method.version, {
        ...{ horizon, first, isDemo: stored.isDemo },
        last: to - horizon * DAY_MS as UtcMs,
      });
      pending += days.length - relations.length;
      for (const one of relations) measuredAt = Math.max(measuredAt, one.measuredAt);
      const correlations = relations.map((one) => one.correlations);
      rows.push(...summarizeHonesty(correlations, { method, horizon }));
    }
    return {
      method: method.version,
      from: isoDayOf(from),
      to: isoDayOf(to),
      rows,
      pending,
      measuredAt: measuredAt === -Infinity ? null : measuredAt as UtcMs,
    };
  }

  /** Measures the days whose candles are others than when they were measured; how many. */
  async measure(
    stored: StoredDays,
    methods: readonly ScoreMethod[],
    run: HonestyRun = {},
  ): Promise<number> {
    if (stored.version === this.#measured) return 0;
    const panel = await this.#reader.read(stored, { from: oldestDay(stored), to: stored.lastDay });
    const values = await valuesByDay(panel);
    let count = 0;
    for (const method of methods) {
      const way = fingerprint(JSON.stringify([MEASURE, method])).toString(36);
      const inputs = values.map((all) => `${way} ${all}`);
      const stale = await this.#staleDays(panel, { method, inputs });
      await this.#measureDays(panel, { method, inputs, stale, isDemo: stored.isDemo, run });
      count += stale.length;
    }
    this.#measured = stored.version;
    return count;
  }

  /** The days to measure, those of the newest figures first; forgets days that are no more. */
  async #staleDays(
    panel: DailyPanel,
    { method, inputs }: { method: ScoreMethod; inputs: readonly string[] },
  ): Promise<readonly StaleDay[]> {
    const first = firstScored(panel.firstDay, method);
    const last = dayAt(panel, panel.days - 1);
    const stale = new Map<UtcMs, Horizon[]>();
    const shown = new Set<UtcMs>();
    for (const horizon of HORIZONS) {
      const known = await this.#store.listInputs(method.version, horizon);
      const until = last - horizon * DAY_MS;
      for (const day of honestyDays({ first, to: last, horizon })) shown.add(day);
      for (let day = first; day <= until; day = day + DAY_MS as UtcMs) {
        if (known.get(day) === inputsOf(inputs, { panel, day, horizon })) continue;
        stale.set(day, [...stale.get(day) ?? [], horizon]);
      }
      const gone = [...known.keys()].filter((day) => day < first || day > until);
      await this.#store.deleteRelations(method.version, { horizon, days: gone });
    }
    return [...stale].map(([day, horizons]) => ({ day, horizons }))
      .toSorted((a, b) => Number(shown.has(b.day)) - Number(shown.has(a.day)) || b.day - a.day);
  }

  async #measureDays(
    panel: DailyPanel,
    { method, inputs, stale, isDemo, run: { signal, onProgress = () => {} } }: {
      method: ScoreMethod;
      inputs: readonly string[];
      stale: readonly StaleDay[];
      isDemo: boolean;
      run: HonestyRun;
    },
  ): Promise<void> {
    for (let from = 0; from < stale.length; from += DAYS_PER_WRITE) {
      const relations: DayRelation[] = [];
      for (const { day, horizons } of stale.slice(from, from + DAYS_PER_WRITE)) {
        const measured = correlationsOn(panel, { method, day, horizons });
        horizons.forEach((horizon, which) => {
          const correlations = Array.from(measured[which] ?? [], (r) => Number.isNaN(r) ? null : r);
          const known = inputsOf(inputs, { panel, day, horizon });
          relations.push({ horizon, day, inputs: known, isDemo, correlations });
        });
        // Readers come first: a day of many assets takes milliseconds.
        await giveWay();
        signal?.throwIfAborted();
      }
      await this.#store.recordRelations(method.version, relations);
      onProgress(Math.min(stale.length, from + DAYS_PER_WRITE), stale.length);
    }
  }
}

/** The first day that is looked at, as far back as one panel reaches from the newest one. */
function oldestDay({ firstDay, lastDay }: StoredDays): UtcMs {
  return Math.max(firstDay, lastDay - (MAX_PANEL_DAYS - 1) * DAY_MS) as UtcMs;
}

/** The first day with all the history that the method looks at. */
function firstScored(oldest: UtcMs, method: ScoreMethod): UtcMs {
  return oldest + (reachOf(method) - 1) * DAY_MS as UtcMs;
}

function dayAt({ firstDay }: DailyPanel, index: number): UtcMs {
  return firstDay + index * DAY_MS as UtcMs;
}

/** What a day was measured from: all up to the end of its horizon. */
function inputsOf(
  inputs: readonly string[],
  { panel, day, horizon }: { panel: DailyPanel; day: UtcMs; horizon: Horizon },
): string {
  return inputs[(day - panel.firstDay) / DAY_MS + horizon] ?? "";
}

/**
 * For each day of the panel what stands for all values up to it: a sha-256 that goes on from day
 * to day. A value that changes makes its own day and all later ones others.
 */
async function valuesByDay(panel: DailyPanel): Promise<readonly string[]> {
  const series = panel.assets.flatMap(({ assetId, themes, sources }) =>
    sources.map(({ source, history }) => ({
      key: fingerprint(JSON.stringify([assetId, themes, source])),
      history,
    }))
  );
  const chain = createHash("sha256");
  const digests: string[] = [];
  const row = new Float64Array(4 * series.length);
  for (let day = 0; day < panel.days; day++) {
    let end = 0;
    for (const { key, history: { close, volumeUsd, supply } } of series) {
      const known = [close[day] ?? NaN, volumeUsd[day] ?? NaN, supply[day] ?? NaN];
      // A source changes nothing on days of which it knows nothing.
      if (known.every(Number.isNaN)) continue;
      row.set([key, ...known], end);
      end += 1 + known.length;
    }
    chain.update(new Uint8Array(row.buffer, 0, end * Float64Array.BYTES_PER_ELEMENT));
    digests.push(chain.copy().digest("base64"));
    if (day % DAYS_PER_WRITE === 0) await giveWay();
  }
  return digests;
}
