import { createHash } from "node:crypto";
import { backoffMs } from "../../kernel/backoff.ts";
import { AppError, errorMessage, ProviderError, type RetryClass } from "../../kernel/errors.ts";
import type { Secret } from "../../kernel/secret.ts";
import { SECOND_MS, type UtcMs, utcMsOf } from "../../kernel/time.ts";
import type { ProviderStatus } from "../../ops/ports.ts";
import type { Clock, HttpClient, HttpReply, Log, Random, Timer } from "../../ports/mod.ts";
import type { ProviderAnswer, ProviderHttp, ProviderRequest } from "../provider_http.ts";
import { BaseUrls } from "./base_urls.ts";
import { budgetStatus, maxCost } from "./budget.ts";
import type { BudgetStore } from "./budget_store.ts";
import { CallQueue } from "./call_queue.ts";
import type { GateMetrics } from "./gate_metrics.ts";
import { NegativeCache } from "./negative_cache.ts";
import type { ProviderConfig } from "./provider_config.ts";
import { type ProviderControlState, ProviderHealth } from "./provider_health.ts";
import type { RawKeeper } from "./raw_keeper.ts";
import { readRetryAfter } from "./retry_after.ts";
import { type Exchange, judgeReply, nameOf } from "./verdict.ts";
import { wait } from "./wait.ts";

/** How long a call waits for its turn where it does not say. */
const DEFAULT_WAIT_MS = 30 * SECOND_MS;
/** Tries of one question, beside one at each further address. */
const MAX_TRIES = 3;
/** Least pause after a refusal that does not say how long. */
const LEAST_PAUSE_MS = SECOND_MS;
const UNAVAILABLE_HERE = 451;
const ABORTED: Exchange = { end: "aborted", problem: null, reply: null, body: undefined };

export interface ProviderGateDeps {
  readonly config: ProviderConfig;
  readonly http: HttpClient;
  readonly budgets: BudgetStore;
  readonly raw: RawKeeper;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: GateMetrics;
  /** Headers that hold keys. */
  readonly secretHeaders?: Readonly<Record<string, Secret>>;
  /** Parameters of the address that hold keys, for sources that take them nowhere else. */
  readonly secretQuery?: Readonly<Record<string, Secret>>;
  /** Called after each call, when breaker and freeze stand as they do now. */
  readonly onSettled: () => void;
}

/** What may still be done after a try that failed. */
type NextTry = "none" | "in_line" | "other_address" | "later";

type Try<T> =
  | { readonly answer: ProviderAnswer<T> }
  | { readonly error: Error; readonly next: NextTry };

/** One question, over all of its tries. */
interface Round<T> {
  readonly request: ProviderRequest<T>;
  readonly deadline: UtcMs;
  readonly tries: number;
  /** Addresses that failed in it. */
  readonly tried: Set<string>;
}

interface Sent {
  readonly url: URL;
  readonly baseUrl: string;
  readonly exchange: Exchange;
}

type About = Pick<ProviderAnswer<unknown>, "fetchedAt" | "url" | "checksum">;

/** The one way to a provider: budgets, pauses, breaker, freeze, addresses, raw answers. */
export class ProviderGate implements ProviderHttp {
  readonly provider: string;
  readonly health: ProviderHealth;
  readonly #deps: ProviderGateDeps;
  readonly #urls: BaseUrls;
  readonly #queue: CallQueue;
  readonly #absences = new NegativeCache();

  constructor(deps: ProviderGateDeps) {
    const { config: { name, concurrency, restUrls, budgets }, clock, timer, log } = deps;
    this.provider = name;
    this.#deps = deps;
    this.#urls = new BaseUrls(restUrls);
    this.health = new ProviderHealth({ provider: name, clock, log });
    const owner = { provider: name, limits: budgets };
    this.#queue = new CallQueue({
      provider: name,
      concurrency,
      clock,
      timer,
      refusal: () => this.health.refusal(),
      admit: () => this.health.admit(),
      take: (cost) =>
        deps.budgets.take(owner, { cost, share: this.health.share, now: clock.now() }),
    });
  }

  async fetchJson<T>(request: ProviderRequest<T>): Promise<ProviderAnswer<T>> {
    this.#check(request);
    const now = this.#deps.clock.now();
    const absence = this.#absences.find(request.key, now);
    if (absence) return absence;
    const deadline = utcMsOf(now + (request.maxWaitMs ?? DEFAULT_WAIT_MS));
    const tried = new Set<string>();
    const { method = "GET", isRepeatable = method === "GET" } = request;
    const maxTries = isRepeatable ? MAX_TRIES + this.#deps.config.restUrls.length - 1 : 1;
    for (let tries = 1;; tries++) {
      const round = { request, deadline, tries, tried };
      const result = await this.#try(round);
      if ("answer" in result) return result.answer;
      if (result.next === "none" || tries === maxTries) throw result.error;
      if (result.next === "later") await this.#backOff(round, result.error);
    }
  }

  /** Asks something cheap, to learn whether the provider works. Never throws. */
  async probe(): Promise<void> {
    const { config: { probePath: path }, clock } = this.#deps;
    const request = { path, key: "probe", parse: () => null };
    try {
      await this.#try({ request, deadline: clock.now(), tries: 1, tried: new Set() });
    } catch {
      // No budget or place for it now: the next probe comes.
    }
  }

  status(): ProviderStatus {
    const { config: { name, label, budgets, keySetting }, budgets: store, clock } = this.#deps;
    return {
      name,
      label,
      missingKey: this.#secrets().length === 0 ? keySetting : null,
      ...this.health.status(),
      budgets: budgetStatus(budgets, { counts: store.counts(name), now: clock.now() }),
      countedBy: store.countedBy,
      pausedUntil: this.#queue.pausedUntil,
      urls: this.#urls.status(),
    };
  }

  /** Takes over what an operator, or another instance, decided. */
  applyControl({ frozen, isHeldOpen }: ProviderControlState): void {
    const before = this.health.control;
    if (frozen && !before.frozen) this.health.freeze(frozen);
    if (!frozen && before.frozen) {
      this.health.thaw();
      this.#urls.forgive();
      this.#queue.resume();
    }
    if (isHeldOpen !== before.isHeldOpen) this.health.setBreaker(isHeldOpen ? "open" : "closed");
    this.#queue.wake();
  }

  /** Refuses everybody who waits; calls under way come to their end. */
  stop(): void {
    this.#queue.stop(this.#error("never", `Cannot call ${this.provider}: shutting down`));
  }

  #check({ path, cost = 1 }: Pick<ProviderRequest<unknown>, "path" | "cost">): void {
    if (!path.startsWith("/")) throw new RangeError(`Cannot ask "${path}": expected a path`);
    const most = maxCost(this.#deps.config.budgets);
    if (!(Number.isInteger(cost) && cost >= 1 && cost <= most)) {
      throw new RangeError(`Cannot spend ${cost} on ${this.provider}: expected 1 to ${most}`);
    }
  }

  async #backOff<T>({ request, deadline, tries }: Round<T>, error: Error): Promise<void> {
    const { clock, timer, random } = this.#deps;
    const delayMs = backoffMs({ attempt: tries, random });
    if (clock.now() + delayMs > deadline) throw error;
    await wait(delayMs, { timer, signal: request.signal });
  }

  async #try<T>(round: Round<T>): Promise<Try<T>> {
    const { request, deadline } = round;
    const { clock, metrics, onSettled } = this.#deps;
    await this.#queue.enter({ cost: request.cost ?? 1, deadline, signal: request.signal });
    const sentAt = clock.now();
    const baseUrl = this.#urls.best(sentAt);
    const url = new URL(`${baseUrl}${request.path}`);
    let exchange = ABORTED;
    let next: NextTry = "none";
    try {
      exchange = await this.#exchange(url, request);
      next = this.#conclude(round, { url, baseUrl, exchange });
    } finally {
      // The next in line goes out last, when it may already have to wait or be refused.
      this.health.record(exchange.end, exchange.problem);
      metrics.countCall(this.provider, { end: exchange.end, durationMs: clock.now() - sentAt });
      onSettled();
      this.#queue.leave();
    }
    return this.#finish(round, { url, baseUrl, exchange }, next);
  }

  /** Sends it and sorts the answer; throws only for an abort and where the network is off. */
  async #exchange<T>(url: URL, request: ProviderRequest<T>): Promise<Exchange> {
    try {
      const reply = await this.#send(url, request);
      return judgeReply(reply, { url, secrets: this.#secrets(), ...request });
    } catch (error) {
      if (!(error instanceof ProviderError) || error.retryClass === "never") throw error;
      return { end: "unreachable", problem: error.message, reply: null, body: undefined };
    }
  }

  #secrets(): readonly Secret[] {
    const { secretHeaders = {}, secretQuery = {} } = this.#deps;
    return [...Object.values(secretHeaders), ...Object.values(secretQuery)];
  }

  #send<T>(url: URL, { method, headers, body, signal }: ProviderRequest<T>): Promise<HttpReply> {
    const { http, config: { timeoutMs, maxBytes }, secretHeaders = {}, secretQuery = {} } =
      this.#deps;
    // Added last: the address that is kept, logged and named is the one without.
    const asked = new URL(url);
    for (const [name, value] of Object.entries(secretQuery)) {
      asked.searchParams.set(name, value.reveal());
    }
    const secrets = Object.entries(secretHeaders).map(([name, value]) => [name, value.reveal()]);
    const json = body === undefined ? null : JSON.stringify(body);
    return http.send(asked, {
      headers: {
        accept: "application/json",
        ...(json === null ? {} : { "content-type": "application/json" }),
        ...headers,
        ...Object.fromEntries(secrets),
      },
      timeoutMs,
      maxBytes,
      ...(method ? { method } : {}),
      ...(json === null ? {} : { body: json }),
      ...(signal ? { signal } : {}),
    });
  }

  /** Draws the consequences of an answer for the calls after it. */
  #conclude<T>(round: Round<T>, { baseUrl, exchange: { end, problem, reply } }: Sent): NextTry {
    switch (end) {
      case "ok":
      case "absent":
      case "client_error":
        this.#urls.works(baseUrl);
        return "none";
      case "rate_limited":
        this.#pause(round, reply);
        return "in_line";
      case "refused":
        return this.#shutOut(baseUrl, { status: reply?.status ?? 0, reason: problem ?? end });
      default:
        round.tried.add(baseUrl);
        this.#urls.fails(baseUrl, { problem: problem ?? end, now: this.#deps.clock.now() });
        // An overloaded provider says by it when to come again.
        if (reply?.headers.has("retry-after")) this.#pause(round, reply);
        return this.#urls.hasUntried(round.tried) ? "other_address" : "later";
    }
  }

  #pause<T>({ tries }: Round<T>, reply: HttpReply | null): void {
    const now = this.#deps.clock.now();
    const asked = readRetryAfter(reply?.headers.get("retry-after") ?? null, now);
    const ownMs = LEAST_PAUSE_MS + backoffMs({ attempt: tries, random: this.#deps.random });
    this.#queue.pause(asked ?? utcMsOf(now + ownMs));
  }

  /** An address that does not serve this place gives way to the next; else all is frozen. */
  #shutOut(baseUrl: string, { status, reason }: { status: number; reason: string }): NextTry {
    const at = this.#deps.clock.now();
    if (status === UNAVAILABLE_HERE) {
      if (this.#urls.refuses(baseUrl, { problem: reason, now: at })) return "other_address";
    } else {
      this.#urls.fails(baseUrl, { problem: reason, now: at });
    }
    // Calls that were under way together are refused together: one freeze is enough.
    if (!this.health.control.frozen) this.health.freeze({ status, reason, at });
    return "none";
  }

  #finish<T>({ request }: Round<T>, sent: Sent, next: NextTry): Try<T> {
    const { url, exchange } = sent;
    const checksum = sha256(exchange.reply?.body ?? "");
    const about = { fetchedAt: this.#deps.clock.now(), url: nameOf(url), checksum };
    if (exchange.end === "ok") return this.#read(request, { exchange, about });
    if (exchange.end === "absent") {
      const absence = { value: null, ...about };
      this.#absences.remember(request.key, absence);
      return { answer: absence };
    }
    const { problem } = exchange;
    if (exchange.end === "unreadable") this.#keep(request, { exchange, about, problem });
    this.#deps.log.warn("Provider call failed", {
      provider: this.provider,
      key: request.key,
      problem,
    });
    return { error: this.#errorOf(exchange), next };
  }

  /** Parses it, keeps it, and quarantines what does not parse. */
  #read<T>(
    request: ProviderRequest<T>,
    { exchange, about }: { exchange: Exchange; about: About },
  ): Try<T> {
    try {
      const value = request.parse(exchange.body);
      this.#keep(request, { exchange, about, problem: null });
      return { answer: { value, ...about } };
    } catch (cause) {
      const problem = errorMessage(cause);
      this.#keep(request, { exchange, about, problem });
      this.health.noteProblem(problem);
      this.#deps.log.warn("Provider answer quarantined", {
        provider: this.provider,
        key: request.key,
        problem,
      });
      const message = `Cannot read ${request.key} of ${this.provider}: ${problem}`;
      const isTyped = cause instanceof ProviderError;
      const error = isTyped ? cause : this.#error("failover_with_penalty", message, cause);
      return { error, next: "none" };
    }
  }

  #keep<T>(
    { key }: ProviderRequest<T>,
    { exchange, about, problem }: { exchange: Exchange; about: About; problem: string | null },
  ): void {
    const { status = 0, body = "" } = exchange.reply ?? {};
    const answer = { provider: this.provider, key, status, body, ...about };
    this.#deps.raw.keep({ ...answer, quarantineReason: problem });
  }

  #errorOf({ end, problem }: Exchange): Error {
    const message = `Cannot call ${this.provider}: ${problem ?? end}`;
    switch (end) {
      case "rate_limited": {
        const waitMs = (this.#queue.pausedUntil ?? 0) - this.#deps.clock.now();
        const retry_after_s = Math.max(1, Math.ceil(waitMs / SECOND_MS));
        return new AppError("RATE_LIMITED", message, {
          details: { provider: this.provider, retry_after_s },
        });
      }
      case "client_error":
        return this.#error("never", message);
      case "refused":
        return this.#error("next_provider", message);
      default:
        return this.#error("failover_with_penalty", message);
    }
  }

  #error(retryClass: RetryClass, message: string, cause?: unknown): ProviderError {
    return new ProviderError(this.provider, retryClass, message, { cause });
  }
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
