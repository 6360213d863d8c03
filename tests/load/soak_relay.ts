/** A TCP relay before a server on this machine, which breaks as networks and machines do. */
export class Relay implements AsyncDisposable {
  readonly port: number;
  readonly #target: number;
  readonly #lines = new Set<Line>();
  #listener: Deno.TcpListener | null;
  #accepting: Promise<void>;

  constructor(target: number) {
    this.#target = target;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = this.#listener.addr.port;
    this.#accepting = this.#accept(this.#listener);
  }

  /** Breaks every connection. */
  cut(): void {
    for (const line of this.#lines) line.end();
  }

  /** Breaks every connection in the middle of what the server says next. */
  cutInFrame(): void {
    for (const line of this.#lines) line.isToBreak = true;
  }

  /** Breaks every connection and refuses new ones, as where the server is gone. */
  async close(): Promise<void> {
    this.#listener?.close();
    this.#listener = null;
    this.cut();
    await this.#accepting;
  }

  /** The server is back, at its old address. */
  reopen(): void {
    if (this.#listener !== null) return;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: this.port });
    this.#accepting = this.#accept(this.#listener);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #accept(listener: Deno.TcpListener): Promise<void> {
    for await (const client of listener) this.#connect(client);
  }

  async #connect(client: Deno.TcpConn): Promise<void> {
    try {
      const server = await Deno.connect({ hostname: "127.0.0.1", port: this.#target });
      const line = new Line(client, server);
      this.#lines.add(line);
      await line.ended;
      this.#lines.delete(line);
    } catch {
      client.close();
    }
  }
}

/** One connection through the relay. */
class Line {
  isToBreak = false;
  readonly ended: Promise<unknown>;
  readonly #ends: readonly Deno.TcpConn[];

  constructor(client: Deno.TcpConn, server: Deno.TcpConn) {
    this.#ends = [client, server];
    this.ended = Promise.all([
      this.#carry({ from: client, to: server }),
      this.#carry({ from: server, to: client }),
    ]);
  }

  end(): void {
    for (const end of this.#ends) {
      try {
        end.close();
      } catch {
        // It is closed already.
      }
    }
  }

  async #carry({ from, to }: { from: Deno.TcpConn; to: Deno.TcpConn }): Promise<void> {
    const buffer = new Uint8Array(64 * 1024);
    try {
      for (let size = await from.read(buffer); size !== null; size = await from.read(buffer)) {
        // One end is the client's: half of what the server says breaks a frame in its middle.
        const isBreaking = this.isToBreak && to === this.#ends[0];
        await writeAll(to, buffer.subarray(0, isBreaking ? size >> 1 : size));
        if (isBreaking) break;
      }
    } catch {
      // Broken from outside, or by us: the other direction ends with it.
    }
    this.end();
  }
}

async function writeAll(to: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await to.write(bytes.subarray(sent));
}
