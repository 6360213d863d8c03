const BINARIES = ["/usr/bin/redis-server", "/usr/local/bin/redis-server"];
const HOST = "127.0.0.1";
/** The limit only ends what never comes: a server without its port ends by itself. */
const READY_WITHIN_MS = 180_000;
const ASK_EVERY_MS = 20;
const START_ATTEMPTS = 3;

/** A throwaway Redis server that keeps nothing on disk. */
export interface RedisServer extends AsyncDisposable {
  readonly hostname: string;
  readonly port: number;
  /** Ends it at once, as a crash would; its data is lost. */
  kill(): Promise<void>;
  /** Starts it again after `kill()`, empty, on the same port. */
  restart(): Promise<void>;
}

/** The installed server's program, or `null` where there is none. */
export function findRedis(): string | null {
  return BINARIES.find(isFile) ?? null;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Starts a real server on a free port of 127.0.0.1; it ends with this process at the latest. */
export async function startRedis(): Promise<RedisServer> {
  const program = findRedis();
  if (program === null) throw new Error(`Cannot find Redis: expected ${BINARIES.join(" or ")}`);
  for (let attempt = 1;; attempt++) {
    const port = freePort();
    const first = await tryStart(program, port);
    if (first) return serverOf({ program, port, first });
    // Somebody else may take the free port before the server does.
    if (attempt === START_ATTEMPTS) throw new Error("Cannot start Redis: it did not answer");
  }
}

function serverOf(
  { program, port, first }: { program: string; port: number; first: RunningServer },
): RedisServer {
  let running: RunningServer | null = first;
  const kill = async () => {
    const ending = running;
    running = null;
    await ending?.stop();
  };
  return {
    hostname: HOST,
    port,
    kill,
    async restart() {
      if (running) throw new Error("Cannot restart Redis: it is running");
      running = await tryStart(program, port);
      if (!running) throw new Error(`Cannot restart Redis: port ${port} does not answer`);
    },
    [Symbol.asyncDispose]: kill,
  };
}

interface RunningServer {
  stop(): Promise<void>;
}

async function tryStart(program: string, port: number): Promise<RunningServer | null> {
  const settings = { bind: HOST, port: `${port}`, save: "", appendonly: "no", daemonize: "no" };
  const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const child = new Deno.Command("setpriv", {
    // The server ends also when this process is killed and can't end it.
    args: ["--pdeathsig=KILL", program, ...flags],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let isOver = false;
  const ended = child.status.then(() => isOver = true);
  const kill = () => {
    if (!isOver) child.kill("SIGKILL");
  };
  globalThis.addEventListener("unload", kill);
  const stop = async () => {
    globalThis.removeEventListener("unload", kill);
    kill();
    await ended;
  };
  const deadline = performance.now() + READY_WITHIN_MS;
  while (performance.now() < deadline && !isOver) {
    if (await answers(port)) return { stop };
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
  await stop();
  return null;
}

async function answers(port: number): Promise<boolean> {
  try {
    using connection = await Deno.connect({ hostname: HOST, port });
    await connection.write(new TextEncoder().encode("PING\r\n"));
    const reply = new Uint8Array(16);
    const length = await connection.read(reply) ?? 0;
    return new TextDecoder().decode(reply.subarray(0, length)).startsWith("+PONG");
  } catch {
    // Not listening yet, or still loading.
    return false;
  }
}

function freePort(): number {
  const listener = Deno.listen({ hostname: HOST, port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}
