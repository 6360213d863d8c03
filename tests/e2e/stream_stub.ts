/** The stream endpoints of the product, played by a test; everything else is the product's own. */
export interface StreamStub extends AsyncDisposable {
  readonly url: string;
  /** Paths of the streams that are open. */
  readonly open: readonly string[];
  /** How many streams were ever asked for. */
  readonly asked: number;
  /** What streams and requests for prices are answered with. */
  behave(behaviour: { readonly refusesStreams?: boolean; readonly isDown?: boolean }): void;
  /** Sends an event to every open stream of the path. */
  send(path: "prices" | "candles", name: string, data: unknown): void;
  /** Keeps the price, so that requests for prices tell it, and sends it. */
  tick(coinId: string, price: number, options?: { readonly ageMs?: number }): void;
  /** Ends every stream. */
  cut(): void;
}

interface Open {
  readonly path: string;
  readonly controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
}

const encoder = new TextEncoder();

/** Stands between browser and product on a free port. */
export function startStreamStub(productUrl: string): StreamStub {
  const streams = new Set<Open>();
  const quotes = new Map<string, Record<string, unknown>>();
  let asked = 0;
  let eventId = 0;
  let refusesStreams = false;
  let isDown = false;

  function openStream(path: string): Response {
    asked++;
    if (refusesStreams) return new Response("full", { status: 503 });
    let own: Open;
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(controller) {
        own = { path, controller };
        streams.add(own);
        controller.enqueue(encoder.encode("retry: 1000\n\n"));
      },
      cancel: () => void streams.delete(own),
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  }

  async function handle(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    const isStream = pathname.startsWith("/api/stream/");
    if (isDown && pathname.startsWith("/api/")) return new Response(null, { status: 502 });
    if (isStream) return openStream(pathname + search);
    if (pathname === "/api/market/prices") {
      return Response.json({ success: true, data: [...quotes.values()] });
    }
    const headers = new Headers(request.headers);
    headers.delete("accept-encoding");
    return await fetch(productUrl + pathname + search, { headers, redirect: "manual" });
  }

  function send(path: string, name: string, data: unknown): void {
    const text = `id: ${++eventId}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
    for (const stream of streams) {
      if (stream.path.startsWith(`/api/stream/${path}`)) {
        stream.controller.enqueue(encoder.encode(text));
      }
    }
  }

  function cut(): void {
    for (const { controller } of streams) controller.close();
    streams.clear();
  }

  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, handle);
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    get open() {
      return [...streams].map(({ path }) => path);
    },
    get asked() {
      return asked;
    },
    behave(behaviour) {
      refusesStreams = behaviour.refusesStreams ?? false;
      isDown = behaviour.isDown ?? false;
    },
    send,
    tick(coinId, price, { ageMs = 0 } = {}) {
      const asof = new Date(Date.now() - ageMs).toISOString();
      const shared = { coin_id: coinId, price, source: "consolidated", venues: ["binance"] };
      quotes.set(coinId, { ...shared, asof, resolution: "tick", venue_prices: [] });
      send("prices", "price_update", { ...shared, timestamp: asof });
    },
    cut,
    async [Symbol.asyncDispose]() {
      cut();
      await server.shutdown();
    },
  };
}
