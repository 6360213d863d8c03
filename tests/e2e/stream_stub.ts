/** What requests are answered with. */
interface Behaviour {
  readonly refusesStreams?: boolean;
  /** Leaves requests for streams without an answer until it behaves otherwise. */
  readonly holdsStreams?: boolean;
  readonly isDown?: boolean;
}

/** More often than a price gets old, however slow the machine is. */
const TRADES_EVERY_MS = 500;

interface OpenStream {
  readonly path: string;
  readonly controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
}

const encoder = new TextEncoder();

/**
 * Stands between browser and product on a free port: the streams and prices are played by a test,
 * everything else is the product's own.
 */
export class StreamStub implements AsyncDisposable {
  readonly #productUrl: string;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #streams = new Set<OpenStream>();
  readonly #quotes = new Map<string, Record<string, unknown>>();
  #behaviour: Behaviour = {};
  #release = Promise.withResolvers<void>();
  #stopTrading = () => {};
  #asked = 0;
  #eventId = 0;

  constructor(productUrl: string) {
    this.#productUrl = productUrl;
    const options = { port: 0, hostname: "127.0.0.1", onListen: () => {} };
    this.#server = Deno.serve(options, (request) => this.#answer(request));
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** Paths of the streams that are open. */
  get open(): readonly string[] {
    return [...this.#streams].map(({ path }) => path);
  }

  /** How many streams were ever asked for. */
  get asked(): number {
    return this.#asked;
  }

  behave(behaviour: Behaviour): void {
    this.#behaviour = behaviour;
    if (behaviour.holdsStreams) return;
    this.#release.resolve();
    this.#release = Promise.withResolvers();
  }

  /** Sends an event to every open stream of the kind. */
  send(kind: "prices" | "candles", name: string, data: unknown): void {
    const text = `id: ${++this.#eventId}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
    for (const { path, controller } of this.#streams) {
      if (path.startsWith(`/api/stream/${kind}`)) controller.enqueue(encoder.encode(text));
    }
  }

  /** Keeps the price, so that requests for prices tell it, and sends it. */
  tick(coinId: string, price: number, { ageMs = 0 } = {}): void {
    const asof = new Date(Date.now() - ageMs).toISOString();
    const shared = { coin_id: coinId, price, source: "consolidated", venues: ["binance"] };
    this.#quotes.set(coinId, { ...shared, asof, resolution: "tick", venue_prices: [] });
    this.send("prices", "price_update", { ...shared, timestamp: asof });
  }

  /** Has the asset trade at this price, so that it never gets old, until the next call or `rest`. */
  trade(coinId: string, price: number, { ageMs = 0 } = {}): void {
    this.rest();
    this.tick(coinId, price, { ageMs });
    const timer = setInterval(() => this.tick(coinId, price, { ageMs }), TRADES_EVERY_MS);
    this.#stopTrading = () => clearInterval(timer);
  }

  /** Nothing is traded any more: the last price gets old. */
  rest(): void {
    this.#stopTrading();
  }

  /** Ends every stream. */
  cut(): void {
    for (const { controller } of this.#streams) controller.close();
    this.#streams.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.rest();
    this.behave({ refusesStreams: true });
    this.cut();
    await this.#server.shutdown();
  }

  async #openStream(path: string): Promise<Response> {
    this.#asked++;
    while (this.#behaviour.holdsStreams) await this.#release.promise;
    if (this.#behaviour.refusesStreams) return new Response("full", { status: 503 });
    let own: OpenStream;
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => {
        own = { path, controller };
        this.#streams.add(own);
        controller.enqueue(encoder.encode("retry: 1000\n\n"));
      },
      cancel: () => void this.#streams.delete(own),
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    const { isDown, holdsStreams } = this.#behaviour;
    const isStream = pathname.startsWith("/api/stream/");
    if (isDown && pathname.startsWith("/api/") && !(isStream && holdsStreams)) {
      return new Response(null, { status: 502 });
    }
    if (isStream) return await this.#openStream(pathname + search);
    if (pathname === "/api/market/prices") {
      return Response.json({ success: true, data: [...this.#quotes.values()] });
    }
    const headers = new Headers(request.headers);
    headers.delete("accept-encoding");
    return await fetch(this.#productUrl + pathname + search, { headers, redirect: "manual" });
  }
}
