// deno-lint-ignore-file no-console -- the parent reads the port from standard output
/**
 * The product's streams under load: its hub and endpoints on its server, fed with the JSON text
 * given on standard input. The first argument says how; whole seconds are those of the clock, so
 * that several processes publish at the same instant, as they do when a bus tells them.
 */
import { systemTimer } from "@/services/platform/timer.ts";
import { SystemClock } from "@/services/platform/clock.ts";
import { serveHttp } from "@/services/platform/http_server.ts";
import { StreamHub } from "@/services/streams/mod.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { STREAM_TOPICS } from "@/routes/(_api)/stream_wire.ts";
import { StreamEndpoints } from "@/routes/(_api)/streams.ts";
import { MARK_PLACE, markOf } from "./stream_mark.ts";

const MAX_STREAMS = 19_500;
const COIN = "bitcoin";
/** Mean wait between ticks at random instants; a third of them come within a beat of another. */
const RANDOM_MEAN_MS = 250;
/** Values of a wide beat, and how often one comes. */
const WIDE_VALUES = 50;
const WIDE_EVERY_MS = 200;

const clock = new SystemClock();
const template = await new Response(Deno.stdin.readable).text();
const hub = new StreamHub(STREAM_TOPICS, { clock, timer: systemTimer, instance: "load" });
const endpoints = new StreamEndpoints({
  hub,
  clock,
  // As a registry does: the id is one string for all.
  resolve: () => ({ id: COIN }),
  maxStreams: MAX_STREAMS,
});

let published = 0;

/** Each value has a key of its own for a while, so that none replaces another in its beat. */
function publish(count: number): void {
  hub.publish(
    "prices",
    Array.from({ length: count }, () => {
      const json = template.replace(MARK_PLACE, markOf(++published));
      return { key: `${COIN} ${published % WIDE_VALUES}`, group: COIN, json };
    }),
  );
}

const FEEDS = {
  /** One value at every whole second. */
  steady() {
    hub.publish("prices", [{
      key: COIN,
      json: template.replace(MARK_PLACE, markOf(++published)),
    }]);
    setTimeout(FEEDS.steady, 1_000 - Date.now() % 1_000);
  },
  /** One value at instants that know nothing of each other. */
  random() {
    publish(1);
    setTimeout(FEEDS.random, -RANDOM_MEAN_MS * Math.log(1 - Math.random()));
  },
  /** Fifty values at once: what a client of fifty coins gets in a lively market. */
  wide() {
    publish(WIDE_VALUES);
    setTimeout(FEEDS.wide, WIDE_EVERY_MS);
  },
} as const;

const feed = Object.entries(FEEDS).find(([name]) => name === Deno.args[0])?.[1];
if (feed === undefined) throw new RangeError(`Cannot feed "${Deno.args[0]}"`);
feed();

const server = serveHttp({
  hostname: "127.0.0.1",
  port: 0,
  handler: (request) => endpoints.handle(request) ?? Response.json(endpoints.stats()),
  log: new RecordingLog(),
  timer: systemTimer,
});
console.log(`READY ${server.addr.port}`);
