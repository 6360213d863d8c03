import type { AbsenceStore, SeriesKey, TimeRange } from "@/services/market/mod.ts";

/** Absences in memory, one for each start as in the real stores. */
export class MemoryAbsences implements AbsenceStore {
  readonly #ranges = new Map<string, Map<number, TimeRange>>();

  listAbsences(key: SeriesKey): Promise<readonly TimeRange[]> {
    const ranges = [...this.#of(key).values()].sort((a, b) => a.from - b.from);
    return Promise.resolve(ranges);
  }

  recordAbsence(key: SeriesKey, range: TimeRange): Promise<void> {
    const known = this.#of(key).get(range.from);
    if (known === undefined || known.to < range.to) this.#of(key).set(range.from, range);
    return Promise.resolve();
  }

  #of({ assetId, interval, source }: SeriesKey): Map<number, TimeRange> {
    const name = `${assetId} ${interval} ${source}`;
    const ranges = this.#ranges.get(name) ?? new Map<number, TimeRange>();
    this.#ranges.set(name, ranges);
    return ranges;
  }
}
