import { AppError } from "../../services/kernel/errors.ts";
import { parseUuid, type Uuid } from "../../services/kernel/ids.ts";
import { INTERVALS } from "../../services/market/mod.ts";
import type { StreamStats } from "../../services/ops/ports.ts";
import type { LedgerScope, ValueFeed } from "../../services/portfolio/mod.ts";
import type { Clock } from "../../services/ports/mod.ts";
import type { StreamChoice, StreamHub } from "../../services/streams/mod.ts";
import { pathOf } from "./dispatcher.ts";
import { refusalResponse } from "./errors.ts";
import { EventStream, type EventStreamDeps, RETRY_MS } from "./event_stream.ts";
import { isOfForeignOrigin } from "./middleware/same_site.ts";
import { SECURITY_HEADERS } from "./middleware/security_headers.ts";
import type { PortfolioParts } from "./portfolio_scope.ts";
import { CoinSocket, type CoinSocketDeps, MAX_COINS, tooManyCoins } from "./stream_socket.ts";
import { candleGroup, sseFormat } from "./stream_wire.ts";

/** Bytes that wait to be sent; beyond them a reader gets only the latest values. */
const MAX_QUEUED_BYTES = 64 * 1024;
/** A socket that answered no ping for this long is ended, unless its owner says otherwise. */
const IDLE_TIMEOUT_S = 90;

const QUEUE = new ByteLengthQueuingStrategy({ highWaterMark: MAX_QUEUED_BYTES });

export interface StreamDeps {
  readonly hub: StreamHub;
  readonly clock: Clock;
  /** The asset that any of its names means; throws `AppError`. */
  readonly resolve: (name: string) => { readonly id: string };
  /** Streams open at once; beyond them new ones are refused. */
  readonly maxStreams: number;
  /** Resolves once what the hub holds may be told; `null` where it may be at once. */
  readonly settle?: () => Promise<unknown> | null;
  /** Values of portfolios; absent where the process has none. */
  readonly values?: ValueStreams;
  /** Seconds without a sign of a WebSocket's client before it is ended. */
  readonly idleTimeoutS?: number;
}

/** What streams need to know of portfolios. */
export interface ValueStreams {
  /** The portfolio of whoever asks; throws `RESOURCE_NOT_FOUND` for somebody else's. */
  readonly find: (headers: Headers, portfolioId: Uuid) => Promise<LedgerScope>;
  /** Has its value told until the result is called. */
  readonly watch: (scope: LedgerScope) => () => void;
}

/** The streams of the product: events over HTTP and over WebSocket, from one hub. */
export class StreamEndpoints {
  readonly #deps: StreamDeps;
  // Made once, since what every connection holds of its own costs memory ten thousand times.
  readonly #eventDeps: EventStreamDeps;
  readonly #socketDeps: Readonly<Record<"prices" | "scores", CoinSocketDeps>>;
  #sse = 0;
  #sockets = 0;
  #refused = 0;

  constructor(deps: StreamDeps) {
    this.#deps = deps;
    this.#eventDeps = {
      hub: deps.hub,
      format: sseFormat(deps.hub.instance),
      onStart: () => this.#sse++,
      onEnd: () => this.#sse--,
    };
    const shared = {
      hub: deps.hub,
      resolve: (name: string) => deps.resolve(name).id,
      now: () => deps.clock.now(),
      onEnd: () => this.#sockets--,
    };
    this.#socketDeps = {
      prices: { ...shared, topic: "prices" },
      scores: { ...shared, topic: "scores" },
    };
  }

  /** Answers a request for a stream; `null` for any other. */
  handle(request: Request): Response | Promise<Response> | null {
    const path = pathOf(request.url);
    const open = OPENERS[path];
    if (open === undefined) return this.#handleOwned(request, path);
    const answer = () =>
      this.#guarded(
        request,
        () =>
          "socket" in open
            ? this.#upgrade(request, { deps: this.#socketDeps[open.socket] })
            : this.#stream(request, { choice: this.#choose(open.sse, searchOf(request)) }),
      );
    const settling = this.#deps.settle?.() ?? null;
    if (settling === null) return answer();
    return settling.then(
      answer,
      () => refusalResponse(unavailable("the database does not answer")),
    );
  }

  #guarded(request: Request, open: () => Response): Response {
    try {
      if (request.method !== "GET") {
        throw new AppError("METHOD_NOT_ALLOWED", `Cannot ${request.method} a stream: expected GET`);
      }
      if (this.#deps.hub.isClosed) throw unavailable("the server is stopping");
      if (this.#sse + this.#sockets >= this.#deps.maxStreams) throw this.#full();
      return open();
    } catch (error) {
      if (error instanceof AppError) return refusalResponse(error);
      throw error;
    }
  }

  stats(): StreamStats {
    const { encoded, delivered, conflated, lagP99Ms } = this.#deps.hub.counts();
    return {
      sse: this.#sse,
      websocket: this.#sockets,
      encoded,
      delivered,
      conflated,
      refused: this.#refused,
      lagP99Ms,
      isShedding: this.#sse + this.#sockets >= this.#deps.maxStreams,
    };
  }

  /** A portfolio's streams: whose it is has to be looked up before anything is opened. */
  #handleOwned(request: Request, path: string): Promise<Response> | null {
    const { values } = this.#deps;
    const [, kind, text = ""] = OWNED.exec(path) ?? [];
    if (values === undefined || kind === undefined) return null;
    return this.#openOwned(request, { values, isSocket: kind === "/ws", text });
  }

  async #openOwned(
    request: Request,
    { values, isSocket, text }: { values: ValueStreams; isSocket: boolean; text: string },
  ): Promise<Response> {
    try {
      const portfolioId = parseUuid(text);
      if (portfolioId === null) {
        throw new AppError("VALIDATION_FAILED", "Cannot stream a portfolio: expected a UUID");
      }
      const scope = await values.find(request.headers, portfolioId);
      return this.#guarded(request, () => this.#follow(request, { values, scope, isSocket }));
    } catch (error) {
      if (error instanceof AppError) return refusalResponse(error);
      throw error;
    }
  }

  #follow(
    request: Request,
    { values, scope, isSocket }: {
      values: ValueStreams;
      scope: LedgerScope;
      isSocket: boolean;
    },
  ): Response {
    let stop = () => {};
    const groups = [scope.portfolioId];
    const response = isSocket
      ? this.#upgrade(request, {
        deps: {
          ...this.#socketDeps.prices,
          topic: "portfolios",
          resolve: refuseOthers,
          onEnd: () => {
            stop();
            this.#sockets--;
          },
        },
        groups,
      })
      : this.#stream(request, {
        choice: { topic: "portfolios", groups },
        deps: {
          ...this.#eventDeps,
          onEnd: () => {
            stop();
            this.#sse--;
          },
        },
      });
    stop = values.watch(scope);
    return response;
  }

  #stream(
    request: Request,
    { choice, deps = this.#eventDeps }: {
      readonly choice: StreamChoice;
      readonly deps?: EventStreamDeps;
    },
  ): Response {
    const lastEventId = request.headers.get("last-event-id") ??
      searchOf(request).get("last_event_id");
    const body = new ReadableStream(
      new EventStream({ deps, choice, lastEventId }),
      QUEUE,
    );
    return new Response(body, {
      headers: {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store",
        // Ages are told by the clock that made the times of events.
        date: new Date(this.#deps.clock.now()).toUTCString(),
        // Proxies that gather what they pass on would hold events back.
        "x-accel-buffering": "no",
        ...Object.fromEntries(SECURITY_HEADERS),
      },
    });
  }

  #upgrade(
    request: Request,
    { deps, groups }: { readonly deps: CoinSocketDeps; readonly groups?: readonly string[] },
  ): Response {
    if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
      throw new AppError("BAD_REQUEST", "Cannot open a WebSocket: expected an upgrade");
    }
    if (isOfForeignOrigin(request)) {
      throw new AppError("FORBIDDEN", "Cannot open a WebSocket from another site");
    }
    const query = searchOf(request);
    const coins = groups ?? this.#coinsOf(query) ?? [];
    const { socket, response } = upgraded(request, this.#deps.idleTimeoutS ?? IDLE_TIMEOUT_S);
    this.#sockets++;
    new CoinSocket(socket, {
      deps,
      coins,
      isBatched: query.get("batch") === "1",
    });
    return response;
  }

  #choose(topic: StreamTopic, query: URLSearchParams): StreamChoice {
    if (topic === "feeds" || topic === "pools" || topic === "gauges") {
      return { topic, groups: null };
    }
    if (topic === "prices" || topic === "scores") {
      const groups = this.#coinsOf(query);
      if (groups?.length !== 0) return { topic, groups };
      throw new AppError("VALIDATION_FAILED", "Cannot stream no coins: leave coins out for all", {
        details: { field: "coins" },
      });
    }
    const interval = query.get("interval") ?? "5m";
    if (!INTERVALS.some((known) => known === interval)) {
      throw new AppError("VALIDATION_FAILED", `Cannot stream candles of "${interval}"`, {
        details: { field: "interval", candidates: INTERVALS },
      });
    }
    const coins = this.#coinsOf(query, "coin") ?? this.#coinsOf(query);
    if (coins === null || coins.length === 0) {
      throw new AppError("VALIDATION_FAILED", "Cannot stream candles: expected a coin", {
        details: { field: "coin" },
      });
    }
    return { topic, groups: coins.map((coin) => candleGroup(coin, interval)) };
  }

  #coinsOf(query: URLSearchParams, name = "coins"): readonly string[] | null {
    const given = query.get(name);
    if (given === null) return null;
    const names = [...new Set(given.split(",").map((coin) => coin.trim()).filter(Boolean))];
    if (names.length > MAX_COINS) throw tooManyCoins(names.length);
    return names.map((coin) => this.#deps.resolve(coin).id);
  }

  #full(): AppError {
    this.#refused++;
    return unavailable("too many are open");
  }
}

/** The streams of portfolios to whoever may see them. */
export function valueStreams(
  feed: Pick<ValueFeed, "watch">,
  { portfolios, ownerOf }: Pick<PortfolioParts, "portfolios" | "ownerOf">,
): ValueStreams {
  return {
    async find(headers, portfolioId) {
      const scope = { ownerId: ownerOf(headers), portfolioId };
      await portfolios.get(scope);
      return scope;
    },
    watch: (scope) => feed.watch(scope),
  };
}

/** A portfolio's own streams. */
const OWNED = /^(\/ws|\/api\/stream)\/portfolio\/([^/]+)$/;

function searchOf({ url }: Request): URLSearchParams {
  return new URL(url).searchParams;
}

/** A portfolio's socket tells of that portfolio alone. */
function refuseOthers(): never {
  throw new AppError("VALIDATION_FAILED", "Cannot choose here: this socket has one portfolio");
}

type StreamTopic = "prices" | "candles" | "feeds" | "scores" | "pools" | "gauges";
type Opener = { readonly sse: StreamTopic } | { readonly socket: "prices" | "scores" };

/** What stands at each address. */
const OPENERS: Readonly<Record<string, Opener>> = {
  "/api/stream/prices": { sse: "prices" },
  "/api/stream/candles": { sse: "candles" },
  "/api/stream/feeds": { sse: "feeds" },
  "/api/stream/onchain": { sse: "gauges" },
  "/api/stream/pools": { sse: "pools" },
  "/api/stream/scores": { sse: "scores" },
  "/api/market/stream": { socket: "prices" },
  "/ws/prices": { socket: "prices" },
  "/ws/scores": { socket: "scores" },
};

function unavailable(reason: string): AppError {
  return new AppError("UNAVAILABLE", `Cannot open another stream: ${reason}`, {
    details: { retry_after_s: RETRY_MS / 1_000 },
  });
}

/** The socket of an upgrade. Throws `BAD_REQUEST` where the handshake lacks something. */
function upgraded(request: Request, idleTimeout: number): Deno.WebSocketUpgrade {
  try {
    return Deno.upgradeWebSocket(request, { idleTimeout });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const message = "Cannot open a WebSocket: expected the handshake of RFC 6455";
    throw new AppError("BAD_REQUEST", message, { cause: error });
  }
}
