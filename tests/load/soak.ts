// deno-lint-ignore-file no-console
/**
 * The product in a process of its own, as a user starts it, before two exchanges that fail every
 * few seconds in every way that exchanges and networks do. At the end everything must be as if
 * nothing had happened: sources callable, feeds live, memory flat, every candle what was traded.
 */
import { parseArgs } from "node:util";
import { LocalExchange } from "@/tests/exchange/local_exchange.ts";
import { startProduct } from "@/tests/e2e/product.ts";
import {
  compareCandles,
  errorsIn,
  findUnwell,
  growthOf,
  isTraded,
  MARKETS,
  residentMb,
  thaw,
} from "./soak_checks.ts";
import { SoakClients } from "./soak_clients.ts";
import { FaultPlan, sleep } from "./soak_faults.ts";
import { Relay } from "./soak_relay.ts";

const HELP = `Usage: deno run -A tests/load/soak.ts [--minutes N] [--seed N] [--verbose]

Faults strike for N minutes, 3 if left out, and at least until one 5-minute candle is closed.
Exits with 1 and the reasons if anything is wrong at the end. The same seed gives the same faults.`;

const TRADES_PER_SECOND = 40;
const CLIENTS = 24;
const BUCKET_MS = 5 * 60_000;
/** A bucket takes late trades for two minutes; then it is closed and, if need be, healed. */
const SETTLED_MS = 130_000;
/** OPS-3: breakers are closed five minutes after the source is well; so is the rest, at the latest. */
const RECOVERY_LIMIT_MS = 5 * 60_000;
const SAMPLE_MS = 5_000;
/** Growth of memory over the second half: a short run still fills caches and warms up. */
const MAX_MB_PER_MINUTE = { short: 12, long: 0.5 } as const;
const LONG_MINUTES = 20;
const MAX_SHOWN = 20;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "3" },
    seed: { type: "string", default: "1" },
    verbose: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  Deno.exit(0);
}
const minutes = Number(values.minutes);
const seed = Number(values.seed);
if (!(minutes > 0 && Number.isInteger(seed))) {
  console.error(`Cannot soak for "${values.minutes}" minutes with seed "${values.seed}"`);
  Deno.exit(2);
}

const startedAt = Date.now();
const seconds = () => ((Date.now() - startedAt) / 1_000).toFixed(0).padStart(5);
const say = (text: string) => console.log(`${seconds()} s  ${text}`);

interface MemorySample {
  readonly at: number;
  readonly mb: number;
}

/** Everything that may be wrong at the end. */
const problems: string[] = [];

await using exchange = await LocalExchange.start({
  seed,
  markets: MARKETS.map(({ market }) => market),
});
const exchangePort = Number(new URL(exchange.urls.rest).port);
await using binance = new Relay(exchangePort);
await using coinbase = new Relay(exchangePort);
/** Whole-market figures: reachable, and with nothing to say. */
await using figures = Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen: () => {} },
  () => Response.json({}),
);
exchange.run(TRADES_PER_SECOND);

await using product = await startProduct({
  env: {
    TOKENLYSIS_DEMO: "off",
    TOKENLYSIS_NETWORK: "on",
    TOKENLYSIS_LIVE_ASSETS: "BTC,ETH",
    TOKENLYSIS_MARKET_VENUES: "binance,coinbase",
    TOKENLYSIS_MARKET_STREAM_URLS:
      `binance=ws://127.0.0.1:${binance.port},coinbase=ws://127.0.0.1:${coinbase.port}/coinbase`,
    TOKENLYSIS_MARKET_REST_URLS:
      `binance=http://127.0.0.1:${binance.port},coinbase=http://127.0.0.1:${coinbase.port},` +
      `coingecko=http://127.0.0.1:${figures.addr.port}`,
  },
});
const { url, process: { pid } } = product;
say(`${url}, process ${pid}, seed ${seed}, ${minutes} minutes`);

const samples: MemorySample[] = [];
const sampling = setInterval(() => {
  samples.push({ at: Date.now(), mb: residentMb(pid) });
}, SAMPLE_MS);

const strange: string[] = [];
const clients = new SoakClients(url, {
  seed,
  onPrice(price) {
    if (!isTraded(price, exchange)) strange.push(JSON.stringify(price));
  },
});
clients.start(CLIENTS);

const { drawn, stoppedAt } = await strikeFaults();
clearInterval(sampling);
await recover(stoppedAt);
await clients.stop();
judge();
await product.close();
for (const line of errorsIn(product.output())) problems.push(`logged: ${line.slice(0, 400)}`);

console.log([...drawn].map(([name, times]) => `${String(times).padStart(5)}  ${name}`).join("\n"));
if (problems.length > 0) {
  const more = problems.length > MAX_SHOWN ? `\nand ${problems.length - MAX_SHOWN} more` : "";
  console.error(`WRONG:\n${problems.slice(0, MAX_SHOWN).join("\n")}${more}`);
} else console.log("Everything is well.");
Deno.exit(problems.length > 0 ? 1 : 0);

/** Strikes until the time is up and one bucket is closed that was open meanwhile. */
async function strikeFaults() {
  const site = {
    exchange,
    relays: { binance, coinbase },
    thaw: (venue: "binance" | "coinbase") => thaw(url, venue),
  };
  const firstEnd = startedAt - startedAt % BUCKET_MS + BUCKET_MS;
  const until = Math.max(startedAt + minutes * 60_000, firstEnd + SETTLED_MS);
  const plan = new FaultPlan(seed);
  let toldAt = 0;
  while (Date.now() < until) {
    await plan.strike(site, values.verbose ? say : () => {});
    if (Date.now() - toldAt < 60_000) continue;
    toldAt = Date.now();
    const { visits, events } = clients.counts;
    const mb = samples.at(-1)?.mb.toFixed(0) ?? "?";
    say(`${mb} MB, ${visits} visits, ${events} prices told, ${exchange.counts.trades} trades`);
  }
  return { drawn: plan.drawn, stoppedAt: Date.now() };
}

/** Waits until everything is well that may need time for it, and says how long it took. */
async function recover(stoppedAt: number): Promise<void> {
  say("The faults have stopped");
  const limit = stoppedAt + RECOVERY_LIMIT_MS;
  const range = { exchange, from: startedAt - startedAt % BUCKET_MS, to: bucketOf(stoppedAt) };
  let unwell: readonly string[] = [];
  let isUnwellTold = false;
  let candles = await compareCandles(url, range);
  for (;; await sleep(1)) {
    unwell = await findUnwell(url);
    candles = await compareCandles(url, range);
    if (unwell.length === 0 && !isUnwellTold) {
      isUnwellTold = true;
      say(`Feeds are live and breakers closed ${since(stoppedAt)} s after the last fault`);
    }
    if (unwell.length === 0 && candles.wrong.length === 0) break;
    if (Date.now() > limit) break;
  }
  problems.push(...unwell, ...candles.wrong);
  say(
    `${candles.compared} candles compared, ${candles.healed} of them healed, ` +
      `${candles.wrong.length} differences, ${since(stoppedAt)} s after the last fault`,
  );
  if (candles.compared < MARKETS.length) problems.push("no closed candle could be compared");
}

function bucketOf(at: number): number {
  return at - at % BUCKET_MS;
}

function since(at: number): string {
  return ((Date.now() - at) / 1_000).toFixed(0);
}

/** What must hold over the whole run. */
function judge(): void {
  const { visits, events } = clients.counts;
  const { mostOpen, connects } = exchange.counts;
  say(`${visits} visits of ${CLIENTS} clients, ${events} prices told, ${connects} connections`);
  for (const [problem, times] of clients.problems) problems.push(`${times} times: ${problem}`);
  if (events === 0) problems.push("no price was told");
  if (strange.length > 0) {
    problems.push(`${strange.length} prices told that nobody traded, such as ${strange[0]}`);
  }
  if (mostOpen > 2) problems.push(`${mostOpen} sockets were open at once at two venues`);
  const half = samples.slice(samples.length >> 1);
  const growth = growthOf(half);
  const goal = minutes >= LONG_MINUTES ? MAX_MB_PER_MINUTE.long : MAX_MB_PER_MINUTE.short;
  say(
    `Memory ${samples[0]?.mb.toFixed(0)} MB at the start, ${half[0]?.mb.toFixed(0)} at half, ` +
      `${half.at(-1)?.mb.toFixed(0)} at the end: ${
        growth.toFixed(2)
      } MB a minute over the second ` +
      `half, goal at most ${goal}`,
  );
  if (!(growth <= goal)) problems.push(`memory grew by ${growth.toFixed(2)} MB a minute`);
}
