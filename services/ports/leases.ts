/** A right that one process at a time has, by name, until it runs out. */
export interface LeaseStore {
  /** Takes or extends the lease for `owner`; `false` while another owner holds it. */
  acquire(
    name: string,
    lease: { readonly owner: string; readonly leaseMs: number },
  ): Promise<boolean>;
  /** Gives the lease up if `owner` still holds it. */
  release(name: string, owner: string): Promise<void>;
}
