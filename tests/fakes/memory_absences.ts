import type { AbsenceStore, SeriesKey, TimeRange } from "@/services/market/mod.ts";

/** Absences in memory, joined where they meet as in the real stores. */
export class MemoryAbsences implements AbsenceStore {
  readonly #ranges = new Map<string, Map<number, TimeRange>>();

  listAbsences(key: SeriesKey): Promise<readonly TimeRange[]> {
    const ranges = [...this.#of(key).values()].sort((a, b) => a.from - b.from);
    return Promise.resolve(ranges);
  }

  recordAbsence(key: SeriesKey, range: TimeRange): Promise<void> {
    const ranges = this.#of(key);
    const met = [...ranges.values()].find(({ from, to }) => from <= range.from && to >= range.from);
    if (met === undefined) ranges.set(range.from, range);
    else if (met.to < range.to) ranges.set(met.from, { from: met.from, to: range.to });
    return Promise.resolve();
  }

  #of({ assetId, interval, source }: SeriesKey): Map<number, TimeRange> {
    const name = `${assetId} ${interval} ${source}`;
    const ranges = this.#ranges.get(name) ?? new Map<number, TimeRange>();
    this.#ranges.set(name, ranges);
    return ranges;
  }
}
