/** Why a socket ended. */
export interface SocketEnd {
  /** WebSocket close code; 1006 where the connection broke without one. */
  readonly code: number;
  readonly reason: string;
  /** HTTP status that refused the handshake (451, 429), where the runtime tells it. */
  readonly status: number | null;
}

/** What a socket calls back; after `onEnd` nothing more comes. */
export interface SocketEvents {
  onOpen(): void;
  onText(text: string): void;
  onEnd(end: SocketEnd): void;
}

export interface ClientSocket {
  send(text: string): void;
  /** Ends the socket; `onEnd` follows soon, also where the other side does not answer. */
  close(): void;
}

/** Opens WebSocket connections to the outside. */
export interface SocketClient {
  open(url: URL, events: SocketEvents): ClientSocket;
}
