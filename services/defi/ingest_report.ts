import type { NormalizedPools, PoolStore, QuarantinedReading } from "./ports.ts";

/** Errors that a report names. */
const MAX_ERRORS = 100;

/** What came of some readings: every one of them is in exactly one count. */
export interface Taken {
  readonly read: number;
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  /** New readings that wait for the next one to confirm them. */
  readonly held: number;
  readonly quarantined: number;
  readonly errors: readonly QuarantinedReading[];
}

/** Of one run, over all of its targets. */
export interface IngestReport extends Taken {
  readonly provider: string;
  /** Targets that were due and asked for. */
  readonly fetched: readonly string[];
  /** Targets that failed, with the reason. */
  readonly problems: Readonly<Record<string, string>>;
}

/** Stores pools, their readings and what was set aside of an answer: twice is as once. */
export async function keepReadings(
  store: Pick<PoolStore, "upsertPools" | "recordSnapshots" | "recordQuarantine">,
  { pools, snapshots, quarantined }: NormalizedPools,
  answer: { readonly provider: string; readonly target: string },
): Promise<Taken> {
  await store.upsertPools(pools);
  const counts = await store.recordSnapshots(snapshots);
  await store.recordQuarantine(answer, quarantined);
  return {
    read: snapshots.length + quarantined.length,
    ...counts,
    quarantined: quarantined.length,
    errors: quarantined.slice(0, MAX_ERRORS),
  };
}

/** The report of a run that has not begun. */
export function emptyReport(provider: string): IngestReport {
  const none = { read: 0, inserted: 0, updated: 0, unchanged: 0, held: 0, quarantined: 0 };
  return { provider, fetched: [], ...none, errors: [], problems: {} };
}

/** The report with what came of one more target. */
export function addReport(
  report: IngestReport,
  { target, taken }: { readonly target: string; readonly taken: Taken },
): IngestReport {
  return {
    ...report,
    fetched: [...report.fetched, target],
    read: report.read + taken.read,
    inserted: report.inserted + taken.inserted,
    updated: report.updated + taken.updated,
    unchanged: report.unchanged + taken.unchanged,
    held: report.held + taken.held,
    quarantined: report.quarantined + taken.quarantined,
    errors: [...report.errors, ...taken.errors].slice(0, MAX_ERRORS),
  };
}
