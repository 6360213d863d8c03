import { errorMessage } from "../kernel/errors.ts";
import { SECOND_MS, type UtcMs } from "../kernel/time.ts";
import type { Clock } from "../ports/mod.ts";
import type { Capabilities } from "./capabilities.ts";
import type { HealthProbe } from "./ports.ts";

/** A part that has not answered by then counts as not working. */
const PROBE_TIMEOUT_MS = 2_000;

/** One look at the parts serves everybody who asks within this time. */
const PROBE_MAX_AGE_MS = 500;

export interface Health {
  readonly status: "ok" | "degraded";
  readonly versions: Readonly<Record<string, string>>;
  /** Seconds since the start. */
  readonly uptime: number;
}

export interface ProbeResult {
  readonly name: string;
  /** Why it does not work; `null` if it does. */
  readonly problem: string | null;
}

export interface Readiness {
  readonly isReady: boolean;
  readonly checks: readonly ProbeResult[];
}

export interface HealthServiceDeps {
  readonly clock: Clock;
  /** The product and what it stands on: `tokenlysis`, `deno`, `registry`. */
  readonly versions: Readonly<Record<string, string>>;
  readonly probes: readonly HealthProbe[];
  readonly capabilities: Capabilities;
}

/** Says how the process is and what it can do. */
export class HealthService {
  readonly #deps: HealthServiceDeps;
  readonly #startedAt: UtcMs;
  #probed: { readonly at: UtcMs; readonly readiness: Promise<Readiness> } | null = null;

  constructor(deps: HealthServiceDeps) {
    this.#deps = deps;
    this.#startedAt = deps.clock.now();
  }

  /** Alive by the mere answer; `degraded` while a part does not work. */
  async getHealth(): Promise<Health> {
    const { isReady } = await this.getReadiness();
    const { clock, versions } = this.#deps;
    const uptime = (clock.now() - this.#startedAt) / SECOND_MS;
    return { status: isReady ? "ok" : "degraded", versions, uptime };
  }

  /** Whether every part works. */
  getReadiness(): Promise<Readiness> {
    const now = this.#deps.clock.now();
    if (this.#probed === null || now - this.#probed.at >= PROBE_MAX_AGE_MS) {
      this.#probed = { at: now, readiness: this.#probe() };
    }
    return this.#probed.readiness;
  }

  getCapabilities(): Capabilities {
    return this.#deps.capabilities;
  }

  async #probe(): Promise<Readiness> {
    const checks = await Promise.all(this.#deps.probes.map(run));
    return { isReady: checks.every(({ problem }) => problem === null), checks };
  }
}

async function run({ name, check }: HealthProbe): Promise<ProbeResult> {
  const abort = new AbortController();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = new Error(`No answer within ${PROBE_TIMEOUT_MS} ms`);
    abort.abort(error);
    late.reject(error);
  }, PROBE_TIMEOUT_MS);
  try {
    await Promise.race([check(abort.signal), late.promise]);
    return { name, problem: null };
  } catch (error) {
    return { name, problem: errorMessage(error) };
  } finally {
    clearTimeout(timer);
  }
}
