import { backoffMs } from "../../kernel/backoff.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS, type UtcMs } from "../../kernel/time.ts";
import type { FeedState } from "../../market/ports.ts";
import type { Clock, Log, Random, Timer } from "../../ports/mod.ts";
import type { ClientSocket, SocketClient, SocketEnd } from "../../ports/sockets.ts";
import type { BadFrames } from "./bad_frames.ts";
import type { FeedMarkets } from "./feed_markets.ts";
import type { FeedQueue } from "./feed_queue.ts";
import type { VenueMessage, VenueProtocol } from "./protocol.ts";
import { VenueAddresses } from "./venue_addresses.ts";

/** Without a readable frame for this long the connection is given up. */
const SILENT_AFTER_MS = 30 * SECOND_MS;
/** How often a live feed tells when it heard the last frame. */
const TELL_EVERY_MS = 5 * SECOND_MS;
/** Live for this long, a connection has worked, and the next failure is a first one. */
const STABLE_AFTER_MS = MINUTE_MS;
/** Addresses that refuse this place are asked again after this. */
const UNAVAILABLE_MS = HOUR_MS;
/** The least wait after HTTP 429; doubles with each further one, up to an hour. */
const RATE_LIMITED_MS = MINUTE_MS;

const UNAVAILABLE_STATUS = 451;
/** Binance answers 418 to those who went on after 429. */
const RATE_LIMITED_STATUSES: readonly number[] = [429, 418];
/** Failed attempts at one address before the next one gets its turn. */
const ATTEMPTS_PER_ADDRESS = 3;

export interface ExchangeFeedDeps {
  readonly protocol: VenueProtocol;
  readonly sockets: SocketClient;
  readonly markets: FeedMarkets;
  readonly queue: FeedQueue;
  readonly badFrames: BadFrames;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly random: Random;
  readonly log: Log;
}

/** Why we closed a socket, and what is to follow. */
interface Closing {
  readonly reason: string;
  readonly then: "reconnect_now" | "back_off" | "give_up";
  /** What to show until the next attempt. */
  readonly state?: FeedState;
}

/** One socket at a time to one venue: opens it, watches it, and decides what follows its end. */
export class ExchangeFeed {
  readonly #deps: ExchangeFeedDeps;
  readonly #addresses: VenueAddresses;
  readonly #hasEnded = Promise.withResolvers<void>();
  #asked: readonly string[];
  #socket: ClientSocket | null = null;
  #timers: (() => void)[] = [];
  #state: FeedState = "connecting";
  #toldAt = -Infinity;
  #url = "";
  #since: UtcMs;
  #lastFrameAt: UtcMs | null = null;
  #liveSince: UtcMs | null = null;
  #attempts = 0;
  #rateLimits = 0;
  #reason: string | null = null;
  #refusal: string | null = null;
  #hasStarted = false;
  #isStopped = false;
  /** Set once we closed the socket ourselves. */
  #closing: Closing | null = null;

  constructor(deps: ExchangeFeedDeps) {
    this.#deps = deps;
    this.#addresses = new VenueAddresses(deps.protocol.urls);
    this.#asked = deps.markets.names;
    this.#since = deps.clock.now();
  }

  /** Resolves once it is stopped and its socket has ended. */
  get ended(): Promise<void> {
    return this.#hasEnded.promise;
  }

  /** Connects once `before` is done, so that two feeds never hold a socket each. */
  async start(before: Promise<void>): Promise<void> {
    await before;
    this.#hasStarted = true;
    if (this.#isStopped) return this.#hasEnded.resolve();
    if (this.#asked.length === 0) {
      return this.#become("unavailable", "The venue has none of the assets");
    }
    this.#connect();
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#clearTimers();
    this.#deps.markets.stop();
    this.#deps.queue.end();
    // One that never started still has to wait for the one before it.
    if (this.#socket !== null) this.#socket.close();
    else if (this.#hasStarted) this.#hasEnded.resolve();
  }

  #connect(): void {
    const { protocol, sockets } = this.#deps;
    const url = protocol.address(this.#addresses.current, this.#asked);
    this.#url = `${url.origin}${url.pathname}`;
    this.#closing = null;
    this.#liveSince = null;
    this.#refusal = null;
    this.#become(this.#attempts === 0 ? "connecting" : "reconnecting", this.#reason);
    this.#watchSilence();
    this.#socket = sockets.open(url, {
      onOpen: () => this.#opened(),
      onText: (text) => this.#heard(text),
      onEnd: (end) => this.#ended(end),
    });
  }

  #opened(): void {
    const { protocol, timer } = this.#deps;
    if (this.#isStopped) return;
    for (const frame of protocol.subscribe(this.#asked)) this.#socket?.send(frame);
    this.#timers.push(timer.after(protocol.maxConnectionMs, () => {
      this.#close({ reason: "planned reconnect", then: "reconnect_now" });
    }));
  }

  #heard(text: string): void {
    if (this.#isStopped || this.#closing !== null) return;
    const { protocol, clock, badFrames } = this.#deps;
    const message = protocol.read(text);
    const at = clock.now();
    if (message.kind === "bad") {
      badFrames.add({ venue: protocol.venue, frame: text, reason: message.reason, at });
      return;
    }
    this.#lastFrameAt = at;
    this.#follow(message, at);
    // Who shows the feed wants to see that it is alive.
    if (this.#state === "live" && at - this.#toldAt >= TELL_EVERY_MS) this.#become("live", null);
  }

  #follow(message: VenueMessage, now: UtcMs): void {
    const { markets } = this.#deps;
    switch (message.kind) {
      case "trades":
        this.#live();
        return markets.trades(message.trades, now);
      case "heartbeat":
        this.#live();
        return markets.told(message);
      case "subscribed":
        return this.#live();
      case "refused":
        return this.#refused(message);
      case "closing":
        return this.#close({ reason: message.reason, then: "back_off" });
    }
  }

  #live(): void {
    if (this.#liveSince !== null) return;
    this.#liveSince = this.#deps.clock.now();
    this.#become("live", null);
    this.#deps.markets.resume();
    this.#timers.push(this.#deps.timer.after(STABLE_AFTER_MS, () => {
      this.#attempts = 0;
      this.#rateLimits = 0;
    }));
  }

  /** Asks again without the markets that the venue does not have. */
  #refused({ reason, markets }: { readonly reason: string; readonly markets: readonly string[] }) {
    const { log, protocol } = this.#deps;
    log.warn("venue refuses a subscription", { venue: protocol.venue, reason, markets });
    this.#refusal = reason;
    const left = this.#asked.filter((market) => !markets.includes(market));
    // A refusal that names none of ours says nothing about what else to ask; silence ends it.
    if (left.length === this.#asked.length) return;
    this.#asked = left;
    if (left.length === 0) return this.#close({ reason, then: "give_up" });
    for (const frame of protocol.subscribe(left)) this.#socket?.send(frame);
  }

  #close(closing: Closing): void {
    if (this.#closing !== null || this.#socket === null) return;
    this.#closing = closing;
    this.#socket.close();
  }

  #ended(end: SocketEnd): void {
    this.#socket = null;
    this.#clearTimers();
    if (this.#isStopped) return this.#hasEnded.resolve();
    const { markets, log, protocol } = this.#deps;
    markets.interrupt();
    const reason = this.#closing?.reason ?? reasonOf(end);
    log.info("A venue's connection ended", {
      venue: protocol.venue,
      url: this.#url,
      code: end.code,
      reason,
    });
    this.#decide(end, reason);
  }

  #decide({ status }: SocketEnd, reason: string): void {
    const { random } = this.#deps;
    if (this.#closing?.then === "give_up") return this.#unavailable(reason);
    if (this.#closing?.then === "reconnect_now") return this.#again(reason, { delayMs: 0 });
    this.#attempts++;
    if (status === UNAVAILABLE_STATUS) {
      if (this.#addresses.refuse()) return this.#again(reason, { delayMs: 0 });
      return this.#unavailable(reason);
    }
    if (status !== null && RATE_LIMITED_STATUSES.includes(status)) {
      const waitMs = Math.min(HOUR_MS, RATE_LIMITED_MS * 2 ** this.#rateLimits++);
      return this.#again(reason, { delayMs: Math.floor(waitMs * (1 + random() / 4)) });
    }
    if (this.#liveSince === null && this.#attempts % ATTEMPTS_PER_ADDRESS === 0) {
      this.#addresses.next();
    }
    this.#again(reason, { delayMs: backoffMs({ attempt: this.#attempts, random }) });
  }

  #unavailable(reason: string): void {
    this.#become("unavailable", reason);
    // Not at the hour sharp: others that were refused with us come back spread out.
    const delayMs = Math.floor(UNAVAILABLE_MS * (1 + this.#deps.random() / 10));
    this.#later(delayMs, () => {
      this.#addresses.forgive();
      this.#asked = this.#deps.markets.names;
      this.#connect();
    });
  }

  #again(reason: string, { delayMs }: { readonly delayMs: number }): void {
    this.#become(this.#closing?.state ?? "reconnecting", reason);
    this.#later(delayMs, () => this.#connect());
  }

  #watchSilence(): void {
    const { clock, timer } = this.#deps;
    const from = clock.now();
    const check = () => {
      const quietMs = clock.now() - Math.max(from, this.#lastFrameAt ?? from);
      if (quietMs < SILENT_AFTER_MS) {
        this.#timers.push(timer.after(SILENT_AFTER_MS - quietMs, check));
        return;
      }
      const reason = this.#refusal ?? `no readable frame for ${SILENT_AFTER_MS / SECOND_MS} s`;
      this.#close({ reason, then: "back_off", state: "silent" });
    };
    this.#timers.push(timer.after(SILENT_AFTER_MS, check));
  }

  #later(delayMs: number, run: () => void): void {
    this.#timers.push(this.#deps.timer.after(delayMs, run));
  }

  #clearTimers(): void {
    for (const stop of this.#timers) stop();
    this.#timers = [];
  }

  #become(state: FeedState, reason: string | null): void {
    const { queue, clock, protocol, badFrames } = this.#deps;
    if (state !== this.#state) this.#since = clock.now();
    this.#state = state;
    this.#reason = reason;
    this.#toldAt = clock.now();
    queue.status({
      venue: protocol.venue,
      state,
      url: this.#url,
      since: this.#since,
      lastFrameAt: this.#lastFrameAt,
      attempts: this.#attempts,
      reason,
      badFrames: badFrames.count,
    });
  }
}

function reasonOf({ code, reason, status }: SocketEnd): string {
  if (status !== null) return `HTTP ${status}`;
  return reason === "" ? `closed with ${code}` : `closed with ${code}: ${reason}`;
}
