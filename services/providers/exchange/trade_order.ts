import { MINUTE_MS, SECOND_MS, type UtcMs, utcMsOf } from "../../kernel/time.ts";
import type { VenueTrade } from "./protocol.ts";

/** How long a trade waits for those numbered before it. */
export const REORDER_MS = SECOND_MS / 4;
const MAX_WAITING = 64;
/** Numbers that begin anew come with times well after those of the last ones. */
const RENUMBERED_AFTER_MS = MINUTE_MS;

/** Trades that did not come. */
export interface MissingTrades {
  readonly from: UtcMs;
  readonly to: UtcMs;
  readonly reason: string;
}

interface WaitingTrade {
  readonly trade: VenueTrade;
  readonly since: UtcMs;
}

/** What an order says: what to pass on, in this order. */
export interface OrderSink {
  trade(trade: VenueTrade): void;
  missing(missing: MissingTrades): void;
}

/**
 * Puts the trades of one market into the order of their ids, lets none pass twice, and tells which
 * are missing. Ids must be consecutive; a trade without one (0) passes as it is.
 */
export class TradeOrder {
  readonly #sink: OrderSink;
  /** By id; a map keeps its order, so that the first one has waited longest. */
  readonly #waiting = new Map<number, WaitingTrade>();
  #lastId: number | null = null;
  /** Up to when everything is known: the last trade, or the start of watching. */
  #knownUntil: UtcMs;
  /** The newest id that a heartbeat told of, with its time. */
  #told: { readonly id: number; readonly at: UtcMs; readonly since: UtcMs } | null = null;
  #isInterrupted = false;
  #repeated = 0;

  constructor(sink: OrderSink, { now }: { readonly now: UtcMs }) {
    this.#sink = sink;
    this.#knownUntil = now;
  }

  /** Trades that came again, or after they had been given up. */
  get repeated(): number {
    return this.#repeated;
  }

  /** When to call `settle` for what waits, or `null` if nothing does. */
  get settleAt(): UtcMs | null {
    const since = this.#waitingSince();
    return since === null ? null : utcMsOf(since + REORDER_MS);
  }

  add(trade: VenueTrade, now: UtcMs): void {
    const { tradeId: id, at } = trade;
    if (id === 0) return this.passUncounted(trade);
    if (this.#lastId === null) return this.#first(trade);
    if (this.#isRenumbered(id, at)) {
      this.#report(at, "the venue numbers its trades anew");
      this.#restart();
      return this.#pass(trade);
    }
    if (id <= this.#lastId || this.#waiting.has(id)) {
      this.#repeated++;
      return;
    }
    if (id === this.#lastId + 1) {
      this.#pass(trade);
      return this.#passWaiting();
    }
    this.#waiting.set(id, { trade, since: now });
    if (this.#waiting.size > MAX_WAITING) this.#giveUpWaiting();
  }

  /** A trade whose number says nothing: after a break, those before it may be missing. */
  passUncounted(trade: VenueTrade): void {
    if (this.#isInterrupted) this.#report(trade.at, "disconnected");
    this.#knownUntil = later(this.#knownUntil, trade.at);
    this.#sink.trade(trade);
  }

  /** The venue tells the number of its last trade. */
  told(id: number, { at, now }: { readonly at: UtcMs; readonly now: UtcMs }): void {
    if (this.#lastId === null) {
      // Where trades were watched for and none came, those before the told one may be missing.
      if (this.#isInterrupted) this.#report(at, "disconnected");
      this.#lastId = id;
      this.#knownUntil = later(this.#knownUntil, at);
    } else if (id > this.#lastId) {
      // The first of several keeps its turn: beats that follow must not put it off.
      this.#told = { id, at, since: this.#told?.since ?? now };
      return;
    } else if (id === this.#lastId && this.#waiting.size === 0) {
      this.#knownUntil = later(this.#knownUntil, at);
    }
    this.#isInterrupted = false;
  }

  /** The connection broke: whether trades were missed shows with the next number. */
  interrupt(): void {
    this.#giveUpWaiting();
    this.#isInterrupted = true;
  }

  /** Gives up waiting for a number that would show whether the break lost trades. */
  assumeMissed(now: UtcMs): void {
    if (!this.#isInterrupted) return;
    this.#isInterrupted = false;
    this.#report(now, "disconnected");
    this.#knownUntil = later(this.#knownUntil, now);
  }

  /** Gives up those that did not come in time. */
  settle(now: UtcMs): void {
    const settleAt = this.settleAt;
    if (settleAt !== null && now >= settleAt) this.#giveUpWaiting();
  }

  #giveUpWaiting(): void {
    const trades = [...this.#waiting.values()].map(({ trade }) => trade)
      .sort((a, b) => a.tradeId - b.tradeId);
    this.#waiting.clear();
    for (const trade of trades) {
      this.#reportHole(trade.tradeId - 1, trade.at);
      this.#pass(trade);
    }
    const told = this.#told;
    this.#told = null;
    if (told === null || told.id <= (this.#lastId ?? 0)) return;
    this.#reportHole(told.id, told.at);
    this.#lastId = told.id;
    this.#knownUntil = later(this.#knownUntil, told.at);
  }

  #first(trade: VenueTrade): void {
    if (this.#isInterrupted) this.#report(trade.at, "disconnected");
    this.#pass(trade);
  }

  #isRenumbered(id: number, at: UtcMs): boolean {
    return this.#lastId !== null && id < this.#lastId &&
      at > this.#knownUntil + RENUMBERED_AFTER_MS;
  }

  #restart(): void {
    this.#waiting.clear();
    this.#told = null;
  }

  #pass(trade: VenueTrade): void {
    this.#isInterrupted = false;
    this.#lastId = trade.tradeId;
    this.#knownUntil = trade.at;
    this.#sink.trade(trade);
  }

  #passWaiting(): void {
    while (this.#lastId !== null) {
      const next = this.#waiting.get(this.#lastId + 1);
      if (next === undefined) break;
      this.#waiting.delete(next.trade.tradeId);
      this.#pass(next.trade);
    }
    if (this.#told !== null && this.#told.id <= (this.#lastId ?? 0)) this.#told = null;
  }

  #waitingSince(): UtcMs | null {
    const [first] = this.#waiting.values();
    const told = this.#told?.since ?? null;
    if (first === undefined) return told;
    return told === null || first.since < told ? first.since : told;
  }

  #reportHole(to: number, at: UtcMs): void {
    const from = (this.#lastId ?? 0) + 1;
    if (from > to) return;
    const ids = from === to ? `trade id ${from} is` : `trade ids ${from} to ${to} are`;
    const why = this.#isInterrupted ? "disconnected, " : "";
    this.#report(at, `${why}${ids} missing`);
  }

  #report(to: UtcMs, reason: string): void {
    const from = this.#knownUntil;
    this.#isInterrupted = false;
    this.#sink.missing({ from: from < to ? from : to, to: later(from, to), reason });
  }
}

function later(a: UtcMs, b: UtcMs): UtcMs {
  return a > b ? a : b;
}
