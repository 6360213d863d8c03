import { SECOND_MS } from "../kernel/time.ts";
import type { Timer } from "../ports/mod.ts";
import type { ClientSocket, SocketClient, SocketEnd, SocketEvents } from "../ports/sockets.ts";

const CONNECT_TIMEOUT_MS = 10 * SECOND_MS;
const MAX_FRAME_CHARS = 4 * 1024 * 1024;
/** What the runtime says of a handshake that was answered with another status than 101. */
const REFUSED_HANDSHAKE = /\bInvalid status code: (\d{3})\b/;
const BROKEN = 1006;
const NORMAL = 1000;

export interface WebSocketClientOptions {
  readonly timer: Timer;
  /** False refuses every connection, as `TOKENLYSIS_NETWORK=off` asks. */
  readonly isNetworkAllowed: boolean;
  readonly connectTimeoutMs?: number;
  /** Longer frames end the connection with code 1009. */
  readonly maxFrameChars?: number;
}

/**
 * WebSocket connections by the runtime's own client, which answers pings by itself. A connection
 * ends for us at once when it is closed, so that a peer that never answers holds nobody up.
 */
export class WebSocketClient implements SocketClient {
  readonly #timer: Timer;
  readonly #isNetworkAllowed: boolean;
  readonly #connectTimeoutMs: number;
  readonly #maxFrameChars: number;

  constructor(
    {
      timer,
      isNetworkAllowed,
      connectTimeoutMs = CONNECT_TIMEOUT_MS,
      maxFrameChars = MAX_FRAME_CHARS,
    }: WebSocketClientOptions,
  ) {
    this.#timer = timer;
    this.#isNetworkAllowed = isNetworkAllowed;
    this.#connectTimeoutMs = connectTimeoutMs;
    this.#maxFrameChars = maxFrameChars;
  }

  /** Throws `SyntaxError` for an address that is none of a WebSocket. */
  open(url: URL, events: SocketEvents): ClientSocket {
    if (!this.#isNetworkAllowed) return refusedSocket(events);
    const connection = new Connection(new WebSocket(url), {
      events,
      maxFrameChars: this.#maxFrameChars,
    });
    connection.limitConnecting(this.#timer, this.#connectTimeoutMs);
    return connection;
  }
}

function refusedSocket(events: SocketEvents): ClientSocket {
  const reason = "Cannot connect: TOKENLYSIS_NETWORK is off";
  queueMicrotask(() => events.onEnd({ code: BROKEN, reason, status: null }));
  return { send() {}, close() {} };
}

class Connection implements ClientSocket {
  readonly #socket: WebSocket;
  readonly #events: SocketEvents;
  #failure = "";
  #hasEnded = false;
  #stopWaiting = () => {};

  constructor(
    socket: WebSocket,
    { events, maxFrameChars }: { events: SocketEvents; maxFrameChars: number },
  ) {
    this.#socket = socket;
    this.#events = events;
    socket.onopen = () => {
      this.#stopWaiting();
      if (!this.#hasEnded) events.onOpen();
    };
    socket.onmessage = ({ data }) => {
      // Neither venue sends binary frames; one counts as unreadable text.
      const text = typeof data === "string" ? data : "";
      if (this.#hasEnded) return;
      if (text.length <= maxFrameChars) return events.onText(text);
      this.#leave({
        code: 1009,
        reason: `A frame has ${text.length} characters: expected at most ${maxFrameChars}`,
      });
    };
    // The failure comes before the close event, and is the only one that tells the status.
    socket.onerror = (event) => {
      if (event instanceof ErrorEvent) this.#failure = event.message;
    };
    socket.onclose = ({ code, reason }) =>
      this.#end({ code: code || BROKEN, reason: reason || this.#failure });
  }

  limitConnecting(timer: Timer, timeoutMs: number): void {
    this.#stopWaiting = timer.after(timeoutMs, () => {
      this.#leave({ code: BROKEN, reason: `No connection within ${timeoutMs} ms` });
    });
  }

  send(text: string): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  close(): void {
    this.#leave({ code: NORMAL, reason: "Closed by us" });
  }

  /** Ends it for our side now; the runtime says goodbye to the peer on its own. */
  #leave(end: Omit<SocketEnd, "status">): void {
    if (this.#hasEnded) return;
    this.#stopWaiting();
    this.#socket.close();
    queueMicrotask(() => this.#end(end));
  }

  #end({ code, reason }: Omit<SocketEnd, "status">): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#stopWaiting();
    const status = REFUSED_HANDSHAKE.exec(this.#failure)?.[1];
    this.#events.onEnd({ code, reason, status: status === undefined ? null : Number(status) });
  }
}
