import type { UtcMs } from "../kernel/time.ts";
import type { JsonValue } from "../ports/jobs.ts";

/** One question to a provider. */
export interface ProviderRequest<T> {
  /** Path and query below the provider's base address: `/api/v3/klines?symbol=BTCUSDT`. */
  readonly path: string;
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: JsonValue;
  /** Whether it may be asked again after a failure; a GET may if this is left out. */
  readonly isRepeatable?: boolean;
  /** What the call costs of the budgets, 1 if left out. */
  readonly cost?: number;
  /**
   * Names what is asked, without time and keys: `klines/BTCUSDT/5m/1609459200000`. The raw answer
   * is kept under it, and a negative answer is remembered by it.
   */
  readonly key: string;
  /** Reads the parsed JSON. Throws `ProviderError` for what it does not understand. */
  readonly parse: (body: unknown) => T;
  /** Whether a refused request means that there is no such thing (Binance -1121). */
  readonly isAbsence?: (reply: { readonly status: number; readonly body: unknown }) => boolean;
  /** How long to wait for budget before giving up; 0 asks for a place at once. */
  readonly maxWaitMs?: number;
  readonly signal?: AbortSignal;
}

/** An answer; `null` value for an absence that the provider stated. */
export interface ProviderAnswer<T> {
  readonly value: T | null;
  readonly fetchedAt: UtcMs;
  /** The address asked, without query. */
  readonly url: string;
  /** sha-256 of the raw body. */
  readonly checksum: string;
}

/**
 * Calls to one provider, behind its budgets, breaker and schema. Throws `ProviderError`, or
 * `AppError` `RATE_LIMITED` with `retry_after_s` where no budget is left within the wait.
 */
export interface ProviderHttp {
  readonly provider: string;
  fetchJson<T>(request: ProviderRequest<T>): Promise<ProviderAnswer<T>>;
}
