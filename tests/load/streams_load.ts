// deno-lint-ignore-file no-console
/**
 * The product's streams under thousands of clients on one machine: how late values come, what a
 * connection costs in memory and a frame in processor time, whether anything is lost, what stalled
 * readers do to memory. Beside it `ws` with the same clients in the same run. Medians of rounds.
 * Names of scenarios as arguments choose some of them: `sockets`, `sse`, `mixed`, `spread` (three
 * processes), `ticks`, `stalls`.
 */
import type { StreamStats } from "@/services/ops/ports.ts";
import { Goals } from "./goals.ts";
import { hasProgram, type RunningServer, SERVERS, startServer } from "./processes.ts";
import type { StreamTarget } from "./stream_clients.ts";
import { MARK_PLACE } from "./stream_mark.ts";
import { ClientFleet, usageOf } from "./stream_processes.ts";

const isQuick = Deno.args.includes("--quick");
/** Names of the scenarios to run; all if none is given. */
const chosen = Deno.args.filter((arg) => !arg.startsWith("--"));
const ROUNDS = isQuick ? 1 : 3;
const ROUND_MS = isQuick ? 1_200 : 5_000;
/** Waited after the last client came: compilers and collectors of garbage catch up. */
const SETTLE_MS = isQuick ? 200 : 3_000;
/** Clients that come first; those after them show what one more costs, without the start's cost. */
const EARLY_SHARE = 0.1;
/** A quick run has a fiftieth of the clients. */
const SCALE = isQuick ? 0.02 : 1;
/** Product and yardstick take turns, each with servers and clients of their own. */
const TURNS = isQuick ? 1 : 2;

const GOALS = {
  p99Ms: 200,
  spreadP99Ms: 500,
  tickP99Ms: 50,
  socketKilobytes: 20,
  sseKilobytes: 60,
  cpuToWs: 1,
  stallMegabytes: 20,
} as const;

/** Two cores serve and two listen, so that neither takes time from the other. */
const canPin = hasProgram("taskset") && navigator.hardwareConcurrency >= 4;
const SERVER_CORES = canPin ? "0,1" : null;
const CLIENT_CORES = canPin ? "2,3" : null;

const FRAME_BYTES = 300;
const SOCKET: StreamTarget = { wire: "websocket", path: "/ws/prices?coins=bitcoin" };
const BATCHES: StreamTarget = { wire: "websocket", path: "/ws/prices?coins=bitcoin&batch=1" };
const SSE: StreamTarget = { wire: "sse", path: "/api/stream/prices?coins=bitcoin" };

/** A frame of a WebSocket as the product and its yardstick send it. */
function wrap(data: string): string {
  return `{"type":"price_update","data":${data}}`;
}

/** A price whose frame has this many bytes. */
function priceTemplate(frameBytes: number): string {
  const price = (pad: string) =>
    `{"coin_id":"bitcoin","price":64123.45,"mark":"${MARK_PLACE}","note":"${pad}"}`;
  return price("x".repeat(frameBytes - wrap(price("")).length));
}

interface Scenario {
  readonly server: "streams" | "ws";
  readonly feed: "steady" | "random" | "wide";
  readonly servers: number;
  readonly clients: number;
  readonly clientProcesses: number;
  readonly targets: readonly StreamTarget[];
  /** Whether servers and clients keep to cores of their own. */
  readonly isPinned: boolean;
}

/** Medians of the rounds, but of the processor time the least: what else runs only adds to it. */
interface Figures {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuMicros: number;
  readonly kilobytes: number;
  readonly lost: number;
}

const ONE_SERVER = {
  server: "streams",
  feed: "steady",
  servers: 1,
  clientProcesses: 2,
  isPinned: true,
} as const;
const goals = new Goals();

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

class Servers implements AsyncDisposable {
  readonly #running: readonly RunningServer[];
  readonly ports: readonly number[];

  constructor(running: readonly RunningServer[]) {
    this.#running = running;
    this.ports = running.map(({ port }) => port);
  }

  static async start({ server, feed, servers, isPinned }: Scenario): Promise<Servers> {
    const cores = isPinned ? SERVER_CORES : null;
    const command = server === "ws" ? SERVERS.ws : [...SERVERS.streams, feed];
    const price = priceTemplate(feed === "wide" ? WIDE_PRICE_BYTES : FRAME_BYTES);
    const input = server === "ws"
      ? JSON.stringify({ text: wrap(price), place: MARK_PLACE })
      : price;
    return new Servers(
      await Promise.all(
        Array.from({ length: servers }, () => startServer(command, { cores, input })),
      ),
    );
  }

  usage(): { readonly cpuMs: number; readonly residentBytes: number } {
    const usages = this.#running.map(({ pid }) => usageOf(pid));
    return {
      cpuMs: usages.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
      residentBytes: usages.reduce((sum, { residentBytes }) => sum + residentBytes, 0),
    };
  }

  /** What the product tells of its streams. */
  async stats(): Promise<Pick<StreamStats, "encoded" | "delivered">> {
    const response = await fetch(`http://127.0.0.1:${this.ports[0]}/stats`);
    return await response.json();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#running.map((server) => server[Symbol.asyncDispose]()));
  }
}

function startFleet({ ports }: Servers, { targets, clientProcesses, isPinned }: Scenario) {
  return new ClientFleet({ ports, targets }, {
    cores: isPinned ? CLIENT_CORES : null,
    processes: clientProcesses,
  });
}

/** Runs a scenario once: its rounds one after the other, with the same clients. */
async function measure(name: string, scenario: Scenario): Promise<readonly Figures[]> {
  await using servers = await Servers.start(scenario);
  await using fleet = startFleet(servers, scenario);
  const early = Math.round(scenario.clients * EARLY_SHARE);
  await fleet.open(early);
  await pause(SETTLE_MS);
  const bytesBefore = servers.usage().residentBytes;
  await fleet.open(scenario.clients - early);
  await pause(SETTLE_MS);
  const bytes = servers.usage().residentBytes;
  console.log(`${name}: ${scenario.clients} clients, server ${(bytes / 1e6).toFixed(0)} MB`);
  const rounds: Figures[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await fleet.startRound();
    const before = servers.usage();
    await pause(ROUND_MS);
    const after = servers.usage();
    const { latencies, frames, lost, behind, ended } = await fleet.report();
    const figures = {
      p50Ms: latencies.percentile(0.5),
      p99Ms: latencies.percentile(0.99),
      cpuMicros: (after.cpuMs - before.cpuMs) * 1_000 / frames,
      kilobytes: (after.residentBytes - bytesBefore) / (scenario.clients - early) / 1_000,
      lost: lost + behind + ended,
    };
    show(`  round ${round + 1}, ${frames} frames`, figures);
    rounds.push(figures);
  }
  return rounds;
}

/** Runs a scenario and says the medians of its rounds. */
async function run(name: string, scenario: Scenario): Promise<Figures> {
  return summarize(name, await measure(name, scenario));
}

function summarize(name: string, rounds: readonly Figures[]): Figures {
  const figures = {
    p50Ms: median(rounds.map(({ p50Ms }) => p50Ms)),
    p99Ms: median(rounds.map(({ p99Ms }) => p99Ms)),
    cpuMicros: Math.min(...rounds.map(({ cpuMicros }) => cpuMicros)),
    kilobytes: median(rounds.map(({ kilobytes }) => kilobytes)),
    lost: Math.max(...rounds.map(({ lost }) => lost)),
  };
  show(name, figures);
  return figures;
}

function show(name: string, { p50Ms, p99Ms, cpuMicros, kilobytes, lost }: Figures): void {
  console.log(
    `${name.padEnd(36)}  p50 ${p50Ms.toFixed(1).padStart(6)} ms` +
      `  p99 ${p99Ms.toFixed(1).padStart(6)} ms  ${cpuMicros.toFixed(1).padStart(6)} us CPU/frame` +
      `  ${kilobytes.toFixed(1).padStart(5)} kB/client  ${lost} lost`,
  );
}

async function holdSockets(): Promise<void> {
  const product = { ...ONE_SERVER, clients: 10_000 * SCALE, targets: [SOCKET] };
  const yardstick = { ...product, server: "ws" } as const;
  const runtime = SERVERS.ws[0] === "node" ? "Node" : "Deno";
  const rounds: { product: Figures[]; ws: Figures[] } = { product: [], ws: [] };
  for (let turn = 0; turn < TURNS; turn++) {
    rounds.product.push(...await measure("WebSocket", product));
    rounds.ws.push(...await measure(`ws on ${runtime}`, yardstick));
  }
  const { p99Ms, cpuMicros, kilobytes, lost } = summarize("WebSocket", rounds.product);
  const ws = summarize(`ws on ${runtime}`, rounds.ws);
  goals.atMost("WebSocket p99 ms", { actual: p99Ms, goal: GOALS.p99Ms });
  goals.atMost("WebSocket kB a client", { actual: kilobytes, goal: GOALS.socketKilobytes });
  goals.atMost("WebSocket values lost", { actual: lost, goal: 0 });
  goals.atMost("CPU a frame / that of ws", {
    actual: cpuMicros / ws.cpuMicros,
    goal: GOALS.cpuToWs,
  });
}

async function holdSse(): Promise<void> {
  const { p99Ms, kilobytes, lost } = await run("SSE", {
    ...ONE_SERVER,
    clients: 10_000 * SCALE,
    targets: [SSE],
  });
  goals.atMost("SSE p99 ms", { actual: p99Ms, goal: GOALS.p99Ms });
  goals.atMost("SSE kB a client", { actual: kilobytes, goal: GOALS.sseKilobytes });
  goals.atMost("SSE values lost", { actual: lost, goal: 0 });
}

async function holdMixed(): Promise<void> {
  const { lost } = await run("mixed", {
    ...ONE_SERVER,
    clients: 19_000 * SCALE,
    targets: [SOCKET, SSE],
  });
  goals.atMost("values lost of 19,000 clients", { actual: lost, goal: 0 });
}

async function holdSpread(): Promise<void> {
  for (const [name, target] of Object.entries({ WebSocket: SOCKET, SSE })) {
    const { p99Ms, lost } = await run(`${name}, three processes`, {
      ...ONE_SERVER,
      servers: 3,
      isPinned: false,
      clientProcesses: 3,
      clients: 50_000 * SCALE,
      targets: [target],
    });
    goals.atMost(`${name} p99 ms of 50,000`, { actual: p99Ms, goal: GOALS.spreadP99Ms });
    goals.atMost(`${name} values lost of 50,000`, { actual: lost, goal: 0 });
  }
}

async function holdTicks(): Promise<void> {
  for (const [name, target] of Object.entries({ WebSocket: SOCKET, SSE })) {
    const { p99Ms } = await run(`${name}, ticks at random`, {
      ...ONE_SERVER,
      feed: "random",
      clients: 1_000 * SCALE,
      targets: [target],
    });
    goals.atMost(`${name} tick to client p99 ms`, { actual: p99Ms, goal: GOALS.tickP99Ms });
  }
}

const STALL_CLIENTS = 600;
/** Long enough that the system's own buffers fill up. */
const STALL_MS = isQuick ? 1_000 : 20_000;
/** Of a wide beat that reaches half of its readers; more means that the system still took it. */
const REACHED_SHARE = 0.6;
/** Bytes that make the system's buffers fill up soon. */
const WIDE_PRICE_BYTES = 1_200;

/** Memory before and after half of the clients stop reading what comes fast. */
async function holdStalls(): Promise<void> {
  for (const [name, target] of Object.entries({ WebSocket: SOCKET, batches: BATCHES, SSE })) {
    const clients = STALL_CLIENTS * SCALE;
    const scenario: Scenario = { ...ONE_SERVER, feed: "wide", clients, targets: [target] };
    await using servers = await Servers.start(scenario);
    await using fleet = startFleet(servers, scenario);
    await fleet.open(clients);
    await pause(2 * SETTLE_MS);
    const before = servers.usage().residentBytes;
    await fleet.stall();
    await fleet.startRound();
    await pause(STALL_MS);
    const first = await servers.stats();
    await pause(ROUND_MS);
    const last = await servers.stats();
    const megabytes = (servers.usage().residentBytes - before) / 1e6;
    const reached = (last.delivered - first.delivered) / (last.encoded - first.encoded) / clients;
    const { latencies, lost, behind, ended } = await fleet.report();
    console.log(
      `${name}, half stalled: ${megabytes.toFixed(1)} MB; p99 of the others ` +
        `${latencies.percentile(0.99).toFixed(1)} ms, ${lost + behind + ended} lost`,
    );
    goals.atMost(`${name} share of readers reached`, { actual: reached, goal: REACHED_SHARE });
    goals.atMost(`${name} MB of stalled clients`, {
      actual: megabytes,
      goal: GOALS.stallMegabytes,
    });
  }
}

const SCENARIOS: Readonly<Record<string, () => Promise<void>>> = {
  sockets: holdSockets,
  sse: holdSse,
  mixed: holdMixed,
  spread: holdSpread,
  ticks: holdTicks,
  stalls: holdStalls,
};

if (Deno.build.os !== "linux") throw new Error("Cannot read what a process uses but on Linux");
for (const [name, hold] of Object.entries(SCENARIOS)) {
  if (chosen.length === 0 || chosen.includes(name)) await hold();
}
if (goals.missed.length > 0) console.error(`Missed: ${goals.missed.join("; ")}`);
// A quick run shows that it runs; so few clients say little of many.
Deno.exit(goals.missed.length > 0 && !isQuick ? 1 : 0);
