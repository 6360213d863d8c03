// deno-lint-ignore-file no-console -- it tells the test that starts it where it listens
import { compose } from "@/main.ts";
import { loadConfig } from "@/services/config.ts";
import { serveHttp } from "@/services/platform/http_server.ts";
import { systemTimer } from "@/services/platform/timer.ts";
import { ShiftedClock } from "./shifted_clock.ts";

/** Puts the clock forward: `POST /test/clock?forward_ms=300000`. */
const CLOCK_PATH = "/test/clock";

/**
 * The product as `main.ts` composes and starts it, on a clock that a test puts forward: what the
 * product does minutes later need not be waited for. The argument is how far ahead it begins.
 */
async function serve(aheadMs: number): Promise<void> {
  const config = loadConfig(Deno.env.toObject());
  const clock = new ShiftedClock();
  clock.putForward(aheadMs);
  const product = await compose(config, { clock });
  const stopped = Promise.withResolvers<void>();
  Deno.addSignalListener("SIGTERM", stopped.resolve);
  const server = serveHttp({
    hostname: config.host,
    port: config.port,
    handler(request, info) {
      const { pathname, searchParams } = new URL(request.url);
      if (pathname !== CLOCK_PATH) return product.fetch(request, info);
      clock.putForward(Number(searchParams.get("forward_ms")));
      return new Response(String(clock.now()));
    },
    log: product.log,
    timer: systemTimer,
  });
  console.log(`Tokenlysis listening on http://${config.host}:${server.addr.port}`);
  await product.warm();
  await product.start({ hasCron: false });
  await stopped.promise;
  await Promise.all([server.shutdown(), product.stop()]);
  await product.close();
}

await serve(Number(Deno.args[0] ?? 0));
Deno.exit(0);
