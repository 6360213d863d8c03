import postgres from "postgres";

/** The role that must give its password; all others are trusted. Tests create it. */
export const SECURED_ROLE = "secured";

/** A throwaway PostgreSQL server. */
export interface TestServer extends AsyncDisposable {
  /** Address of its maintenance database. */
  readonly url: string;
  /** Address of a new, empty database. */
  createDatabase(): Promise<string>;
  stop(): Promise<void>;
}

const BINARIES_ROOT = "/usr/lib/postgresql";
const USER = "tokenlysis_test";
/** The limit only ends what never comes: a server without its port ends by itself. */
const READY_WITHIN_MS = 180_000;
const ASK_EVERY_MS = 50;
const START_ATTEMPTS = 3;

/** The folder of the newest installed server's programs, or `null` where there is none. */
export function findPostgres(): string | null {
  try {
    const versions = [...Deno.readDirSync(BINARIES_ROOT)].map(({ name }) => name)
      .filter((name) => /^\d+$/.test(name)).sort((a, b) => Number(b) - Number(a));
    return versions.map((version) => `${BINARIES_ROOT}/${version}/bin`)
      .find((bin) => isFile(`${bin}/initdb`) && isFile(`${bin}/postgres`)) ?? null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/**
 * Starts a real server on a free port of 127.0.0.1 with its data in a temporary folder. It trusts
 * every local client, does not sync to disk, and ends with `stop()` or with this process.
 */
export async function startPostgres(): Promise<TestServer> {
  const bin = findPostgres();
  if (bin === null) throw new Error(`Cannot find PostgreSQL: expected it in ${BINARIES_ROOT}`);
  const folder = await Deno.makeTempDir({ prefix: "tokenlysis_pg_" });
  try {
    // PostgreSQL refuses to run as root, so the folder and its processes are the server user's.
    if (Deno.uid() === 0) await run("chown", ["postgres", folder]);
    const initdb = ["-D", `${folder}/data`, "-U", USER, "-A", "trust", "-E", "UTF8"];
    await runAsServer(`${bin}/initdb`, [...initdb, "--locale=C", "--no-sync"]);
    const rules = `${folder}/data/pg_hba.conf`;
    const trusted = await Deno.readTextFile(rules);
    const secured = `host all ${SECURED_ROLE} 127.0.0.1/32 scram-sha-256\n`;
    await Deno.writeTextFile(rules, secured + trusted);
    for (let attempt = 1;; attempt++) {
      const server = await tryStart({ bin, folder });
      if (server) return server;
      if (attempt === START_ATTEMPTS) throw new Error("Cannot start PostgreSQL: it did not answer");
    }
  } catch (error) {
    await Deno.remove(folder, { recursive: true });
    throw error;
  }
}

/** Somebody else may take the free port before the server does: then `null`. */
async function tryStart(
  { bin, folder }: { bin: string; folder: string },
): Promise<TestServer | null> {
  const port = freePort();
  const settings = {
    listen_addresses: "127.0.0.1",
    port: `${port}`,
    unix_socket_directories: folder,
    fsync: "off",
    synchronous_commit: "off",
    full_page_writes: "off",
    max_connections: "200",
    shared_buffers: "64MB",
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const command = asServer(`${bin}/postgres`, ["-D", `${folder}/data`, ...flags]);
  const child = new Deno.Command(command.program, {
    args: command.args,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const killAtExit = () => kill(child);
  globalThis.addEventListener("unload", killAtExit);
  const url = `postgresql://${USER}@127.0.0.1:${port}/postgres`;
  let isOver = false;
  const ended = child.status.then(() => isOver = true);
  const stopProcess = async () => {
    globalThis.removeEventListener("unload", killAtExit);
    kill(child);
    await ended;
  };
  if (!await answers({ bin, port, isOver: () => isOver })) {
    await stopProcess();
    return null;
  }
  let created = 0;
  const stop = async () => {
    await stopProcess();
    await Deno.remove(folder, { recursive: true });
  };
  return {
    url,
    createDatabase: async () => {
      const name = `test_${++created}_${crypto.randomUUID().slice(0, 8)}`;
      await query(url, `create database ${name}`);
      return url.replace(/postgres$/, name);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function answers(
  { bin, port, isOver }: { bin: string; port: number; isOver: () => boolean },
): Promise<boolean> {
  const deadline = performance.now() + READY_WITHIN_MS;
  const isReady = new Deno.Command(`${bin}/pg_isready`, {
    args: ["--quiet", "--host=127.0.0.1", `--port=${port}`],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  });
  while (performance.now() < deadline && !isOver()) {
    if ((await isReady.output()).success) return true;
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
  return false;
}

/** Runs one statement on a connection of its own. */
async function query(url: string, statement: string): Promise<void> {
  const connection = postgres(url, { max: 1, max_lifetime: null, fetch_types: false });
  try {
    await connection.unsafe(statement);
  } finally {
    await connection.end({ timeout: 0 });
  }
}

function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}

/** SIGINT: a fast shutdown, which does not wait for clients. */
function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGINT");
  } catch (error) {
    // It may have ended by itself.
    if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
  }
}

function asServer(program: string, args: readonly string[]) {
  // setpriv becomes the program itself, so that signals reach the server; it also ends the server
  // when this process is killed and can't.
  const user = Deno.uid() === 0 ? ["--reuid=postgres", "--regid=postgres", "--clear-groups"] : [];
  return { program: "setpriv", args: [...user, "--pdeathsig=INT", program, ...args] };
}

function runAsServer(program: string, args: readonly string[]): Promise<void> {
  const command = asServer(program, args);
  return run(command.program, command.args);
}

async function run(program: string, args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, {
    args: [...args],
    cwd: "/",
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) {
    throw new Error(`Cannot run ${program}: ${new TextDecoder().decode(stderr).trim()}`);
  }
}
