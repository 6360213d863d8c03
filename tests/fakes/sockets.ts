import type {
  ClientSocket,
  SocketClient,
  SocketEnd,
  SocketEvents,
} from "@/services/ports/sockets.ts";

/** A connection that the test plays the other side of. */
class FakeSocket implements ClientSocket {
  readonly url: string;
  readonly sent: string[] = [];
  isClosed = false;
  hasEnded = false;
  readonly #events: SocketEvents;

  constructor(url: URL, events: SocketEvents) {
    this.url = url.href;
    this.#events = events;
  }

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    queueMicrotask(() => this.end({ code: 1000 }));
  }

  opens(): void {
    this.#events.onOpen();
  }

  says(...frames: readonly unknown[]): void {
    for (const frame of frames) {
      this.#events.onText(typeof frame === "string" ? frame : JSON.stringify(frame));
    }
  }

  end({ code = 1006, reason = "", status = null }: Partial<SocketEnd> = {}): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.#events.onEnd({ code, reason, status });
  }
}

/** Opens fake connections and counts how many there were at once. */
export class FakeSockets implements SocketClient {
  readonly all: FakeSocket[] = [];
  mostAtOnce = 0;

  /** The newest connection. */
  get last(): FakeSocket {
    const socket = this.all.at(-1);
    if (socket === undefined) throw new Error("Nothing was connected yet");
    return socket;
  }

  open(url: URL, events: SocketEvents): ClientSocket {
    const socket = new FakeSocket(url, events);
    this.all.push(socket);
    const open = this.all.filter(({ hasEnded }) => !hasEnded).length;
    this.mostAtOnce = Math.max(this.mostAtOnce, open);
    return socket;
  }
}
