import { field } from "./client.ts";
import { type ReadStreamOptions, StreamRefused } from "./event_stream.ts";
import type { LiveStreamDeps } from "./live_stream.ts";

type Read = LiveStreamDeps["read"];

/** The part of a WebSocket that is used here. */
export type Socket = Pick<WebSocket, "addEventListener" | "close">;

/** A socket to a path of this site; a worker needs the whole address as much as old browsers. */
export function openBrowserSocket(path: string): Socket {
  const url = new URL(path, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return new WebSocket(url);
}

/**
 * Reads the messages of a socket as events until it is closed; rejects if it was never opened.
 * Sockets are outside the six connections that a browser has for a site.
 */
export function readSocket(socket: Socket, options: ReadStreamOptions): Promise<void> {
  options.signal.addEventListener("abort", () => socket.close(), { once: true });
  return new Promise((resolve, reject) => {
    let isOpen = false;
    socket.addEventListener("open", () => {
      isOpen = true;
      options.onOpen(null);
    });
    socket.addEventListener("message", ({ data }) => {
      options.onBytes();
      const message = readMessage(data);
      const [name, body] = [field(message, "type"), field(message, "data")];
      if (typeof name !== "string" || body === undefined) return;
      options.onEvent({ name, data: JSON.stringify(body), id: "" });
    });
    // A failure is followed by its close.
    socket.addEventListener("close", () => {
      if (isOpen) resolve();
      else reject(new StreamRefused("The server took no socket", null));
    });
  });
}

/**
 * Reads what a path tells over a socket, `/ws…`; as events over HTTP, `/api/stream…`, where none
 * can be had, as behind proxies that know no sockets. Each way is tried until it fails.
 */
export function socketOrEvents(
  { openSocket, readEvents }: {
    readonly openSocket: (path: string) => Socket;
    readonly readEvents: Read;
  },
): Read {
  let isSocketRefused = false;
  return async (path, options) => {
    if (!isSocketRefused) {
      try {
        return await readSocket(openSocket(`/ws${path}`), options);
      } catch (error) {
        // A browser that may open none throws something of its own.
        if (options.signal.aborted) throw error;
        isSocketRefused = true;
      }
    }
    try {
      await readEvents(`/api/stream${path}`, options);
    } catch (error) {
      isSocketRefused = false;
      throw error;
    }
  };
}

function readMessage(data: unknown): unknown {
  if (typeof data !== "string") return null;
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}
