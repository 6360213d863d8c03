import type { PaidRun, PaidRunStore, PaidTarget } from "@/services/defi/ports.ts";
import type { Clock } from "@/services/ports/mod.ts";

/** Paid runs in memory, which outlive the provider that started them. */
export class MemoryPaidRuns implements PaidRunStore {
  readonly #clock: Clock;
  readonly #runs = new Map<string, PaidRun>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  findRun({ provider, target }: PaidTarget): Promise<PaidRun | null> {
    return Promise.resolve(this.#runs.get(`${provider} ${target}`) ?? null);
  }

  recordRun({ provider, target }: PaidTarget, id: string | null): Promise<void> {
    this.#runs.set(`${provider} ${target}`, { id, startedAt: this.#clock.now() });
    return Promise.resolve();
  }

  forgetRun({ provider, target }: PaidTarget): Promise<void> {
    this.#runs.delete(`${provider} ${target}`);
    return Promise.resolve();
  }
}
