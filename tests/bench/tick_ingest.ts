import { type LoadFigures, offerLoad } from "@/tests/load/processes.ts";
import type { IngestResult } from "./tick_server.ts";

/** What requests ask for meanwhile, with the requests a second of each. */
const LOADS = [
  { path: "/api/market/price/bitcoin", rate: 40 },
  { path: "/api/market/prices?coins=bitcoin,ethereum,solana", rate: 40 },
  { path: "/", rate: 20 },
] as const;
const CONNECTIONS = 8;
const READERS = 10;

export interface IngestFigures extends IngestResult {
  readonly loads: readonly (LoadFigures & { readonly path: string })[];
  /** Prices that the readers of the stream were told. */
  readonly told: number;
}

/** Has the product take so many trades a second while it answers 100 requests a second. */
export async function measureIngest(
  { perSecond, seconds }: { perSecond: number; seconds: number },
): Promise<IngestFigures> {
  const dataDir = await Deno.makeTempDir({ prefix: "ticks_bench_" });
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", `${import.meta.dirname}/tick_server.ts`],
      JSON.stringify({ perSecond, dataDir }),
    ],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  try {
    const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const port = Number(await readUntil(output, /READY (\d+)\n/));
    const readers = Array.from({ length: READERS }, () => new StreamCounter(port));
    const loads = await Promise.all(LOADS.map(async ({ path, rate }) => {
      const order = { port, path, rate, seconds, connections: CONNECTIONS, isDistinct: false };
      return { path, ...await offerLoad(order, { cores: null, processes: 1 }) };
    }));
    for (const reader of readers) reader.stop();
    const writer = child.stdin.getWriter();
    await writer.write(new Uint8Array(1));
    await writer.close();
    const result: IngestResult = JSON.parse(await readUntil(output, /^(\{.*\})\n/m));
    const told = readers.reduce((sum, reader) => sum + reader.count, 0);
    return { ...result, loads, told };
  } finally {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended by itself, as it should.
    }
    await child.status;
    await Deno.remove(dataDir, { recursive: true });
  }
}

/** What the pattern catches, once the output holds it. */
async function readUntil(
  output: ReadableStreamDefaultReader<string>,
  pattern: RegExp,
): Promise<string> {
  for (let text = "";;) {
    const { done, value } = await output.read();
    if (done) throw new Error(`The server ended after "${text}"`);
    text += value;
    const caught = pattern.exec(text)?.[1];
    if (caught !== undefined) return caught;
  }
}

/** Reads the stream of prices and counts them. */
class StreamCounter {
  count = 0;
  readonly #stop = new AbortController();

  constructor(port: number) {
    this.#read(port).catch((error) => {
      if (!this.#stop.signal.aborted) throw error;
    });
  }

  stop(): void {
    this.#stop.abort();
  }

  async #read(port: number): Promise<void> {
    const { signal } = this.#stop;
    const { body } = await fetch(`http://127.0.0.1:${port}/api/stream/prices`, { signal });
    for await (const text of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      this.count += text.split("event: price_update").length - 1;
    }
  }
}
