import type { PaidRunStore, PaidTarget } from "@/services/defi/ports.ts";

/** Paid runs in memory, which outlive the provider that started them. */
export class MemoryPaidRuns implements PaidRunStore {
  readonly #runs = new Map<string, string>();

  findRun({ provider, target }: PaidTarget): Promise<string | null> {
    return Promise.resolve(this.#runs.get(`${provider} ${target}`) ?? null);
  }

  recordRun({ provider, target }: PaidTarget, runId: string): Promise<void> {
    this.#runs.set(`${provider} ${target}`, runId);
    return Promise.resolve();
  }

  forgetRun({ provider, target }: PaidTarget): Promise<void> {
    this.#runs.delete(`${provider} ${target}`);
    return Promise.resolve();
  }
}
