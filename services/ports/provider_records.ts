import type { UtcMs } from "../kernel/time.ts";
import type { JsonValue } from "./jobs.ts";

/** What is kept of a provider from one start to the next. */
export interface ProviderRecord {
  readonly provider: string;
  /** Counts of its budgets, `null` before the first call. */
  readonly budgets: JsonValue;
  /** What operators and refusals set: frozen, held open; `null` for neither. */
  readonly control: JsonValue;
}

export interface ProviderStateStore {
  list(): Promise<readonly ProviderRecord[]>;
  saveBudgets(provider: string, budgets: JsonValue): Promise<void>;
  saveControl(provider: string, control: JsonValue): Promise<void>;
}

/** An answer as it came. */
export interface RawAnswer {
  readonly provider: string;
  /** Names what was asked, without time and keys. */
  readonly key: string;
  /** sha-256 of the body, hexadecimal. */
  readonly checksum: string;
  /** The address asked, without query. */
  readonly url: string;
  readonly status: number;
  readonly body: string;
  readonly fetchedAt: UtcMs;
  /** Why it could not be read; `null` where it could. */
  readonly quarantineReason: string | null;
}

export interface RawAnswerStore {
  /**
   * Keeps the answers, each body once for its provider and key: an equal one again only brings the
   * first one's time and reason up to date. The number of those that are new.
   */
  keep(answers: readonly RawAnswer[]): Promise<number>;
  /** The answer, or `null` if it is not kept. */
  find(
    id: { readonly provider: string; readonly key: string; readonly checksum: string },
  ): Promise<RawAnswer | null>;
  /** Answers that could not be read, newest first. */
  listQuarantined(limit: number): Promise<readonly RawAnswer[]>;
  /**
   * Removes what was last seen before the instant, and the oldest of what is left beyond
   * `maxBytes`, as compressed; the number removed.
   */
  prune(keep: { readonly before: UtcMs; readonly maxBytes: number }): Promise<number>;
}
