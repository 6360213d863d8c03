import { z } from "zod";
import { AppError } from "../../services/kernel/errors.ts";
import type { StreamHub, StreamSink, Subscription } from "../../services/streams/mod.ts";
import { BATCH_FORMAT, SOCKET_FORMAT } from "./stream_wire.ts";

/** Coins of one connection. */
export const MAX_COINS = 50;
/** Characters of one message from a client. */
const MAX_MESSAGE = 16_384;
/** Messages that a client may send in ten seconds, and mistakes that it may make at all. */
const MAX_MESSAGES = 100;
const MESSAGES_WINDOW_MS = 10_000;
const MAX_MISTAKES = 10;
/** Bytes that wait to be sent; beyond them a client gets only the latest values. */
const MAX_BUFFERED = 64 * 1024;

/** Close codes of RFC 6455. */
const CLOSE = { restart: 1012, unsupported: 1003, policy: 1008, tooBig: 1009 } as const;

const Message = z.discriminatedUnion("type", [
  z.object({ type: z.literal("subscribe"), coins: z.array(z.string().max(128)).min(1) }),
  z.object({ type: z.literal("unsubscribe"), coins: z.array(z.string().max(128)).min(1) }),
  z.object({ type: z.literal("ping") }),
]);

/** What a socket tells of. */
export type SocketTopic = "prices" | "scores";

/** What all sockets of a topic share. */
export interface CoinSocketDeps {
  readonly topic: SocketTopic;
  readonly hub: StreamHub;
  /** The asset's id by any of its names; throws `AppError`. */
  readonly resolve: (name: string) => string;
  readonly now: () => number;
  readonly onEnd: () => void;
}

/**
 * One client's WebSocket: which coins it wants, and how it is told of them. It listens to its
 * socket itself, since a function for each event would cost every connection half a kilobyte.
 */
export class CoinSocket implements StreamSink<readonly string[]>, EventListenerObject {
  readonly #socket: WebSocket;
  readonly #deps: CoinSocketDeps;
  readonly #isBatched: boolean;
  #coins: readonly string[];
  #subscription: Subscription | null = null;
  #mistakes = 0;
  #messages = 0;
  #windowStart = -Infinity;
  #isQuiet = false;
  #hasEnded = false;

  constructor(
    socket: WebSocket,
    { deps, coins, isBatched }: {
      deps: CoinSocketDeps;
      coins: readonly string[];
      isBatched: boolean;
    },
  ) {
    this.#socket = socket;
    this.#deps = deps;
    this.#isBatched = isBatched;
    this.#coins = [...new Set(coins)];
    // A broken connection is followed by its close.
    for (const event of ["open", "message", "close"]) socket.addEventListener(event, this);
  }

  /** Takes the events of the socket. */
  handleEvent(event: Event): void {
    if (event instanceof MessageEvent) return this.#take(event.data);
    if (event instanceof CloseEvent) return this.#stop();
    this.#subscription = this.#deps.hub.subscribe(
      { topic: this.#deps.topic, groups: this.#coins },
      { sink: this, format: this.#isBatched ? BATCH_FORMAT : SOCKET_FORMAT },
    );
  }

  isReady(): boolean {
    return this.#socket.readyState === WebSocket.OPEN &&
      this.#socket.bufferedAmount < MAX_BUFFERED;
  }

  write(frames: readonly string[]): void {
    for (const frame of frames) this.#socket.send(frame);
  }

  /** Of prices the latest are all there is to know: nothing is missing. */
  reset(): void {}

  /** Every other time, since the hub asks twice as often as a socket needs it. */
  beat(): void {
    this.#isQuiet = !this.#isQuiet;
    if (!this.#isQuiet) this.#send({ type: "heartbeat" });
  }

  end(): void {
    this.#close(CLOSE.restart, "Restarting: connect again");
  }

  /** Deno tells twice of the close of a socket that answered no ping. */
  #stop(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#subscription?.close();
    this.#deps.onEnd();
  }

  #take(data: unknown): void {
    // What was on its way when the socket was told to close.
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    if (!this.isReady()) return this.#close(CLOSE.policy, "Too slow: read before asking for more");
    if (typeof data !== "string") {
      return this.#close(CLOSE.unsupported, "Expected text frames");
    }
    if (data.length > MAX_MESSAGE) {
      return this.#close(CLOSE.tooBig, `Expected at most ${MAX_MESSAGE} characters`);
    }
    if (this.#isFlooding()) return this.#close(CLOSE.policy, "Too many messages");
    try {
      this.#obey(readMessage(data));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const { code, message, details } = error;
      this.#send({ type: "error", error: { code, message, ...details && { details } } });
      if (++this.#mistakes >= MAX_MISTAKES) this.#close(CLOSE.policy, "Too many mistakes");
    }
  }

  #obey(message: z.output<typeof Message>): void {
    if (message.type === "ping") return this.#send({ type: "pong" });
    const named = new Set(message.coins.map(this.#deps.resolve));
    if (message.type === "unsubscribe") {
      this.#coins = this.#coins.filter((coin) => !named.has(coin));
      this.#send({ type: "unsubscribed", data: { coins: this.#coins } });
    } else {
      const wanted = new Set([...this.#coins, ...named]);
      if (wanted.size > MAX_COINS) throw tooManyCoins(wanted.size);
      this.#coins = [...wanted];
      this.#send({ type: "subscribed", data: { coins: this.#coins } });
    }
    this.#subscription?.choose(this.#coins);
  }

  #isFlooding(): boolean {
    const now = this.#deps.now();
    if (now - this.#windowStart >= MESSAGES_WINDOW_MS) {
      this.#windowStart = now;
      this.#messages = 0;
    }
    return ++this.#messages > MAX_MESSAGES;
  }

  #send(message: unknown): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #close(code: number, reason: string): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.close(code, reason);
  }
}

/** Refuses a choice of more coins than a connection carries. */
export function tooManyCoins(count: number): AppError {
  return new AppError(
    "VALIDATION_FAILED",
    `Cannot stream ${count} coins over one connection: expected at most ${MAX_COINS}`,
    { details: { field: "coins", max: MAX_COINS } },
  );
}

/** Throws `BAD_REQUEST` for what is not JSON, `VALIDATION_FAILED` for what is no message. */
function readMessage(text: string): z.output<typeof Message> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new AppError("BAD_REQUEST", "Cannot read the message: expected JSON", { cause: error });
  }
  const parsed = Message.safeParse(value);
  if (parsed.success) return parsed.data;
  const expected = '{"type":"subscribe"|"unsubscribe","coins":["bitcoin"]} or {"type":"ping"}';
  throw new AppError("VALIDATION_FAILED", `Cannot read the message: expected ${expected}`);
}
