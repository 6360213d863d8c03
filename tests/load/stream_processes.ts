import { Latencies } from "./latencies.ts";
import { pinned } from "./processes.ts";
import type { StreamOrder, StreamReport, StreamTarget } from "./stream_clients.ts";
import { textLines } from "./text_lines.ts";

const HERE = import.meta.dirname ?? ".";
const CLOCK_TICK_MS = 10;

/** What a process has used so far. */
export interface ProcessUsage {
  readonly cpuMs: number;
  readonly residentBytes: number;
}

/** What the system (Linux) says a process uses, its threads together. */
export function usageOf(pid: number): ProcessUsage {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  // The name of the program, the second field, may hold blanks: what follows it does not.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  const kilobytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
  return { cpuMs: ticks * CLOCK_TICK_MS, residentBytes: kilobytes * 1_024 };
}

/** What the clients of all processes saw together. */
export interface FleetReport extends Omit<StreamReport, "counts"> {
  readonly latencies: Latencies;
}

/** Clients in several processes. */
export class ClientFleet implements AsyncDisposable {
  readonly #processes: readonly ClientProcess[];

  /** Client processes for all of the ports in turn, without clients yet. */
  constructor(
    { ports, targets }: { ports: readonly number[]; targets: readonly StreamTarget[] },
    { cores, processes }: { cores: string | null; processes: number },
  ) {
    this.#processes = Array.from({ length: processes }, (_, at) => {
      const port = ports[at % ports.length] ?? 0;
      return new ClientProcess({ port, targets }, cores);
    });
  }

  /** Opens so many more clients, evenly; resolves once every one is connected. */
  async open(connections: number): Promise<void> {
    const count = this.#processes.length;
    await Promise.all(this.#processes.map((process, at) => {
      const upTo = (share: number) => Math.floor(share * connections / count);
      return process.open(upTo(at + 1) - upTo(at));
    }));
  }

  /** Forgets the figures so far. */
  async startRound(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.send("round")));
  }

  /** Has half of the clients of each process never read again. */
  async stall(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.send("stall")));
  }

  async report(): Promise<FleetReport> {
    const reports = await Promise.all(this.#processes.map((process) => process.report()));
    const latencies = new Latencies();
    for (const { counts } of reports) latencies.add(counts);
    const sum = (of: (report: StreamReport) => number) =>
      reports.reduce((total, report) => total + of(report), 0);
    return {
      latencies,
      frames: sum(({ frames }) => frames),
      lost: sum(({ lost }) => lost),
      behind: sum(({ behind }) => behind),
      ended: sum(({ ended }) => ended),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#processes.map((process) => process[Symbol.asyncDispose]()));
  }
}

class ClientProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: AsyncGenerator<string, void>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;

  constructor(order: StreamOrder, cores: string | null) {
    const script = `${HERE}/stream_clients.ts`;
    const command = [Deno.execPath(), "run", "-A", script, JSON.stringify(order)];
    this.#child = pinned(command, { cores, stdin: "piped" }).spawn();
    this.#lines = textLines(this.#child.stdout);
    this.#input = this.#child.stdin.getWriter();
  }

  async open(connections: number): Promise<void> {
    await this.send(`open ${connections}`);
    const { value } = await this.#lines.next();
    if (value !== "OPEN") throw new Error("Cannot open the clients: their process ended");
  }

  async send(command: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(`${command}\n`));
  }

  async report(): Promise<StreamReport> {
    await this.send("report");
    const { value } = await this.#lines.next();
    if (typeof value !== "string") throw new Error("Cannot read the clients: their process ended");
    return JSON.parse(value);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
    // Closed pipes fail, which says nothing new of a process that was ended.
    await this.#input.abort().catch(() => {});
    await this.#lines.return().catch(() => {});
  }
}
