import type { Secret } from "@/services/kernel/secret.ts";
import type { JsonValue } from "@/services/ports/jobs.ts";
import type { HttpClient, Random } from "@/services/ports/mod.ts";
import type {
  ProviderRecord,
  ProviderStateStore,
  RawAnswer,
  RawAnswerStore,
} from "@/services/ports/provider_records.ts";
import type { RedisCommands } from "@/services/ports/redis.ts";
import { FetchHttpClient } from "@/services/platform/fetch_http_client.ts";
import type { ProviderConfig } from "@/services/providers/gate/provider_config.ts";
import { ProviderGates } from "@/services/providers/gate/provider_gates.ts";
import type { ProviderRequest } from "@/services/providers/provider_http.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { RecordingMetrics } from "@/tests/fakes/metrics.ts";
import { FakeTimer, settle } from "@/tests/fakes/timer.ts";

export const CONFIG: ProviderConfig = {
  name: "venue",
  label: "Venue",
  priority: 1,
  restUrls: ["http://127.0.0.1:1"],
  streamUrls: [],
  probePath: "/ping",
  budgets: [
    { window: "second", limit: 20, burst: 10 },
    { window: "minute", limit: 300, burst: 100 },
  ],
  limitsSource: "https://venue.test/limits",
  keySetting: null,
  concurrency: 4,
  // Answers are real: none of a server that answers may come too late on a busy machine.
  timeoutMs: 60_000,
  maxBytes: 10_000,
};

/** Keeps providers' state in memory; fails on command, counts the writes. */
export class MemoryProviderState implements ProviderStateStore {
  readonly records = new Map<string, ProviderRecord>();
  isBroken = false;
  writes = 0;

  list(): Promise<readonly ProviderRecord[]> {
    return this.#answer([...this.records.values()]);
  }

  saveBudgets(provider: string, budgets: JsonValue): Promise<void> {
    return this.#save(provider, { budgets });
  }

  saveControl(provider: string, control: JsonValue): Promise<void> {
    return this.#save(provider, { control });
  }

  #save(provider: string, change: Partial<ProviderRecord>): Promise<void> {
    if (!this.isBroken) {
      this.writes++;
      const before = this.records.get(provider) ?? { provider, budgets: null, control: null };
      this.records.set(provider, { ...before, ...change });
    }
    return this.#answer(undefined);
  }

  #answer<T>(value: T): Promise<T> {
    return this.isBroken ? Promise.reject(new Error("the disk is full")) : Promise.resolve(value);
  }
}

/** Keeps raw answers in memory, in the order they came. */
export class MemoryRawAnswers implements RawAnswerStore {
  readonly kept: RawAnswer[] = [];

  keep(answers: readonly RawAnswer[]): Promise<number> {
    this.kept.push(...answers);
    return Promise.resolve(answers.length);
  }

  find(): Promise<RawAnswer | null> {
    return Promise.resolve(null);
  }

  listQuarantined(): Promise<readonly RawAnswer[]> {
    return Promise.resolve(this.kept.filter(({ quarantineReason }) => quarantineReason !== null));
  }

  prune(): Promise<number> {
    return Promise.resolve(0);
  }
}

/** Time and traffic, which several instances may share. */
export interface World {
  readonly clock: FakeClock;
  readonly timer: FakeTimer;
  /** Calls to servers outside the process, which take real time. */
  readonly traffic: { underWay: number };
}

export function createWorld(clock = new FakeClock()): World {
  return { clock, timer: new FakeTimer(clock), traffic: { underWay: 0 } };
}

export interface GateKitOptions {
  readonly config?: Partial<ProviderConfig>;
  readonly http?: HttpClient;
  readonly world?: World;
  readonly state?: MemoryProviderState;
  readonly redis?: RedisCommands | null;
  readonly random?: Random;
  readonly secretHeaders?: Readonly<Record<string, Secret>>;
  readonly secretQuery?: Readonly<Record<string, Secret>>;
}

/** The gate of one provider with a clock that is moved by hand. */
export function gateKit(options: GateKitOptions = {}) {
  const world = options.world ?? createWorld();
  const { clock, timer } = world;
  const log = new RecordingLog();
  const metrics = new RecordingMetrics();
  const state = options.state ?? new MemoryProviderState();
  const raw = new MemoryRawAnswers();
  const config = { ...CONFIG, ...options.config };
  const client = options.http ??
    new FetchHttpClient({ provider: config.name, isNetworkAllowed: true });
  const http: HttpClient = {
    send: (url, request) => underWay(world, client.send(url, request)),
  };
  const { redis = null } = options;
  const gates = new ProviderGates({
    configs: [config],
    http: () => http,
    state,
    raw,
    redis: redis && { send: (command) => underWay(world, redis.send(command)) },
    secretHeaders: { [config.name]: options.secretHeaders ?? {} },
    secretQuery: { [config.name]: options.secretQuery ?? {} },
    clock,
    timer,
    random: options.random ?? (() => 0.5),
    log,
    metrics,
  });
  const status = () => {
    const [only] = gates.list();
    if (!only) throw new RangeError("Cannot find the provider");
    return only;
  };
  const gate = gates.http(config.name);
  return { ...world, gates, gate, log, metrics, state, raw, status };
}

async function underWay<T>({ traffic }: World, call: Promise<T>): Promise<T> {
  traffic.underWay++;
  try {
    return await call;
  } finally {
    traffic.underWay--;
  }
}

export type GateKit = ReturnType<typeof gateKit>;

/** A question whose answer is taken as it is. */
export function ask(
  path: string,
  request: Partial<ProviderRequest<unknown>> = {},
): ProviderRequest<unknown> {
  return { path, key: path, parse: (body) => body, ...request };
}

/** Moves the time on until the promise is settled, at most an hour; answers how it ended. */
export async function drive<T>(
  world: World,
  promise: Promise<T>,
): Promise<PromiseSettledResult<T>> {
  let result: PromiseSettledResult<T> | undefined;
  const settled = Promise.allSettled([promise]).then(([only]) => result = only);
  for (let steps = 0; result === undefined && steps < 36_000; steps++) await pass(world, 100);
  return result ?? await settled;
}

/** Moves the time on; it stands still while a call is under way, whose answer is real. */
export async function pass({ timer, traffic }: World, ms: number): Promise<void> {
  const stepMs = Math.min(ms, 1_000);
  for (let passed = 0; passed < ms; passed += stepMs) {
    await settle();
    while (traffic.underWay > 0) await settle();
    await timer.advance(stepMs);
  }
}
