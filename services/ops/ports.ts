/** A part of the product that must work for requests to be answered. */
export interface HealthProbe {
  /** `database`, `queue`, `scheduler`. */
  readonly name: string;
  /** Rejects with the reason while the part does not work. */
  check(signal: AbortSignal): Promise<void>;
}
