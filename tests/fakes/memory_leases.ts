import type { LeaseStore } from "@/services/ports/leases.ts";

/** One lease in memory that never runs out; tests may give it to anybody. */
export class MemoryLeases implements LeaseStore {
  holder: string | null = null;

  acquire(_name: string, { owner }: { owner: string }): Promise<boolean> {
    this.holder ??= owner;
    return Promise.resolve(this.holder === owner);
  }

  release(_name: string, owner: string): Promise<void> {
    if (this.holder === owner) this.holder = null;
    return Promise.resolve();
  }
}
