import { ENGINE_FLAGS } from "@/tools/server_command.ts";
import type { LoadOrder, LoadResult } from "./generator.ts";
import { Latencies } from "./latencies.ts";

const HERE = import.meta.dirname ?? ".";

/** A server in a process of its own. */
export interface RunningServer extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
}

/** What a load gave, all of its generators together. */
export interface LoadFigures {
  readonly perSecond: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly failures: number;
}

/** Whether a program is on the path. */
export function hasProgram(name: string): boolean {
  try {
    return new Deno.Command(name, { args: ["--version"], stdout: "null", stderr: "null" })
      .outputSync().success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** A command that keeps to the processor cores given, where the system can hold it to them. */
export function pinned(
  command: readonly string[],
  { cores, stdin }: { cores: string | null; stdin: "piped" | "null" },
): Deno.Command {
  const [program = "", ...args] = cores === null
    ? command
    : ["taskset", "--cpu-list", cores, ...command];
  return new Deno.Command(program, {
    args: [...args],
    stdin,
    stdout: "piped",
    stderr: "inherit",
  });
}

/** Starts a server, gives it `input` and waits until it says on which port it listens. */
export async function startServer(
  command: readonly string[],
  { cores, input }: { cores: string | null; input: string },
): Promise<RunningServer> {
  const child = pinned(command, { cores, stdin: "piped" }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const port = await readPort(child.stdout);
  return {
    port,
    pid: child.pid,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
    },
  };
}

async function readPort(stdout: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<number> {
  let text = "";
  const lines = stdout.pipeThrough(new TextDecoderStream());
  // Breaking out of the loop closes the pipe, and nothing else is read from it.
  for await (const chunk of lines) {
    text += chunk;
    const port = /^READY (\d+)$/m.exec(text)?.[1];
    if (port !== undefined) return Number(port);
  }
  throw new Error(`Cannot start the server: it ended after "${text}"`);
}

/** Milliseconds of processor time in one tick of `/proc`; 100 a second wherever Deno runs. */
const TICK_MS = 10;

/** Processor time that a process has had so far; `null` where the system does not tell. */
export function processorMs({ pid }: RunningServer): number | null {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    // The name in parentheses may hold anything; user and system time are fields 14 and 15.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return TICK_MS * (Number(fields[11]) + Number(fields[12]));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** The commands of the servers under load. */
export const SERVERS = {
  bare: [Deno.execPath(), "run", "-A", `${HERE}/load_server.ts`, "bare"],
  product: [Deno.execPath(), "run", "-A", ENGINE_FLAGS, `${HERE}/load_server.ts`, "product"],
  fastify: onNode(`${HERE}/fastify_server.mjs`),
  streams: [Deno.execPath(), "run", "-A", ENGINE_FLAGS, `${HERE}/stream_server.ts`],
  ws: onNode(`${HERE}/ws_server.mjs`),
} as const;

/** The command of a script for Node, which Deno runs where there is none. */
function onNode(script: string): readonly [string, ...string[]] {
  return hasProgram("node") ? ["node", script] : [Deno.execPath(), "run", "-A", script];
}

/** Offers a load from several processes at once, each with its share of it. */
export async function offerLoad(
  order: LoadOrder,
  { cores, processes }: { cores: string | null; processes: number },
): Promise<LoadFigures> {
  const share = {
    ...order,
    connections: Math.ceil(order.connections / processes),
    rate: order.rate / processes,
  };
  const command = [Deno.execPath(), "run", "-A", `${HERE}/generator.ts`, JSON.stringify(share)];
  const results = await Promise.all(Array.from({ length: processes }, async () => {
    const { success, stdout } = await pinned(command, { cores, stdin: "null" }).output();
    if (!success) throw new Error("Cannot offer load: the generator failed");
    return JSON.parse(new TextDecoder().decode(stdout)) as LoadResult;
  }));
  const latencies = new Latencies();
  for (const { counts } of results) latencies.add(counts);
  const sum = (of: (result: LoadResult) => number) =>
    results.reduce((total, result) => total + of(result), 0);
  return {
    perSecond: sum(({ requests, seconds }) => requests / seconds),
    p50: latencies.percentile(0.5),
    p95: latencies.percentile(0.95),
    p99: latencies.percentile(0.99),
    failures: sum(({ failures }) => failures),
  };
}
