// deno-lint-ignore-file no-console -- the parent reads the results from standard output
/**
 * Many clients of a stream in one process, over raw connections that cost a fraction of what
 * `WebSocket` or `EventSource` do. Lines on standard input command it: `open 500` opens as many
 * more, `round` forgets the figures so far, `report` tells them, `stall` has half of the clients
 * never read again.
 * No run lasts as long as the server waits for a sign of life, so that pings need no answer.
 */
import { Latencies } from "./latencies.ts";
import { preciseNow, readMarks } from "./stream_mark.ts";
import { textLines } from "./text_lines.ts";

/** What the parent gives as JSON in the first argument. */
export interface StreamOrder {
  readonly port: number;
  /** Clients take these in turn. */
  readonly targets: readonly StreamTarget[];
}

export interface StreamTarget {
  readonly wire: "sse" | "websocket";
  readonly path: string;
}

/** What clients that still read saw since the round began; losses and ends since they came. */
export interface StreamReport {
  readonly frames: number;
  /** Logarithmic buckets of the milliseconds from publishing to receipt. */
  readonly counts: readonly number[];
  /** Values that a client was not sent between two that it was. */
  readonly lost: number;
  /** Clients that lag behind the newest value of any by more than one. */
  readonly behind: number;
  /** Connections that ended. */
  readonly ended: number;
}

const BUFFER_BYTES = 4_096;
/** Connections that open at the same time. */
const OPENING = 64;
const HEAD_END = "\r\n\r\n";
const HEADS = {
  sse: { status: "HTTP/1.1 200", headers: "accept: text/event-stream\r\n" },
  websocket: {
    status: "HTTP/1.1 101",
    headers: "connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n" +
      "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n",
  },
} as const;

/** What all clients of this process saw together. */
class Tally {
  latencies = new Latencies();
  frames = 0;
  lost = 0;
  ended = 0;

  startRound(): void {
    this.latencies = new Latencies();
    this.frames = 0;
  }
}

class StreamClient {
  readonly #conn: Deno.TcpConn;
  readonly #tally: Tally;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  /** Bytes at the start of the buffer that were read but not understood yet. */
  #kept = 0;
  #isStalled = false;
  lastSeq = 0;

  constructor(conn: Deno.TcpConn, tally: Tally) {
    this.#conn = conn;
    this.#tally = tally;
  }

  /** Asks for the stream and waits for the head of the answer. */
  async open({ wire, path }: StreamTarget): Promise<void> {
    const { hostname, port } = this.#conn.remoteAddr;
    const { status, headers } = HEADS[wire];
    const request = `GET ${path} HTTP/1.1\r\nhost: ${hostname}:${port}\r\n${headers}\r\n`;
    await this.#conn.write(new TextEncoder().encode(request));
    while (true) {
      const bytes = await this.#next();
      if (bytes === null) throw new Error(`Cannot open ${path}: the connection ended`);
      const text = new TextDecoder("latin1").decode(bytes);
      const end = text.indexOf(HEAD_END);
      if (end < 0) {
        this.#keep(bytes, bytes.length);
        continue;
      }
      if (!text.startsWith(status)) throw new Error(`Cannot open ${path}: ${text}`);
      this.#take(bytes.subarray(end + HEAD_END.length));
      return;
    }
  }

  /** Reads until the connection ends or the client stalls. */
  async read(): Promise<void> {
    while (!this.#isStalled) {
      const bytes = await this.#next();
      if (bytes === null) {
        this.#tally.ended++;
        return;
      }
      this.#take(bytes);
    }
  }

  /** Never reads again, but stays. */
  stall(): void {
    this.#isStalled = true;
  }

  /** What was kept and what came, until the next call; `null` at the end. */
  async #next(): Promise<Uint8Array | null> {
    const read = await this.#conn.read(this.#buffer.subarray(this.#kept));
    if (read === null) return null;
    const bytes = this.#buffer.subarray(0, this.#kept + read);
    this.#kept = 0;
    return bytes;
  }

  #keep(bytes: Uint8Array, count: number): void {
    this.#buffer.set(bytes.subarray(bytes.length - count));
    this.#kept = count;
  }

  #take(bytes: Uint8Array): void {
    const now = preciseNow();
    const left = readMarks(bytes, (seq, publishedAt) => {
      if (this.lastSeq > 0) this.#tally.lost += Math.abs(seq - this.lastSeq - 1);
      // The first value is the latest from before the client came, and says nothing of delivery.
      if (this.lastSeq > 0) this.#tally.latencies.record(now - publishedAt);
      this.lastSeq = seq;
      this.#tally.frames++;
    });
    this.#keep(bytes, left);
  }
}

async function open(
  count: number,
  { order: { port, targets }, tally }: { order: StreamOrder; tally: Tally },
): Promise<readonly StreamClient[]> {
  const clients: StreamClient[] = [];
  let next = 0;
  async function work(): Promise<void> {
    while (next < count) {
      const target = targets[next++ % targets.length];
      if (target === undefined) throw new RangeError("Cannot open clients of nothing");
      const conn = await Deno.connect({ hostname: "127.0.0.1", port });
      const client = new StreamClient(conn, tally);
      await client.open(target);
      clients.push(client);
      client.read().catch(() => tally.ended++);
    }
  }
  await Promise.all(Array.from({ length: OPENING }, work));
  return clients;
}

function report(clients: readonly StreamClient[], tally: Tally): StreamReport {
  const { latencies: { counts }, frames, lost, ended } = tally;
  const newest = clients.reduce((seq, { lastSeq }) => Math.max(seq, lastSeq), 0);
  const behind = clients.filter(({ lastSeq }) => lastSeq < newest - 1).length;
  return { frames, counts, lost, behind, ended };
}

async function run(order: StreamOrder): Promise<void> {
  const tally = new Tally();
  let clients: readonly StreamClient[] = [];
  for await (const line of textLines(Deno.stdin.readable)) {
    const [command, count] = line.split(" ");
    if (command === "open") {
      clients = [...clients, ...await open(Number(count), { order, tally })];
      console.log("OPEN");
    }
    if (command === "round") tally.startRound();
    if (command === "report") console.log(JSON.stringify(report(clients, tally)));
    if (command === "stall") {
      const half = Math.floor(clients.length / 2);
      for (const client of clients.slice(0, half)) client.stall();
      clients = clients.slice(half);
    }
  }
}

if (import.meta.main) await run(JSON.parse(Deno.args[0] ?? "{}"));
