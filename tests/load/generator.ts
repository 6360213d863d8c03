// deno-lint-ignore-file no-console -- the parent reads the result from standard output
/**
 * Offers HTTP load over raw keep-alive connections, which costs a fraction of what `fetch` does.
 * Closed loop: each connection asks again once it is answered. Open loop (`rate` > 0): requests
 * are due at fixed instants, and a late answer counts from when its request was due.
 */
import { Latencies } from "./latencies.ts";

/** What the parent gives as JSON in the first argument. */
export interface LoadOrder {
  readonly port: number;
  readonly path: string;
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second in all; 0 for a closed loop. */
  readonly rate: number;
  /** Whether every request gets a URL of its own, which no cache can have seen. */
  readonly isDistinct: boolean;
}

export interface LoadResult {
  readonly requests: number;
  readonly failures: number;
  readonly seconds: number;
  readonly counts: readonly number[];
}

const CR = 13;
const READ_BYTES = 262_144;
const LAST_CHUNK = "0\r\n\r\n";

class Connection {
  readonly #conn: Deno.TcpConn;
  readonly #buffer = new Uint8Array(READ_BYTES);
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder();

  readonly #host: string;

  constructor(conn: Deno.TcpConn) {
    conn.setNoDelay(true);
    this.#conn = conn;
    const { hostname, port } = conn.remoteAddr;
    this.#host = `${hostname}:${port}`;
  }

  /** Asks once; whether the answer was a 200 with its whole body. */
  async ask(path: string): Promise<boolean> {
    const request = `GET ${path} HTTP/1.1\r\nhost: ${this.#host}\r\n\r\n`;
    await this.#conn.write(this.#encoder.encode(request));
    let length = 0;
    let headEnd = -1;
    while (headEnd < 0) {
      const read = await this.#conn.read(this.#buffer.subarray(length));
      if (read === null) return false;
      length += read;
      headEnd = findHeadEnd(this.#buffer, length);
    }
    const head = this.#decoder.decode(this.#buffer.subarray(0, headEnd));
    const isWhole = /transfer-encoding: chunked/i.test(head)
      ? await this.#readChunks(this.#buffer.subarray(headEnd, length))
      : await this.#readLength(length - headEnd, head);
    return isWhole && head.startsWith("HTTP/1.1 200");
  }

  async #readLength(got: number, head: string): Promise<boolean> {
    const size = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? NaN);
    if (Number.isNaN(size)) throw new Error(`Cannot measure an answer without its length: ${head}`);
    for (let left = size - got; left > 0;) {
      const read = await this.#conn.read(this.#buffer);
      if (read === null) return false;
      left -= read;
    }
    return true;
  }

  /** Up to the empty chunk; the texts asked for hold no line break of its kind. */
  async #readChunks(got: Uint8Array): Promise<boolean> {
    let end = this.#decoder.decode(got.subarray(-LAST_CHUNK.length));
    while (!end.endsWith(LAST_CHUNK)) {
      const read = await this.#conn.read(this.#buffer);
      if (read === null) return false;
      const bytes = this.#buffer.subarray(Math.max(0, read - LAST_CHUNK.length), read);
      end = (end + this.#decoder.decode(bytes)).slice(-LAST_CHUNK.length);
    }
    return true;
  }

  close(): void {
    this.#conn.close();
  }
}

/** Where the empty line after the headers ends; -1 if it has not come yet. */
function findHeadEnd(buffer: Uint8Array, length: number): number {
  for (let at = buffer.indexOf(CR); at >= 0 && at + 4 <= length; at = buffer.indexOf(CR, at + 1)) {
    if (buffer[at + 2] === CR) return at + 4;
  }
  return -1;
}

async function run(order: LoadOrder): Promise<LoadResult> {
  const { port, path, seconds, rate, isDistinct } = order;
  const latencies = new Latencies();
  const start = performance.now();
  const end = start + seconds * 1_000;
  const separator = path.includes("?") ? "&" : "?";
  let asked = 0;
  let failures = 0;
  async function work(): Promise<void> {
    const connection = new Connection(await Deno.connect({ hostname: "127.0.0.1", port }));
    while (true) {
      const turn = asked++;
      const due = rate > 0 ? start + turn * 1_000 / rate : performance.now();
      if (due >= end) break;
      const early = due - performance.now();
      if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
      const from = rate > 0 ? due : performance.now();
      const target = isDistinct ? `${path}${separator}n=${Deno.pid}-${turn}` : path;
      if (!await connection.ask(target)) failures++;
      latencies.record(performance.now() - from);
    }
    connection.close();
  }
  await Promise.all(Array.from({ length: order.connections }, work));
  const { total: requests, counts } = latencies;
  return { requests, failures, seconds: (performance.now() - start) / 1_000, counts };
}

if (import.meta.main) console.log(JSON.stringify(await run(JSON.parse(Deno.args[0] ?? "{}"))));
