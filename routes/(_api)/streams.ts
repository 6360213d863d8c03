import { AppError } from "../../services/kernel/errors.ts";
import { INTERVALS } from "../../services/market/mod.ts";
import type { StreamStats } from "../../services/ops/ports.ts";
import type { Clock } from "../../services/ports/mod.ts";
import type {
  StreamChoice,
  StreamHub,
  StreamSink,
  Subscription,
  WireFormat,
} from "../../services/streams/mod.ts";
import { pathOf } from "./dispatcher.ts";
import { refusal } from "./errors.ts";
import { isOfForeignOrigin } from "./middleware/same_site.ts";
import { SECURITY_HEADERS } from "./middleware/security_headers.ts";
import {
  CoinSocket,
  type CoinSocketDeps,
  MAX_COINS,
  type SocketTopic,
  tooManyCoins,
} from "./stream_socket.ts";
import { candleGroup, sseFormat } from "./stream_wire.ts";

/** How soon an `EventSource` comes back after its stream ended. */
const RETRY_MS = 2_000;
/** Bytes that wait to be sent; beyond them a reader gets only the latest values. */
const MAX_QUEUED_BYTES = 64 * 1024;
/** A socket that answered no ping for this long is ended, unless its owner says otherwise. */
const IDLE_TIMEOUT_S = 90;

const QUEUE = new ByteLengthQueuingStrategy({ highWaterMark: MAX_QUEUED_BYTES });
const encoder = new TextEncoder();
const HEARTBEAT = encoder.encode(": still here\n\n");
const RETRY = encoder.encode(`retry: ${RETRY_MS}\n\n`);
const RESET = encoder.encode("event: reset\ndata: {}\n\n");

export interface StreamDeps {
  readonly hub: StreamHub;
  readonly clock: Clock;
  /** The asset that any of its names means; throws `AppError`. */
  readonly resolve: (name: string) => { readonly id: string };
  /** Streams open at once; beyond them new ones are refused. */
  readonly maxStreams: number;
  /** Seconds without a sign of a WebSocket's client before it is ended. */
  readonly idleTimeoutS?: number;
}

/** The streams of the product: events over HTTP and over WebSocket, from one hub. */
export class StreamEndpoints {
  readonly #deps: StreamDeps;
  // Made once, since what every connection holds of its own costs memory ten thousand times.
  readonly #eventDeps: EventStreamDeps;
  readonly #socketDeps: Readonly<Record<SocketTopic, CoinSocketDeps>>;
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
  handle(request: Request): Response | null {
    const path = pathOf(request.url);
    const open = OPENERS[path];
    if (open === undefined) return null;
    try {
      if (request.method !== "GET") {
        throw new AppError("METHOD_NOT_ALLOWED", `Cannot ${request.method} a stream: expected GET`);
      }
      if (this.#deps.hub.isClosed) throw unavailable("the server is stopping");
      if (this.#sse + this.#sockets >= this.#deps.maxStreams) throw this.#full();
      return "socket" in open
        ? this.#upgrade(request, open.socket)
        : this.#stream(request, open.sse);
    } catch (error) {
      if (error instanceof AppError) return toResponse(error);
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

  #stream(request: Request, topic: StreamTopic): Response {
    const query = new URL(request.url).searchParams;
    const choice = this.#choose(topic, query);
    const lastEventId = request.headers.get("last-event-id") ?? query.get("last_event_id");
    const body = new ReadableStream(
      new EventStream({ deps: this.#eventDeps, choice, lastEventId }),
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

  #upgrade(request: Request, topic: SocketTopic): Response {
    if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
      throw new AppError("BAD_REQUEST", "Cannot open a WebSocket: expected an upgrade");
    }
    if (isOfForeignOrigin(request)) {
      throw new AppError("FORBIDDEN", "Cannot open a WebSocket from another site");
    }
    const query = new URL(request.url).searchParams;
    const coins = this.#coinsOf(query) ?? [];
    const { socket, response } = upgraded(request, this.#deps.idleTimeoutS ?? IDLE_TIMEOUT_S);
    this.#sockets++;
    new CoinSocket(socket, {
      deps: this.#socketDeps[topic],
      coins,
      isBatched: query.get("batch") === "1",
    });
    return response;
  }

  #choose(topic: StreamTopic, query: URLSearchParams): StreamChoice {
    if (topic === "feeds" || topic === "pools") return { topic, groups: null };
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

type StreamTopic = "prices" | "candles" | "feeds" | "scores" | "pools";
type Opener = { readonly sse: StreamTopic } | { readonly socket: SocketTopic };

/** What stands at each address. */
const OPENERS: Readonly<Record<string, Opener>> = {
  "/api/stream/prices": { sse: "prices" },
  "/api/stream/candles": { sse: "candles" },
  "/api/stream/feeds": { sse: "feeds" },
  "/api/stream/pools": { sse: "pools" },
  "/api/stream/scores": { sse: "scores" },
  "/api/market/stream": { socket: "prices" },
  "/ws/prices": { socket: "prices" },
  "/ws/scores": { socket: "scores" },
};

type Chunk = Uint8Array<ArrayBuffer>;

interface EventStreamDeps {
  readonly hub: StreamHub;
  readonly format: WireFormat<Chunk>;
  readonly onStart: () => void;
  readonly onEnd: () => void;
}

/** One client's stream of events: what its body reads from and what the hub writes to. */
class EventStream implements UnderlyingDefaultSource<Chunk>, StreamSink<Chunk> {
  readonly #deps: EventStreamDeps;
  readonly #choice: StreamChoice;
  readonly #lastEventId: string | null;
  #controller: ReadableStreamDefaultController<Chunk> | null = null;
  #subscription: Subscription | null = null;

  constructor(
    { deps, choice, lastEventId }: {
      deps: EventStreamDeps;
      choice: StreamChoice;
      lastEventId: string | null;
    },
  ) {
    this.#deps = deps;
    this.#choice = choice;
    this.#lastEventId = lastEventId;
  }

  start(controller: ReadableStreamDefaultController<Chunk>): void {
    const { hub, format, onStart } = this.#deps;
    this.#controller = controller;
    this.write(RETRY);
    onStart();
    this.#subscription = hub.subscribe(this.#choice, {
      sink: this,
      format,
      lastEventId: this.#lastEventId,
    });
  }

  cancel(): void {
    if (this.#subscription === null) return;
    this.#subscription.close();
    this.#subscription = null;
    this.#deps.onEnd();
  }

  isReady(): boolean {
    return (this.#controller?.desiredSize ?? 0) > 0;
  }

  write(chunk: Chunk): void {
    this.#controller?.enqueue(chunk);
  }

  reset(): void {
    this.write(RESET);
  }

  beat(): void {
    this.write(HEARTBEAT);
  }

  end(): void {
    this.write(RETRY);
    this.#controller?.close();
    this.cancel();
  }
}

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

function toResponse(error: AppError): Response {
  const { status, body, headers } = refusal(error);
  return new Response(body, {
    status,
    headers: {
      "content-type": "application/json",
      "cache-control": "no-store",
      ...Object.fromEntries(SECURITY_HEADERS),
      ...headers,
    },
  });
}
