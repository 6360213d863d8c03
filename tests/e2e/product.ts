import { type Config, loadConfig } from "@/services/config.ts";
import { serverArguments } from "@/tools/server_command.ts";

/** A running product in a process of its own, as its user would have it. */
export interface Product extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, no slash at the end. */
  readonly url: string;
  readonly dataDir: string;
  readonly process: Deno.ChildProcess;
  /** Everything it printed until now. */
  output(): string;
  close(): Promise<void>;
}

export interface ProductOptions {
  /** Settings beside the ones that make the test independent; wins over them. */
  readonly env?: Readonly<Record<string, string>>;
  /** An existing data folder; without it the product gets an empty one of its own. */
  readonly dataDir?: string;
  /** Runs it on a clock that `putForward` moves, ahead of the system's by so much at first. */
  readonly aheadMs?: number;
}

const READY = /Tokenlysis listening on (http:\/\/\S+)/;

/** Starts the product on a free port with the demo market, and waits until it answers. */
export async function startProduct(
  { env = {}, dataDir, aheadMs }: ProductOptions = {},
): Promise<Product> {
  const folder = dataDir ?? await Deno.makeTempDir({ prefix: "tokenlysis-" });
  const settings = {
    TOKENLYSIS_PORT: "0",
    TOKENLYSIS_DATA_DIR: folder,
    TOKENLYSIS_NETWORK: "off",
    TOKENLYSIS_DEMO: "on",
    ...env,
  };
  const process = new Deno.Command(Deno.execPath(), {
    args: argumentsFor(loadConfig(settings), aheadMs),
    env: settings,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const printed: string[] = [];
  const errors = collect(process.stderr, (text) => printed.push(text));
  const ready = Promise.withResolvers<string>();
  const lines = collect(process.stdout, (text) => {
    printed.push(text);
    const url = READY.exec(printed.join(""))?.[1];
    if (url) ready.resolve(url);
  });
  const output = () => printed.join("");
  const ended = process.status.then(async ({ code }) => {
    await Promise.all([errors, lines]);
    ready.reject(new Error(`The product ended with ${code} before it listened:\n${output()}`));
  });
  const close = async () => {
    try {
      process.kill("SIGTERM");
    } catch {
      // It has ended already; `ended` says so.
    }
    await ended;
    if (!dataDir) await Deno.remove(folder, { recursive: true });
  };
  // A product that ends after it was ready is told by its status, not by this promise.
  ready.promise.catch(() => {});
  const url = await ready.promise;
  return { url, dataDir: folder, process, output, close, [Symbol.asyncDispose]: close };
}

function argumentsFor(config: Config, aheadMs: number | undefined): string[] {
  const args = [...serverArguments(config)];
  if (aheadMs === undefined) return args;
  return [
    ...args.slice(0, -1),
    new URL("./shifted_main.ts", import.meta.url).pathname,
    `${aheadMs}`,
  ];
}

async function collect(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  take: (text: string) => void,
): Promise<void> {
  for await (const text of stream.pipeThrough(new TextDecoderStream())) take(text);
}
