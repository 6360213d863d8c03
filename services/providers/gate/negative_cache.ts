import type { UtcMs } from "../../kernel/time.ts";
import type { ProviderAnswer } from "../provider_http.ts";

/** An absence may end, such as when an exchange lists a new pair. */
const REMEMBERED_MS = 3_600_000;
const MAX_ABSENCES = 10_000;

/** Remembers for an hour what a provider said it does not have; the oldest give way. */
export class NegativeCache {
  readonly #absences = new Map<string, ProviderAnswer<never>>();

  find(key: string, now: UtcMs): ProviderAnswer<never> | null {
    const absence = this.#absences.get(key);
    if (!absence) return null;
    if (now - absence.fetchedAt < REMEMBERED_MS) return absence;
    this.#absences.delete(key);
    return null;
  }

  remember(key: string, absence: ProviderAnswer<never>): void {
    // A map keeps the order of insertion, so that the first key is the oldest.
    this.#absences.delete(key);
    this.#absences.set(key, absence);
    const [oldest] = this.#absences.keys();
    if (this.#absences.size > MAX_ABSENCES && oldest !== undefined) this.#absences.delete(oldest);
  }
}
