import { errorMessage } from "../kernel/errors.ts";
import type { Log, Timer } from "../ports/mod.ts";

/** How long to wait before listening again after the system refused a connection's descriptor. */
const LISTEN_AGAIN_MS = 200;
/** Descriptors that streams leave for requests, the database, files and outgoing calls. */
const SPARE_DESCRIPTORS = 128;
const SPARE_SHARE = 0.1;
/** Open files that most systems give a process, where nobody says how many. */
export const USUAL_DESCRIPTORS = 1_024;

export interface HttpServerOptions {
  readonly hostname: string;
  /** 0 lets the system choose a free one. */
  readonly port: number;
  readonly handler: Deno.ServeHandler<Deno.NetAddr>;
  readonly log: Log;
  readonly timer: Timer;
}

/** A server that goes on listening whatever happens to its socket. */
export interface HttpServer {
  readonly addr: Deno.NetAddr;
  /** Takes no new connections and waits for the requests under way. */
  shutdown(): Promise<void>;
}

/**
 * Serves until it is shut down. Without descriptors for a connection Deno ends the server: it is
 * opened again at the same port, and connections that are open stay. Throws what `Deno.serve`
 * throws at first, such as `AddrInUse`.
 */
export function serveHttp(
  { hostname, port, handler, log, timer }: HttpServerOptions,
): HttpServer {
  const servers = new Set<Deno.HttpServer<Deno.NetAddr>>();
  let isStopped = false;
  let cancel = () => {};

  function listen(at: number): Deno.HttpServer<Deno.NetAddr> {
    const server = Deno.serve({ hostname, port: at, onListen: () => {} }, handler);
    servers.add(server);
    server.finished.catch((error) => {
      log.error("The server's socket broke, listening again", { reason: errorMessage(error) });
      again();
    }).finally(() => servers.delete(server));
    return server;
  }

  function again(): void {
    if (isStopped) return;
    cancel = timer.after(LISTEN_AGAIN_MS, () => {
      try {
        listen(addr.port);
      } catch (error) {
        log.error("Cannot listen yet", { reason: errorMessage(error) });
        again();
      }
    });
  }

  const { addr } = listen(port);
  return {
    addr,
    async shutdown() {
      isStopped = true;
      cancel();
      await Promise.all([...servers].map((server) => server.shutdown()));
    },
  };
}

/** Streams that may be open at once, of a limit of open files; what is left is for the rest. */
export function maxStreamsOf(descriptors: number): number {
  const spare = Math.max(SPARE_DESCRIPTORS, Math.ceil(descriptors * SPARE_SHARE));
  return Math.max(1, descriptors - Math.min(spare, Math.floor(descriptors / 2)));
}
