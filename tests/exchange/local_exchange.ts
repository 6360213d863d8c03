import { Buffer } from "node:buffer";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { applyCommand } from "./commands.ts";
import { ExchangeSocket } from "./exchange_socket.ts";
import { restAnswer } from "./rest_answers.ts";
import { TradedCandles } from "./traded_candles.ts";
import { type ExchangeTrade, TradeWalk } from "./trade_walk.ts";
import { BINANCE, COINBASE, type VenueSpeech } from "./venue_speech.ts";
import { handshakeReply } from "./web_socket_frames.ts";

const BEAT_MS = 20;
const MAX_COMMAND_CHARS = 64 * 1024;

/** A refusal by HTTP status, until it is taken back. */
export interface Refusal {
  readonly status: number;
  readonly retryAfterS?: number;
  /** Refuses only addresses whose path starts so; all if left out. */
  readonly path?: string;
}

/** What goes wrong with every n-th trade of the stream; 0 is never. */
export interface Faults {
  readonly repeatEvery: number;
  readonly swapEvery: number;
  /** Withheld trades are in the answers of REST only. */
  readonly withholdEvery: number;
  readonly garbageEvery: number;
}

export interface ExchangeCounts {
  /** Sockets open now, and the most that were at once; frozen ones have ended for the client. */
  readonly open: number;
  readonly mostOpen: number;
  readonly connects: number;
  readonly refused: number;
  /** Frames that asked for something. */
  readonly requests: number;
  readonly trades: number;
  readonly pongs: number;
}

const NO_FAULTS: Faults = { repeatEvery: 0, swapEvery: 0, withholdEvery: 0, garbageEvery: 0 };

/**
 * An exchange on this machine that speaks as Binance (`/stream`, `/ws`, `/api/v3`) and as Coinbase
 * (`/coinbase`, `/products`), all on one port, and misbehaves on command.
 */
export class LocalExchange implements AsyncDisposable {
  readonly candles = new TradedCandles();
  readonly walk: TradeWalk;
  /** Refuses handshakes. */
  refusal: Refusal | null = null;
  /** Refuses REST. */
  restRefusal: Refusal | null = null;
  handshakeDelayMs = 0;
  faults: Faults = NO_FAULTS;
  readonly #server: Server;
  readonly #now: () => number;
  readonly #markets: readonly string[];
  readonly #sockets = new Set<ExchangeSocket>();
  readonly #waiting = new Set<() => void>();
  readonly #delayed = new Map<Duplex, ReturnType<typeof setTimeout>>();
  #beat: ReturnType<typeof setInterval> | undefined;
  #counts = { mostOpen: 0, connects: 0, refused: 0, requests: 0, trades: 0, pongs: 0 };

  private constructor(options: {
    seed: number;
    firstPrice?: number;
    markets: readonly string[];
    now: () => number;
  }) {
    this.walk = new TradeWalk(options.seed, options);
    this.#markets = options.markets;
    this.#now = options.now;
    this.#server = createServer((request, response) => this.#answer(request, response));
    this.#server.on("upgrade", (request, stream) => this.#handshake(request, stream));
  }

  /** Listens on 127.0.0.1. Port 0 takes a free one. */
  static async start(
    { port = 0, seed = 1, markets = ["BTCUSDT", "BTC-USD"], now = Date.now, ...rest }: {
      readonly port?: number;
      readonly seed?: number;
      /** What each market's walk begins at. */
      readonly firstPrice?: number;
      readonly markets?: readonly string[];
      readonly now?: () => number;
    } = {},
  ): Promise<LocalExchange> {
    const exchange = new LocalExchange({ seed, markets, now, ...rest });
    await new Promise<void>((resolve, reject) => {
      exchange.#server.once("error", reject);
      exchange.#server.listen(port, "127.0.0.1", resolve);
    });
    return exchange;
  }

  get urls(): { readonly binance: string; readonly coinbase: string; readonly rest: string } {
    const { port } = this.#server.address() as AddressInfo;
    const host = `127.0.0.1:${port}`;
    return { binance: `ws://${host}`, coinbase: `ws://${host}/coinbase`, rest: `http://${host}` };
  }

  get counts(): ExchangeCounts {
    let pongs = this.#counts.pongs;
    for (const socket of this.#sockets) pongs += socket.pongs;
    return { ...this.#counts, open: this.#open, pongs };
  }

  get #open(): number {
    let open = 0;
    for (const { isFrozen } of this.#sockets) if (!isFrozen) open++;
    return open;
  }

  get subscribed(): ReadonlySet<string> {
    return new Set([...this.#sockets].flatMap(({ markets }) => [...markets]));
  }

  /** Resolves once `condition` holds; it is asked after whatever happens here. */
  async when(condition: () => boolean): Promise<void> {
    if (condition()) return;
    await new Promise<void>((resolve) => {
      const check = () => {
        if (!condition()) return;
        this.#waiting.delete(check);
        resolve();
      };
      this.#waiting.add(check);
    });
  }

  /** Makes trades and streams them, with the faults that are set; returns them all. */
  trade(markets: readonly string[]): readonly ExchangeTrade[] {
    const at = this.#now();
    const trades = markets.map((market) => this.walk.next(market, at));
    for (const trade of trades) this.candles.add(trade);
    this.#send(this.#spoil(trades));
    return trades;
  }

  /** Makes trades that only REST tells of. */
  withhold(markets: readonly string[]): readonly ExchangeTrade[] {
    const at = this.#now();
    const trades = markets.map((market) => this.walk.next(market, at));
    for (const trade of trades) this.candles.add(trade);
    return trades;
  }

  /**
   * Streams `perSecond` trades, spread over the markets, until it is called again or disposed;
   * `isStill` ones at the price that each market has.
   */
  run(perSecond: number, { isStill = false } = {}): void {
    clearInterval(this.#beat);
    this.walk.isStill = isStill;
    if (perSecond <= 0) return;
    let [due, turn, beats] = [0, 0, 0];
    let last = performance.now();
    this.#beat = setInterval(() => {
      const now = performance.now();
      due += (now - last) * perSecond / 1000;
      last = now;
      const markets: string[] = [];
      for (; due >= 1; due--) markets.push(this.#markets[turn++ % this.#markets.length] ?? "");
      this.trade(markets);
      if (++beats % (1000 / BEAT_MS) === 0) this.heartbeat();
    }, BEAT_MS);
  }

  /** Says these frames, as they are, on every socket. */
  say(...frames: readonly string[]): void {
    for (const socket of this.#sockets) socket.say(frames);
  }

  heartbeat(): void {
    for (const socket of this.#sockets) {
      if (socket.speech !== COINBASE) continue;
      socket.say(
        [...socket.markets].map((market) =>
          COINBASE.heartbeat({ market, id: this.walk.lastId(market), at: this.#now() })
        ),
      );
    }
  }

  ping(): void {
    for (const socket of this.#sockets) socket.ping();
  }

  /** Breaks every connection without a goodbye: code 1006 for the client. */
  drop(): void {
    for (const socket of this.#sockets) socket.drop();
  }

  /** Makes a trade and breaks every connection in the middle of telling it: code 1006 too. */
  tear(market: string): readonly ExchangeTrade[] {
    const trades = this.withhold([market]);
    for (const socket of this.#sockets) {
      for (const trade of trades) socket.tear(socket.speech.trade(trade));
    }
    return trades;
  }

  close(code: number, reason = ""): void {
    for (const socket of this.#sockets) socket.close(code, reason);
  }

  /** Open connections go silent as a stopped process does; new ones work. */
  freeze(): void {
    for (const socket of this.#sockets) socket.isFrozen = true;
  }

  announceShutdown(): void {
    for (const socket of this.#sockets) {
      const frame = socket.speech.shutdown(this.#now());
      if (frame !== null) socket.say([frame]);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#beat);
    for (const [stream, delay] of this.#delayed) {
      clearTimeout(delay);
      stream.destroy();
    }
    this.drop();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  #send(trades: readonly (ExchangeTrade | string)[]): void {
    const spoken = new Map<VenueSpeech, readonly { market: string; text: string }[]>();
    for (const socket of this.#sockets) {
      const { speech, markets } = socket;
      const said = spoken.get(speech) ??
        trades.map((trade) =>
          typeof trade === "string"
            ? { market: "", text: trade }
            : { market: trade.market, text: speech.trade(trade) }
        );
      spoken.set(speech, said);
      socket.say(
        said.filter(({ market }) => market === "" || markets.has(market)).map(({ text }) => text),
      );
    }
  }

  #spoil(trades: readonly ExchangeTrade[]): readonly (ExchangeTrade | string)[] {
    const { repeatEvery, swapEvery, withholdEvery, garbageEvery } = this.faults;
    const isDue = (every: number) => every > 0 && this.#counts.trades % every === 0;
    const sent: (ExchangeTrade | string)[] = [];
    for (const trade of trades) {
      this.#counts.trades++;
      if (isDue(withholdEvery)) continue;
      if (isDue(swapEvery) && sent.length > 0) sent.splice(-1, 0, trade);
      else sent.push(trade);
      if (isDue(repeatEvery)) sent.push(trade);
      // A frame that ends in its middle.
      if (isDue(garbageEvery)) sent.push(BINANCE.trade(trade).slice(0, 40));
    }
    return sent;
  }

  #handshake(request: IncomingMessage, stream: Duplex): void {
    const key = request.headers["sec-websocket-key"] ?? "";
    const url = new URL(request.url ?? "/", "http://local");
    stream.on("error", () => stream.destroy());
    if (applies(this.refusal, url)) {
      this.#counts.refused++;
      stream.end(refusalText(this.refusal));
      return this.#happened();
    }
    const open = () => {
      if (stream.destroyed) return;
      stream.write(handshakeReply(key));
      this.#add(stream, url);
    };
    if (this.handshakeDelayMs === 0) return open();
    const delay = setTimeout(() => {
      this.#delayed.delete(stream);
      open();
    }, this.handshakeDelayMs);
    this.#delayed.set(stream, delay);
  }

  #add(stream: Duplex, url: URL): void {
    const isBinance = /^\/(stream|ws)\b/.test(url.pathname);
    const socket = new ExchangeSocket(stream, {
      speech: isBinance ? BINANCE : COINBASE,
      url,
      onAsked: () => {
        this.#counts.requests++;
        this.#happened();
      },
      onPong: () => this.#happened(),
      onEnd: () => {
        this.#sockets.delete(socket);
        this.#counts.pongs += socket.pongs;
        this.#happened();
      },
    });
    this.#sockets.add(socket);
    this.#counts.connects++;
    this.#counts.mostOpen = Math.max(this.#counts.mostOpen, this.#open);
    this.#happened();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://local");
    const reply = (status: number, body: unknown, headers: Record<string, string> = {}) => {
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(JSON.stringify(body));
    };
    if (url.pathname === "/control" && request.method === "POST") {
      const problem = applyCommand(this, await bodyOf(request));
      return problem === null ? reply(200, this.counts) : reply(400, { message: problem });
    }
    if (applies(this.restRefusal, url)) {
      const { status, retryAfterS } = this.restRefusal;
      const wait = retryAfterS === undefined ? {} : { "retry-after": String(retryAfterS) };
      return reply(status, { code: -1003, msg: "Refused on command" }, wait);
    }
    const { status, body } = restAnswer(url, { candles: this.candles, now: this.#now() });
    reply(status, body);
  }

  #happened(): void {
    for (const check of [...this.#waiting]) check();
  }
}

function applies(refusal: Refusal | null, { pathname }: URL): refusal is Refusal {
  return refusal !== null && pathname.startsWith(refusal.path ?? "");
}

function refusalText({ status, retryAfterS }: Refusal): string {
  const wait = retryAfterS === undefined ? "" : `Retry-After: ${retryAfterS}\r\n`;
  return `HTTP/1.1 ${status} Refused\r\n${wait}Content-Length: 0\r\nConnection: close\r\n\r\n`;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) {
    text += Buffer.from(chunk).toString();
    if (text.length > MAX_COMMAND_CHARS) break;
  }
  return text;
}
