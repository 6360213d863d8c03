import { StreamEndpoints, type ValueStreams } from "@/routes/(_api)/streams.ts";
import { priceValue, STREAM_TOPICS } from "@/routes/(_api)/stream_wire.ts";
import { type AssetId, AssetRegistry } from "@/services/market/mod.ts";
import { BEAT_MS, StreamHub } from "@/services/streams/mod.ts";
import { assert } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { FakeTimer } from "@/tests/fakes/timer.ts";
import { aliasRow, assetRow, sampleRegistry } from "@/tests/unit/market/assets_sample.ts";

const HOST = "127.0.0.1";
/** Assets beside the named ones, enough for more than one connection may carry. */
const MORE_ASSETS = Array.from({ length: 60 }, (_, at) => `coin-${at}`);
const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** What is waited for comes on every machine, at last: the limit only ends what never comes. */
const LOOKS = 36_000;

/** Waits until something holds that a real connection brings about. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  for (let attempt = 0; !holds(); attempt++) {
    assert(attempt < LOOKS, `Waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A client's WebSocket frame with a short text, masked by nothing. */
export function textFrame(text: string): Uint8Array<ArrayBuffer> {
  const bytes = encoder.encode(text);
  assert(bytes.length < 126, "Expected a short text");
  return new Uint8Array([0x81, 0x80 | bytes.length, 0, 0, 0, 0, ...bytes]);
}

/** The product's stream endpoints behind a real server, at a pace that the test sets. */
export class StreamServer implements AsyncDisposable {
  readonly hub: StreamHub;
  readonly endpoints: StreamEndpoints;
  readonly timer = new FakeTimer(new FakeClock(Date.UTC(2026, 0, 1)));
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #open = new Set<{ abort(): void }>();
  #gone: (() => void)[] = [];

  constructor(
    { maxStreams = 100, idleTimeoutS, values }: {
      maxStreams?: number;
      idleTimeoutS?: number;
      values?: ValueStreams;
    } = {},
  ) {
    const { timer } = this;
    this.hub = new StreamHub(STREAM_TOPICS, { clock: timer, timer, instance: "one" });
    const registry = new AssetRegistry(sampleRegistry({
      assets: [
        assetRow("bitcoin", { symbol: "BTC" }),
        assetRow("ethereum", { symbol: "ETH" }),
        assetRow("uniswap", { symbol: "UNI" }),
        assetRow("unicorn-token", { symbol: "UNI" }),
        ...MORE_ASSETS.map((id) => assetRow(id, { symbol: id.toUpperCase() })),
      ],
      asset_aliases: [aliasRow("xbt", "bitcoin")],
    }));
    this.endpoints = new StreamEndpoints({
      hub: this.hub,
      clock: timer,
      resolve: (name) => registry.resolve(name),
      maxStreams,
      ...idleTimeoutS !== undefined && { idleTimeoutS },
      ...values !== undefined && { values },
    });
    this.#server = Deno.serve(
      { hostname: HOST, port: 0, onListen: () => {} },
      (request) => this.endpoints.handle(request) ?? new Response(null, { status: 404 }),
    );
  }

  get port(): number {
    return this.#server.addr.port;
  }

  /** Publishes prices and lets the hub send them. */
  async publish(prices: Readonly<Record<string, number>>): Promise<void> {
    this.hub.publish(
      "prices",
      Object.entries(prices).map(([assetId, priceUsd]) => {
        const asof = this.timer.now();
        return priceValue({
          ...{ assetId: assetId as AssetId, priceUsd, asof, source: "consolidated" },
          ...{ venues: [], excluded: [], market: null },
        });
      }),
    );
    await this.timer.advance(BEAT_MS);
  }

  /** Asks for a path; what is not read to its end is given up with the server. */
  async get(path: string, init: RequestInit = {}): Promise<Response> {
    const abort = new AbortController();
    this.#open.add(abort);
    return await fetch(`http://${HOST}:${this.port}${path}`, { ...init, signal: abort.signal });
  }

  async events(path: string, headers: Record<string, string> = {}): Promise<EventReader> {
    const reader = new EventReader(await this.get(path, { headers }));
    this.#open.add(reader);
    return reader;
  }

  async socket(path: string): Promise<SocketReader> {
    const reader = new SocketReader(`ws://${HOST}:${this.port}${path}`);
    await reader.opened;
    this.#gone.push(() => reader.leave());
    return reader;
  }

  /** A connection whose bytes the test writes itself. */
  async connect(): Promise<Deno.TcpConn> {
    const connection = await Deno.connect({ hostname: HOST, port: this.port });
    this.#gone.push(() => closeQuietly(connection));
    return connection;
  }

  /** Asks for a WebSocket, and answers nothing that comes over it. */
  async handshake(path: string, headers: Readonly<Record<string, string>> = {}): Promise<{
    readonly head: string;
    readonly connection: Deno.TcpConn;
  }> {
    const connection = await this.connect();
    const lines = Object.entries({
      host: `${HOST}:${this.port}`,
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
      ...headers,
    }).map(([name, value]) => `${name}: ${value}\r\n`);
    await connection.write(encoder.encode(`GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`));
    const buffer = new Uint8Array(4_096);
    const count = await connection.read(buffer);
    return { head: decoder.decode(buffer.subarray(0, count ?? 0)), connection };
  }

  /** Stops as the product does. */
  async stop(): Promise<void> {
    const stopped = this.#server.shutdown();
    this.hub.close();
    await stopped;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.hub.close();
    for (const leave of this.#gone) leave();
    for (const one of this.#open) one.abort();
    await this.#server.shutdown();
  }
}

function closeQuietly(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

/** One event as it stands in the stream; what has no data is a comment or a hint alone. */
export interface SentEvent {
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
  readonly retry?: string;
  readonly comment?: string;
}

/** Reads a stream of events block by block. */
export class EventReader {
  readonly response: Response;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #text = "";

  constructor(response: Response) {
    this.response = response;
    assert(response.body, `${response.status} without a body`);
    this.#reader = response.body.getReader();
  }

  /** The next block, `null` at the end of the stream. */
  async next(): Promise<SentEvent | null> {
    for (;;) {
      const end = this.#text.indexOf("\n\n");
      if (end >= 0) {
        const block = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        return blockOf(block);
      }
      const { value, done } = await this.#reader.read();
      if (done) return null;
      this.#text += decoder.decode(value, { stream: true });
    }
  }

  /** The next `count` blocks that carry data, as their coin and price. */
  async prices(count: number): Promise<readonly string[]> {
    const prices: string[] = [];
    while (prices.length < count) {
      const block = await this.next();
      assert(block, "The stream ended");
      if (block.event === "price_update") prices.push(priceOf(JSON.parse(block.data ?? "")));
    }
    return prices;
  }

  abort(): void {
    this.#reader.cancel().catch(() => {});
  }
}

function blockOf(block: string): SentEvent {
  return Object.fromEntries(
    block.split("\n").map((line) => {
      const colon = line.indexOf(": ");
      return [line.slice(0, colon) || "comment", line.slice(colon + 2)];
    }),
  );
}

/** `bitcoin=1` of a price as streams tell it. */
export function priceOf(data: { readonly coin_id: string; readonly price: number }): string {
  return `${data.coin_id}=${data.price}`;
}

/** A message of the server over a WebSocket. */
export interface SocketMessage {
  readonly type: string;
  // deno-lint-ignore no-explicit-any -- whatever the server says is read, and compared
  readonly data?: any;
  readonly error?: { readonly code: string; readonly message: string };
}

/** A WebSocket client that reads message by message. */
export class SocketReader {
  readonly opened: Promise<void>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly #socket: WebSocket;
  readonly #messages: SocketMessage[] = [];
  #wake = () => {};

  constructor(url: string) {
    const socket = new WebSocket(url);
    const opened = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<{ code: number; reason: string }>();
    socket.onopen = () => opened.resolve();
    socket.onerror = () => opened.reject(new Error(`Cannot open ${url}`));
    socket.onclose = ({ code, reason }) => {
      closed.resolve({ code, reason });
      this.#wake();
    };
    socket.onmessage = ({ data }) => {
      this.#messages.push(JSON.parse(data));
      this.#wake();
    };
    this.#socket = socket;
    this.opened = opened.promise;
    this.closed = closed.promise;
  }

  send(message: unknown): void {
    this.sendRaw(JSON.stringify(message));
  }

  sendRaw(data: string | ArrayBuffer): void {
    this.#socket.send(data);
  }

  /** The next message; fails where the socket closes first. */
  async next(): Promise<SocketMessage> {
    for (;;) {
      const message = this.#messages.shift();
      if (message) return message;
      assert(this.#socket.readyState === WebSocket.OPEN, "The socket closed");
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  /** Sends a message and gives the answer. */
  async ask(message: unknown): Promise<SocketMessage> {
    this.send(message);
    return await this.next();
  }

  /** The next `count` messages, each the price of one coin. */
  async prices(count: number): Promise<readonly string[]> {
    const prices: string[] = [];
    while (prices.length < count) {
      const { type, data } = await this.next();
      assert(type === "price_update", `Expected a price, got ${type}`);
      prices.push(priceOf(data));
    }
    return prices;
  }

  leave(): void {
    this.#socket.close();
  }
}
