import type { LocalExchange } from "@/tests/exchange/local_exchange.ts";
import type { Relay } from "./soak_relay.ts";

/** Where faults strike. */
export interface FaultSite {
  readonly exchange: LocalExchange;
  readonly relays: Readonly<Record<VenueName, Relay>>;
  /** Lets a provider be called again that froze itself, as its operator would. */
  readonly thaw: (venue: VenueName) => Promise<void>;
}

export const VENUE_NAMES = ["binance", "coinbase"] as const;
export type VenueName = typeof VENUE_NAMES[number];

/** Paths by which the exchange tells the venues apart. */
const PATHS = {
  binance: { stream: "/stream", rest: "/api/v3" },
  coinbase: { stream: "/coinbase", rest: "/products" },
} as const;

/** One thing that goes wrong, at one venue or for as long as `seconds` says. */
interface FaultKind {
  readonly name: string;
  /** How often it is drawn, relative to the others. */
  readonly weight: number;
  /** How long it may last; at once where left out. */
  readonly seconds?: readonly [number, number];
  /** At most so often in one run: what makes the product wait for long by its own rules. */
  readonly limit?: number;
  start(site: FaultSite, venue: VenueName): void | Promise<void>;
  end?(site: FaultSite, venue: VenueName): void | Promise<void>;
}

const NO_FAULTS = { repeatEvery: 0, swapEvery: 0, withholdEvery: 0, garbageEvery: 0 };

/** They last as long as a burst of calls does, such as that of the jobs which heal. */
const REST_KINDS: readonly FaultKind[] = [
  restFault("REST answers 429", { status: 429, retryAfterS: 2 }),
  restFault("REST answers 503", { status: 503 }),
  restFault("REST answers 451", { status: 451 }),
];

/**
 * Everything but HTTP 451 for a handshake, after which a feed rests for an hour, as it should. What
 * the exchange says, or does not, strikes both venues; broken and refused calls the one drawn.
 */
const KINDS: readonly FaultKind[] = [
  { name: "broken with 1006", weight: 2, start: ({ relays }, venue) => relays[venue].cut() },
  {
    name: "broken inside a frame",
    weight: 2,
    start: ({ relays }, venue) => relays[venue].cutInFrame(),
  },
  { name: "closed with 1012", weight: 1, start: ({ exchange }) => exchange.close(1012, "restart") },
  { name: "shutdown announced", weight: 1, start: ({ exchange }) => exchange.announceShutdown() },
  { name: "silent while open", weight: 1, start: ({ exchange }) => exchange.freeze() },
  {
    name: "gone",
    weight: 2,
    seconds: [2, 15],
    start: ({ relays }, venue) => relays[venue].close(),
    end: ({ relays }, venue) => relays[venue].reopen(),
  },
  streamFault("trades repeated", { repeatEvery: 3 }),
  streamFault("trades out of order", { swapEvery: 3 }),
  streamFault("trades skipped", { withholdEvery: 7 }),
  streamFault("garbage and half frames", { garbageEvery: 4 }),
  streamFault("all of it", { repeatEvery: 3, swapEvery: 4, withholdEvery: 9, garbageEvery: 5 }),
  ...REST_KINDS,
  {
    name: "handshakes answered with 503",
    weight: 1,
    seconds: [2, 6],
    start({ exchange, relays }, venue) {
      exchange.refusal = { status: 503, path: PATHS[venue].stream };
      relays[venue].cut();
    },
    end: ({ exchange }) => void (exchange.refusal = null),
  },
  {
    // Each one makes the feed wait for a minute and more, as the venue asks.
    name: "handshakes answered with 429",
    weight: 1,
    seconds: [2, 4],
    limit: 2,
    start({ exchange, relays }, venue) {
      exchange.refusal = { status: 429, path: PATHS[venue].stream };
      relays[venue].cut();
    },
    end: ({ exchange }) => void (exchange.refusal = null),
  },
  {
    name: "handshakes slow",
    weight: 1,
    seconds: [3, 6],
    start({ exchange, relays }, venue) {
      exchange.handshakeDelayMs = 2_000;
      relays[venue].cut();
    },
    end: ({ exchange }) => void (exchange.handshakeDelayMs = 0),
  },
];

function streamFault(name: string, faults: Partial<typeof NO_FAULTS>): FaultKind {
  return {
    name,
    weight: 2,
    seconds: [2, 8],
    start: ({ exchange }) => void (exchange.faults = { ...NO_FAULTS, ...faults }),
    end: ({ exchange }) => void (exchange.faults = NO_FAULTS),
  };
}

function restFault(name: string, refusal: { status: number; retryAfterS?: number }): FaultKind {
  return {
    name,
    weight: 2,
    seconds: [5, 15],
    start({ exchange }, venue) {
      exchange.restRefusal = { ...refusal, path: PATHS[venue].rest };
    },
    async end({ exchange, thaw }, venue) {
      exchange.restRefusal = null;
      await thaw(venue);
    },
  };
}

/** Uniform numbers from 0 to 1, the same for the same seed (SplitMix32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** Seconds between the end of a fault and the next one. */
const PAUSE_SECONDS: readonly [number, number] = [1, 5];

/** Draws a fault every few seconds and lets it strike; the same seed draws the same faults. */
export class FaultPlan {
  readonly #random: () => number;
  readonly #drawn = new Map<string, number>();

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** How often each fault struck. */
  get drawn(): ReadonlyMap<string, number> {
    return this.#drawn;
  }

  /** One fault from its start to its end, and the pause after it; `onRest` one of REST. */
  async strike(
    site: FaultSite,
    { say, onRest = false }: { say: (text: string) => void; onRest?: boolean },
  ): Promise<void> {
    const kind = this.#draw(onRest ? REST_KINDS : KINDS);
    const venue = VENUE_NAMES[Math.floor(this.#random() * VENUE_NAMES.length)] ?? "binance";
    const seconds = kind.seconds === undefined ? 0 : this.#between(kind.seconds);
    const pause = this.#between(PAUSE_SECONDS);
    say(`${venue}: ${kind.name}${seconds > 0 ? ` for ${seconds.toFixed(1)} s` : ""}`);
    this.#drawn.set(kind.name, (this.#drawn.get(kind.name) ?? 0) + 1);
    await kind.start(site, venue);
    await sleep(seconds);
    await kind.end?.(site, venue);
    await sleep(pause);
  }

  #draw(kinds: readonly FaultKind[]): FaultKind {
    const left = kinds.filter(({ name, limit = Infinity }) => (this.#drawn.get(name) ?? 0) < limit);
    let at = this.#random() * left.reduce((sum, { weight }) => sum + weight, 0);
    const drawn = left.find(({ weight }) => (at -= weight) < 0);
    if (drawn === undefined) {
      throw new RangeError("Cannot draw a fault: expected one of any weight");
    }
    return drawn;
  }

  #between([least, most]: readonly [number, number]): number {
    return least + this.#random() * (most - least);
  }
}

export function sleep(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
}
