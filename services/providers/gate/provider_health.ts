import {
  admit,
  type Breaker,
  closedBreaker,
  forcedOpenBreaker,
  mayCall,
  recordOutcome,
} from "../../kernel/breaker.ts";
import { ProviderError } from "../../kernel/errors.ts";
import { formatUtcMs, type UtcMs } from "../../kernel/time.ts";
import type { ProviderStatus } from "../../ops/ports.ts";
import type { Clock, Log } from "../../ports/mod.ts";
import type { CallEnd } from "./gate_metrics.ts";
import { fullShare, lowerShare, settleShare, type ShareState } from "./share.ts";
import { breakerOutcome } from "./verdict.ts";

export type Frozen = NonNullable<ProviderStatus["frozen"]>;

/** What lasts until an operator changes it, over restarts and in every instance. */
export interface ProviderControlState {
  readonly frozen: Frozen | null;
  readonly isHeldOpen: boolean;
}

type HealthStatus =
  & Pick<
    ProviderStatus,
    "breaker" | "frozen" | "share" | "calls" | "rateLimited" | "failures"
  >
  & Pick<ProviderStatus, "lastSuccessAt" | "lastFailure">;

/** Whether a provider may be called, and how its calls went: breaker, freeze and share. */
export class ProviderHealth {
  readonly #provider: string;
  readonly #clock: Clock;
  readonly #log: Log;
  #breaker: Breaker;
  #frozen: Frozen | null = null;
  #share: ShareState;
  #calls = 0;
  #rateLimited = 0;
  #failures = 0;
  #lastSuccessAt: UtcMs | null = null;
  #lastFailure: ProviderStatus["lastFailure"] = null;

  constructor({ provider, clock, log }: { provider: string; clock: Clock; log: Log }) {
    this.#provider = provider;
    this.#clock = clock;
    this.#log = log;
    this.#breaker = closedBreaker(clock.now());
    this.#share = fullShare(clock.now());
  }

  get breaker(): Breaker {
    return this.#breaker;
  }

  get control(): ProviderControlState {
    return { frozen: this.#frozen, isHeldOpen: this.#breaker.isForced };
  }

  /** Part of the budgets in use, 0.5 to 1. */
  get share(): number {
    this.#share = settleShare(this.#share, this.#clock.now());
    return this.#share.tenths / 10;
  }

  /** Why no call may go out now, or `null`. */
  refusal(): ProviderError | null {
    if (this.#frozen) {
      const { reason, at } = this.#frozen;
      return this.#error(`it is frozen since ${formatUtcMs(at)} (${reason}); thaw it in /ops`);
    }
    if (mayCall(this.#breaker, this.#clock.now())) return null;
    const { isForced, retryAt } = this.#breaker;
    if (isForced) return this.#error("an operator holds its breaker open");
    const until = retryAt === null ? "a probe is under way" : `until ${formatUtcMs(retryAt)}`;
    return this.#error(`its breaker is open, ${until}`);
  }

  /** Takes the breaker's place for a call; `false` if it gives none. */
  admit(): boolean {
    const admitted = admit(this.#breaker, this.#clock.now());
    if (admitted) this.#change(admitted);
    return admitted !== null;
  }

  /** Counts a call that came back, `problem` being why it failed. */
  record(end: CallEnd, problem: string | null): void {
    const now = this.#clock.now();
    this.#calls++;
    const outcome = breakerOutcome(end);
    if (end === "rate_limited") {
      this.#rateLimited++;
      this.#share = lowerShare(this.#share, now);
    }
    if (outcome === "success") this.#lastSuccessAt = now;
    if (outcome === "failure") this.#failures++;
    if (problem !== null) this.noteProblem(problem);
    this.#change(recordOutcome(this.#breaker, { outcome, now }));
  }

  /** Keeps why an answer that arrived could not be used. */
  noteProblem(message: string): void {
    this.#lastFailure = { at: this.#clock.now(), message };
  }

  freeze(frozen: Frozen): void {
    this.#frozen = frozen;
    this.#log.warn("Provider frozen until somebody thaws it", {
      provider: this.#provider,
      status: frozen.status,
      reason: frozen.reason,
    });
  }

  thaw(): void {
    this.#frozen = null;
    this.#log.info("Provider thawed", { provider: this.#provider });
  }

  setBreaker(state: "open" | "closed"): void {
    const now = this.#clock.now();
    this.#change(state === "open" ? forcedOpenBreaker(now) : closedBreaker(now));
  }

  status(): HealthStatus {
    const { state, since, retryAt, isForced } = this.#breaker;
    return {
      breaker: { state, since, retryAt, isForced },
      frozen: this.#frozen,
      share: this.share,
      calls: this.#calls,
      rateLimited: this.#rateLimited,
      failures: this.#failures,
      lastSuccessAt: this.#lastSuccessAt,
      lastFailure: this.#lastFailure,
    };
  }

  #change(next: Breaker): void {
    const before = this.#breaker;
    this.#breaker = next;
    if (next.state === before.state) return;
    const fields = { provider: this.#provider, from: before.state, to: next.state };
    if (next.state === "open") {
      this.#log.warn("Breaker opened", { ...fields, retry_at: next.retryAt });
    } else {
      this.#log.info("Breaker changed", fields);
    }
  }

  #error(reason: string): ProviderError {
    return new ProviderError(
      this.#provider,
      "next_provider",
      `Cannot call ${this.#provider}: ${reason}`,
    );
  }
}
