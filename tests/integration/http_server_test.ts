import { maxStreamsOf, serveHttp } from "@/services/platform/http_server.ts";
import { assert, assertEquals, assertMatch, assertThrows } from "@/tests/assert.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { FakeTimer } from "@/tests/fakes/timer.ts";

const DESCRIPTORS = 128;
/** Streams that are open before the descriptors run out. */
const STREAMS = 10;
/** More than a process of so few descriptors can take. */
const CONNECTIONS = 2 * DESCRIPTORS;
/** The limit only ends what never comes. */
const ATTEMPTS = 3_600;
const RETRY_MS = 50;

/** The server in a process that may have 128 files open. */
class ServerProcess implements AsyncDisposable {
  readonly port: number;
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;

  private constructor(
    port: number,
    { child, lines }: { child: Deno.ChildProcess; lines: ReadableStreamDefaultReader<string> },
  ) {
    this.port = port;
    this.#child = child;
    this.#lines = lines;
  }

  static async start(): Promise<ServerProcess> {
    const script = "tests/integration/http_server_process.ts";
    const child = new Deno.Command("bash", {
      args: [
        "-c",
        `ulimit -n ${DESCRIPTORS} && exec "$0" run -A --quiet ${script}`,
        Deno.execPath(),
      ],
      stdout: "piped",
    }).spawn();
    const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const port = /^port (\d+)\n$/.exec((await lines.read()).value ?? "")?.[1];
    assert(port, "The server did not say its port");
    return new ServerProcess(Number(port), { child, lines });
  }

  /** The next things it says. */
  async hears(): Promise<string> {
    return (await this.#lines.read()).value ?? "";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#lines.cancel();
    await this.#child.status;
  }
}

/** A connection that asked for something. */
async function ask(port: number, path: string): Promise<Deno.TcpConn> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const request = `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`;
  await connection.write(new TextEncoder().encode(request));
  return connection;
}

/** What came, of as many bytes as one reading gives. */
async function readSome(connection: Deno.TcpConn): Promise<string> {
  const buffer = new Uint8Array(4_096);
  const count = await connection.read(buffer);
  assert(count !== null, "The connection was closed");
  return new TextDecoder().decode(buffer.subarray(0, count));
}

/** The answer of a server that may not listen yet. */
async function answerOf(port: number): Promise<string> {
  for (let attempt = 1;; attempt++) {
    try {
      using connection = await ask(port, "/");
      return await readSome(connection);
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** Opens connections until the server can't take them any more. */
async function crowdIn(port: number): Promise<readonly Deno.TcpConn[]> {
  const crowd: Deno.TcpConn[] = [];
  try {
    while (crowd.length < CONNECTIONS) {
      crowd.push(await Deno.connect({ hostname: "127.0.0.1", port }));
    }
  } catch (error) {
    // It has given up listening for the moment, which is what was to be brought about.
    const { ConnectionRefused, ConnectionReset } = Deno.errors;
    if (!(error instanceof ConnectionRefused || error instanceof ConnectionReset)) throw error;
  }
  return crowd;
}

Deno.test("serveHttp() outlives a want of descriptors, and so do open streams", async () => {
  await using server = await ServerProcess.start();
  const { port } = server;
  const streams = await Promise.all(Array.from({ length: STREAMS }, () => ask(port, "/stream")));
  for (const stream of streams) assertMatch(await readSome(stream), /^HTTP\/1.1 200 /);
  const crowd = await crowdIn(port);
  assertMatch(await server.hears(), /The server's socket broke, listening again: .*os error 24/);
  for (const stream of streams) assertMatch(await readSome(stream), /tick/);
  for (const connection of crowd) connection.close();
  assertMatch(await answerOf(port), /\r\n\r\nserved$/);
  for (const stream of streams) {
    assertMatch(await readSome(stream), /tick/);
    stream.close();
  }
});

Deno.test("serveHttp() answers until it is shut down, and leaves no timer", async () => {
  const timer = new FakeTimer(new FakeClock());
  const log = new RecordingLog();
  const handler = () => new Response("served");
  const server = serveHttp({ hostname: "127.0.0.1", port: 0, handler, log, timer });
  const { port } = server.addr;
  assertEquals(await (await fetch(`http://127.0.0.1:${port}`)).text(), "served");
  assertThrows(() => serveHttp({ hostname: "127.0.0.1", port, handler, log, timer }), {
    type: Deno.errors.AddrInUse,
  });
  await server.shutdown();
  assertEquals([timer.waiting, log.lines], [0, []]);
});

const limits: readonly { descriptors: number; expected: number }[] = [
  { descriptors: 1, expected: 1 },
  { descriptors: 128, expected: 64 },
  { descriptors: 256, expected: 128 },
  { descriptors: 1_024, expected: 896 },
  { descriptors: 20_000, expected: 18_000 },
];
for (const { descriptors, expected } of limits) {
  Deno.test(`maxStreamsOf(${descriptors}) is ${expected}`, () => {
    assertEquals(maxStreamsOf(descriptors), expected);
  });
}
