import type { AssetId } from "../../market/assets.ts";
import type { FeedEvent, FeedGap, FeedStatus, Tick } from "../../market/ports.ts";
import { type UtcMs, utcMsOf } from "../../kernel/time.ts";

const MAX_TICKS = 20_000;
const MAX_EVENTS = 1_000;

interface LostRange {
  readonly from: UtcMs;
  readonly to: UtcMs;
}

/**
 * What waits for a reader, bounded. Ticks that come before the reader's turn are one event; a later
 * status takes the place of one that nobody read, if no tick or gap came between or it says the
 * same. If the reader is too slow all that waits is given up and told as one gap per asset, so that
 * what is missing can be healed.
 */
export class FeedQueue {
  readonly #venue: string;
  readonly #maxTicks: number;
  #events: FeedEvent[] = [];
  /** The batch at the end of the queue, still growing. */
  #batch: Tick[] | null = null;
  #tickCount = 0;
  readonly #lost = new Map<AssetId, LostRange>();
  #hasEnded = false;
  #wake: (() => void) | null = null;

  constructor({ venue, maxTicks = MAX_TICKS }: { venue: string; maxTicks?: number }) {
    this.#venue = venue;
    this.#maxTicks = maxTicks;
  }

  tick(tick: Tick): void {
    if (this.#hasEnded) return;
    if (this.#tickCount >= this.#maxTicks) this.#giveUp();
    if (this.#batch === null) {
      const batch: Tick[] = [];
      this.#add({ kind: "ticks", ticks: batch });
      this.#batch = batch;
    }
    this.#batch.push(tick);
    this.#tickCount++;
  }

  gap(gap: FeedGap): void {
    this.#batch = null;
    this.#add({ kind: "gap", gap });
  }

  status(status: FeedStatus): void {
    const known = this.#events.findLastIndex(({ kind }) => kind === "status");
    const unread = this.#events[known];
    // That a feed is still as it was does not break up what comes before and after.
    if (unread?.kind === "status" && isRepeated(unread.status, status)) {
      this.#events[known] = { kind: "status", status };
      return;
    }
    this.#batch = null;
    if (this.#events.at(-1)?.kind === "status") this.#events.pop();
    this.#add({ kind: "status", status });
  }

  /** Lets the reader have what waits, and then end. */
  end(): void {
    this.#hasEnded = true;
    this.#wakeUp();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<FeedEvent> {
    for (;;) {
      const events = this.#takeAll();
      for (const event of events) yield event;
      if (events.length > 0) continue;
      if (this.#hasEnded) return;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  #takeAll(): readonly FeedEvent[] {
    const lost = [...this.#lost].map(([assetId, { from, to }]): FeedEvent => ({
      kind: "gap",
      gap: {
        venue: this.#venue,
        assetIds: [assetId],
        from,
        to,
        reason: "the reader was too slow",
      },
    }));
    const events = [...lost, ...this.#events];
    this.#lost.clear();
    this.#events = [];
    this.#batch = null;
    this.#tickCount = 0;
    return events;
  }

  #add(event: FeedEvent): void {
    if (this.#hasEnded) return;
    if (this.#events.length >= MAX_EVENTS) this.#giveUp();
    this.#events.push(event);
    this.#wakeUp();
  }

  #giveUp(): void {
    for (const event of this.#events) {
      if (event.kind === "ticks") {
        for (const { assetId, at } of event.ticks) this.#lose(assetId, { from: at, to: at });
      } else if (event.kind === "gap") {
        for (const assetId of event.gap.assetIds) this.#lose(assetId, event.gap);
      }
    }
    const last = this.#events.findLast(({ kind }) => kind === "status");
    this.#events = last === undefined ? [] : [last];
    this.#batch = null;
    this.#tickCount = 0;
  }

  #lose(assetId: AssetId, { from, to }: LostRange): void {
    const known = this.#lost.get(assetId);
    this.#lost.set(assetId, {
      from: utcMsOf(Math.min(from, known?.from ?? from)),
      to: utcMsOf(Math.max(to, known?.to ?? to)),
    });
  }

  #wakeUp(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}

/** Whether nothing is new but the time of the last frame. */
function isRepeated(before: FeedStatus, { state, since, attempts, reason }: FeedStatus): boolean {
  return before.state === state && before.since === since && before.attempts === attempts &&
    before.reason === reason;
}
