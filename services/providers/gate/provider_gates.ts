import { z } from "zod";
import { AppError, errorMessage } from "../../kernel/errors.ts";
import type { Secret } from "../../kernel/secret.ts";
import { SECOND_MS, type UtcMs, utcMsOf } from "../../kernel/time.ts";
import { FROZEN_BY_OPERATOR, type ProviderControl, type ProviderStatus } from "../../ops/ports.ts";
import type { JsonValue } from "../../ports/jobs.ts";
import type { Metrics } from "../../ports/metrics.ts";
import type { Clock, HttpClient, Log, Random, Timer } from "../../ports/mod.ts";
import type {
  ProviderRecord,
  ProviderStateStore,
  RawAnswerStore,
} from "../../ports/provider_records.ts";
import type { RedisCommands } from "../../ports/redis.ts";
import type { ProviderHttp } from "../provider_http.ts";
import { FailoverBudgetStore } from "./failover_budget_store.ts";
import { defineGateMetrics } from "./gate_metrics.ts";
import { ProcessBudgetStore } from "./process_budget_store.ts";
import type { ProviderConfig } from "./provider_config.ts";
import { ProviderGate } from "./provider_gate.ts";
import type { ProviderControlState } from "./provider_health.ts";
import { RawKeeper } from "./raw_keeper.ts";
import { RedisBudgetStore } from "./redis_budget_store.ts";

/** How soon a freeze or a thaw in one instance is known to the others. */
export const CONTROL_EVERY_MS = 5 * SECOND_MS;
/** Between two probes of an open breaker, beside its own time open. */
const PROBE_EVERY_MS = SECOND_MS;

export interface ProviderGatesDeps {
  readonly configs: readonly ProviderConfig[];
  /** The HTTP client of a provider, whose errors name it. */
  readonly http: (provider: string) => HttpClient;
  readonly state: ProviderStateStore;
  readonly raw: RawAnswerStore;
  /** Shares the budgets among instances; `null` counts them in this process. */
  readonly redis: RedisCommands | null;
  /** Headers that hold keys, by provider. */
  readonly secretHeaders?: Readonly<Partial<Record<string, Readonly<Record<string, Secret>>>>>;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics;
}

const Control = z.object({
  frozen: z.object({
    status: z.number().int(),
    reason: z.string(),
    at: z.number().int().transform(utcMsOf),
  }).nullable(),
  held_open: z.boolean(),
});

interface Entry {
  readonly gate: ProviderGate;
  /** What the database has, as far as this process knows. */
  kept: string;
  saving: Promise<void> | null;
  cancelProbe: (() => void) | null;
}

/** The gates of all providers: built together, steered by operators, kept over restarts. */
export class ProviderGates implements ProviderControl {
  readonly #deps: ProviderGatesDeps;
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #raw: RawKeeper;
  readonly #budgets: ProcessBudgetStore | FailoverBudgetStore;
  #cancelSync = () => {};
  /** Decisions of this process so far. */
  #saves = 0;
  #isRunning = false;

  constructor(deps: ProviderGatesDeps) {
    this.#deps = deps;
    const { configs, clock, timer, random, log, redis, state } = deps;
    const metrics = defineGateMetrics(deps.metrics, () => this.list());
    const onLost = (lost: number) => metrics.countLostAnswers(lost);
    this.#raw = new RawKeeper({ store: deps.raw, timer, log, onLost });
    this.#budgets = redis
      ? new FailoverBudgetStore({ ...deps, redis: new RedisBudgetStore(redis) })
      : new ProcessBudgetStore({ records: state, log });
    this.#entries = new Map(configs.map((config) => {
      const secretHeaders = deps.secretHeaders?.[config.name] ?? {};
      const gate = new ProviderGate({
        config,
        http: deps.http(config.name),
        budgets: this.#budgets,
        raw: this.#raw,
        clock,
        timer,
        random,
        log,
        metrics,
        secretHeaders,
        onSettled: () => this.#settled(config.name),
      });
      const kept = JSON.stringify(encodeControl(gate.health.control));
      return [config.name, { gate, kept, saving: null, cancelProbe: null }];
    }));
  }

  /** Takes up what was kept, and from then on hears of what other instances decide. */
  async start(): Promise<void> {
    const records = await this.#deps.state.list();
    if (this.#budgets instanceof ProcessBudgetStore) this.#budgets.load(records);
    this.#isRunning = true;
    this.#adopt(records);
    this.#syncLater();
  }

  /** Refuses who waits and writes what must be kept. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#cancelSync();
    for (const { gate, cancelProbe } of this.#entries.values()) {
      cancelProbe?.();
      gate.stop();
    }
    await Promise.allSettled([...this.#entries.values()].map(({ saving }) => saving));
    await this.#raw.flush();
    await this.#budgets.stop();
  }

  /** What a provider's client calls through. Throws `RangeError` for a name that is not listed. */
  http(provider: string): ProviderHttp {
    const entry = this.#entries.get(provider);
    if (!entry) throw new RangeError(`Cannot call "${provider}": not in registry/providers.json`);
    return entry.gate;
  }

  list(): readonly ProviderStatus[] {
    return [...this.#entries.values()].map(({ gate }) => gate.status());
  }

  async thaw(name: string): Promise<boolean> {
    const entry = this.#entry(name);
    const { control } = entry.gate.health;
    if (!control.frozen) return false;
    await this.#decide(entry, { ...control, frozen: null });
    return true;
  }

  async freeze(name: string, reason: string): Promise<void> {
    const entry = this.#entry(name);
    const frozen = { status: FROZEN_BY_OPERATOR, reason, at: this.#deps.clock.now() };
    await this.#decide(entry, { ...entry.gate.health.control, frozen });
  }

  async setBreaker(name: string, state: "open" | "closed"): Promise<void> {
    const entry = this.#entry(name);
    const { gate } = entry;
    // One that opened by itself is closed as well.
    if (state === "closed") gate.health.setBreaker("closed");
    await this.#decide(entry, { ...gate.health.control, isHeldOpen: state === "open" });
  }

  #entry(name: string): Entry {
    const entry = this.#entries.get(name);
    if (entry) return entry;
    throw new AppError("RESOURCE_NOT_FOUND", `No provider is named "${name}"`, {
      details: { candidates: [...this.#entries.keys()] },
    });
  }

  async #decide(entry: Entry, control: ProviderControlState): Promise<void> {
    entry.gate.applyControl(control);
    await this.#save(entry);
  }

  /** After each call: keeps a freeze, and probes a breaker that opened. */
  #settled(name: string): void {
    const entry = this.#entries.get(name);
    if (!entry) return;
    this.#probeLater(entry);
    // Saved again by the next look at the other instances' decisions if it fails.
    if (isUnsaved(entry)) this.#save(entry).catch(() => {});
  }

  #save(entry: Entry): Promise<void> {
    this.#saves++;
    const save = async () => {
      const { provider, health } = entry.gate;
      const control = encodeControl(health.control);
      try {
        await this.#deps.state.saveControl(provider, control);
        entry.kept = JSON.stringify(control);
      } catch (error) {
        const fields = { provider, error: errorMessage(error) };
        this.#deps.log.error("Cannot save how a provider is controlled", fields);
        throw error;
      }
    };
    // One after the other, so that the last decision is what is kept.
    const saving = (entry.saving ?? Promise.resolve()).catch(() => {}).then(save).finally(() => {
      if (entry.saving === saving) entry.saving = null;
    });
    entry.saving = saving;
    return saving;
  }

  #syncLater(): void {
    if (!this.#isRunning) return;
    this.#cancelSync = this.#deps.timer.after(CONTROL_EVERY_MS, () => void this.#sync());
  }

  async #sync(): Promise<void> {
    try {
      const saves = this.#saves;
      const records = await this.#deps.state.list();
      // What was decided here meanwhile is newer.
      if (saves === this.#saves) this.#adopt(records);
    } catch (error) {
      this.#deps.log.warn("Cannot read how providers are controlled", {
        error: errorMessage(error),
      });
    }
    this.#syncLater();
  }

  #adopt(records: readonly ProviderRecord[]): void {
    for (const { provider, control } of records) {
      const entry = this.#entries.get(provider);
      const parsed = Control.safeParse(control).data;
      if (!entry || !parsed || entry.saving) continue;
      if (isUnsaved(entry)) {
        this.#save(entry).catch(() => {});
        continue;
      }
      const { frozen, held_open: isHeldOpen } = parsed;
      entry.gate.applyControl({ frozen, isHeldOpen });
      entry.kept = JSON.stringify(encodeControl(entry.gate.health.control));
    }
  }

  /** While a breaker is open, its provider is asked now and then, though nobody else asks it. */
  #probeLater(entry: Entry): void {
    const { breaker } = entry.gate.health;
    const isOver = breaker.state === "closed" || breaker.isForced;
    if (isOver || entry.cancelProbe || !this.#isRunning) return;
    const { clock, timer } = this.#deps;
    const dueAt: UtcMs = breaker.retryAt ?? clock.now();
    const delayMs = Math.max(PROBE_EVERY_MS, dueAt - clock.now());
    entry.cancelProbe = timer.after(delayMs, async () => {
      await entry.gate.probe();
      entry.cancelProbe = null;
      this.#probeLater(entry);
    });
  }
}

function isUnsaved({ gate, kept }: Entry): boolean {
  return JSON.stringify(encodeControl(gate.health.control)) !== kept;
}

function encodeControl({ frozen, isHeldOpen }: ProviderControlState): JsonValue {
  return { frozen, held_open: isHeldOpen };
}
