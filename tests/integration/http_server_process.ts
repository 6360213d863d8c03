/**
 * The server of `http_server_test.ts`, in a process of its own that may run out of descriptors.
 * Prints its port, and a line for each thing it logs; `/stream` ticks until it is left.
 */
import { serveHttp } from "@/services/platform/http_server.ts";
import { systemTimer } from "@/services/platform/timer.ts";
import type { Log } from "@/services/ports/mod.ts";

const TICK_EVERY_MS = 50;
const encoder = new TextEncoder();

function say(line: string): void {
  Deno.stdout.writeSync(encoder.encode(`${line}\n`));
}

const log: Log = {
  debug: say,
  info: say,
  warn: say,
  error: (message, fields) => say(`${message}: ${fields?.reason}`),
  with: () => log,
};

function ticks(): Response {
  let timer: ReturnType<typeof setInterval>;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      timer = setInterval(() => controller.enqueue(encoder.encode("tick\n")), TICK_EVERY_MS);
    },
    cancel: () => clearInterval(timer),
  });
  return new Response(body);
}

const server = serveHttp({
  hostname: "127.0.0.1",
  port: 0,
  handler: ({ url }) => url.endsWith("/stream") ? ticks() : new Response("served"),
  log,
  timer: systemTimer,
});
say(`port ${server.addr.port}`);
