import { z } from "zod";
import { seededRandom, sleep } from "./soak_faults.ts";

const COINS = ["bitcoin", "ethereum"] as const;
const MIN_STAY_SECONDS = 2;
const MAX_STAY_SECONDS = 20;
const MAX_AWAY_SECONDS = 3;

const Price = z.object({ coin_id: z.string(), price: z.number(), timestamp: z.iso.datetime() });
const Frame = z.object({ type: z.string(), data: z.unknown().optional() });
export type ToldPrice = z.infer<typeof Price>;

type Stay = (seconds: number) => Promise<void>;

/** Readers of the product's streams that come and go: events, WebSockets, and some that stall. */
export class SoakClients {
  readonly #url: string;
  readonly #random: () => number;
  readonly #onPrice: (price: ToldPrice) => void;
  readonly #problems = new Map<string, number>();
  #working: Promise<void>[] = [];
  #isStopped = false;
  #visits = 0;
  #events = 0;

  constructor(
    url: string,
    { seed, onPrice }: { seed: number; onPrice: (price: ToldPrice) => void },
  ) {
    this.#url = url;
    this.#random = seededRandom(seed);
    this.#onPrice = onPrice;
  }

  get counts(): { readonly visits: number; readonly events: number } {
    return { visits: this.#visits, events: this.#events };
  }

  /** What went wrong, with how often; a product that is well refuses and breaks nothing. */
  get problems(): ReadonlyMap<string, number> {
    return this.#problems;
  }

  start(count: number): void {
    const ways: readonly Stay[] = [
      (seconds) => this.#readEvents(seconds),
      (seconds) => this.#readSocket(seconds),
      (seconds) => this.#stall(seconds),
    ];
    this.#working = Array.from({ length: count }, (_, at) => {
      const way = ways[at % ways.length] ?? ((seconds: number) => this.#readEvents(seconds));
      return this.#comeAndGo(way);
    });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#working);
  }

  async #comeAndGo(stay: Stay): Promise<void> {
    while (!this.#isStopped) {
      const seconds = MIN_STAY_SECONDS + this.#random() * (MAX_STAY_SECONDS - MIN_STAY_SECONDS);
      this.#visits++;
      try {
        await stay(seconds);
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        this.#problems.set(problem, (this.#problems.get(problem) ?? 0) + 1);
      }
      await sleep(this.#random() * MAX_AWAY_SECONDS);
    }
  }

  async #readEvents(seconds: number): Promise<void> {
    const body = await this.#openEvents();
    const leave = setTimeout(() => void body.cancel().catch(() => {}), seconds * 1_000);
    let text = "";
    try {
      for (;;) {
        const { done, value } = await body.read();
        if (done) return;
        text += value;
        const events = text.split("\n\n");
        text = events.pop() ?? "";
        for (const event of events) this.#takeEvent(event);
      }
    } finally {
      clearTimeout(leave);
    }
  }

  /** Opens a stream and reads nothing of it. */
  async #stall(seconds: number): Promise<void> {
    const body = await this.#openEvents();
    await sleep(seconds);
    await body.cancel();
  }

  async #openEvents(): Promise<ReadableStreamDefaultReader<string>> {
    const response = await fetch(`${this.#url}/api/stream/prices?coins=${COINS.join()}`);
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      throw new Error(`A stream of events was answered with ${response.status}`);
    }
    return response.body.pipeThrough(new TextDecoderStream()).getReader();
  }

  #takeEvent(event: string): void {
    const data = /^data: (.*)$/m.exec(event)?.[1];
    if (!event.includes("event: price_update") || data === undefined) return;
    this.#takePrice(JSON.parse(data));
  }

  async #readSocket(seconds: number): Promise<void> {
    const address = this.#url.replace("http", "ws");
    const socket = new WebSocket(`${address}/ws/prices?coins=${COINS.join()}`);
    const ended = Promise.withResolvers<void>();
    let isLeaving = false;
    socket.onmessage = ({ data }) => {
      const { type, data: price } = Frame.parse(JSON.parse(data));
      if (type === "price_update") this.#takePrice(price);
    };
    socket.onclose = ({ code }) => {
      if (isLeaving) ended.resolve();
      else ended.reject(new Error(`A WebSocket was closed with ${code}`));
    };
    const leave = setTimeout(() => {
      isLeaving = true;
      socket.close();
    }, seconds * 1_000);
    await ended.promise.finally(() => clearTimeout(leave));
  }

  #takePrice(given: unknown): void {
    this.#events++;
    this.#onPrice(Price.parse(given));
  }
}
