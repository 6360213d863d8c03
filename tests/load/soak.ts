// deno-lint-ignore-file no-console
/**
 * The product in a process of its own, as a user starts it, before two exchanges that fail every
 * few seconds in every way that exchanges and networks do. At the end everything must be as if
 * nothing had happened: sources callable, feeds live, memory flat, every candle what was traded.
 */
import { parseArgs } from "node:util";
import { BUCKET_MS, compareCandles } from "./soak_candles.ts";
import {
  errorsIn,
  findTooOld,
  findUnwell,
  growthOf,
  isTraded,
  MARKETS,
  residentMb,
} from "./soak_checks.ts";
import { SoakClients } from "./soak_clients.ts";
import { FaultPlan, sleep, VENUE_NAMES } from "./soak_faults.ts";
import { openPlace, type SoakPlace } from "./soak_place.ts";

const HELP = `Usage: deno task soak [--minutes N] [--seed N] [--verbose]

Faults strike for N minutes, 3 if left out, and at least until one 5-minute candle is closed.
Exits with 1 and the reasons if anything is wrong at the end. The same seed gives the same faults.`;

const CLIENTS = 24;
/** A bucket takes late trades for two minutes; then it is closed and, if need be, healed. */
const CLOSED_AFTER_MS = 120_000;
const SETTLED_MS = CLOSED_AFTER_MS + 10_000;
const STRIKE_BEFORE_MS = 500;
/** A fault and the pause after it last no longer. */
const LONGEST_STRIKE_MS = 20_000;
/** OPS-3: breakers close within five minutes of the source's recovery; so must all else be well. */
const RECOVERY_LIMIT_MS = 5 * 60_000;
const SAMPLE_MS = 5_000;
const TELL_EVERY_MS = 60_000;
/** Growth of memory over the second half: a short run still warms up and fills caches. */
const MAX_MB_PER_MINUTE = { short: 10, long: 0.5 } as const;
const LONG_MINUTES = 20;
const MAX_SHOWN = 20;

interface Options {
  readonly minutes: number;
  readonly seed: number;
  readonly isVerbose: boolean;
}

/** One run: what it saw, and everything that was wrong. */
class Soak {
  readonly #options: Options;
  readonly #place: SoakPlace;
  readonly #clients: SoakClients;
  readonly #plan: FaultPlan;
  readonly #startedAt = Date.now();
  readonly #samples: { readonly at: number; readonly mb: number }[] = [];
  readonly #strange: string[] = [];
  readonly #problems = new Set<string>();
  #wasCrowded = false;

  constructor(place: SoakPlace, options: Options) {
    this.#place = place;
    this.#options = options;
    this.#plan = new FaultPlan(options.seed);
    this.#clients = new SoakClients(place.product.url, {
      seed: options.seed,
      onPrice: (price) => {
        if (!isTraded(price, place.exchange)) this.#strange.push(JSON.stringify(price));
      },
    });
  }

  /** The problems that there were while the product ran. */
  async run(): Promise<readonly string[]> {
    const { product } = this.#place;
    this.#say(`${product.url}, process ${product.process.pid}`);
    const sampling = setInterval(() => this.#sample(), SAMPLE_MS);
    this.#clients.start(CLIENTS);
    await this.#strike();
    clearInterval(sampling);
    await this.#recover(Date.now());
    await this.#clients.stop();
    this.#judgeStreams();
    this.#judgeMemory();
    return [...this.#problems];
  }

  async #sample(): Promise<void> {
    const { product: { process }, exchange } = this.#place;
    this.#samples.push({ at: Date.now(), mb: residentMb(process.pid) });
    // A socket that was just left may still be saying goodbye, but not at two samples in a row.
    const isCrowded = exchange.counts.open > VENUE_NAMES.length;
    if (isCrowded && this.#wasCrowded) {
      this.#problems.add(`${exchange.counts.open} sockets were open at once to two venues`);
    }
    this.#wasCrowded = isCrowded;
    try {
      await this.#ask();
    } catch (error) {
      this.#problems.add(error instanceof Error ? error.message : String(error));
    }
  }

  /** What readers may rely on at any moment, faults or not. */
  async #ask(): Promise<void> {
    const { product: { url }, exchange } = this.#place;
    const ageMs = await findTooOld(url);
    if (ageMs !== null) this.#problems.add(`A price ${ageMs} ms old was not called stale`);
    const range = { from: bucketOf(this.#startedAt), to: bucketOf(Date.now()) };
    const { wrong } = await compareCandles(url, { exchange, ...range });
    for (const problem of wrong) this.#problems.add(problem);
  }

  /** Faults until the time is up and one bucket is closed that was open meanwhile. */
  async #strike(): Promise<void> {
    const { minutes, isVerbose } = this.#options;
    const settled = bucketOf(this.#startedAt) + BUCKET_MS + SETTLED_MS;
    const until = Math.max(this.#startedAt + minutes * 60_000, settled);
    let tellAt = Date.now() + TELL_EVERY_MS;
    while (Date.now() < until) {
      const say = (text: string) => {
        if (isVerbose) this.#say(text);
      };
      const healMs = untilHealing(Date.now());
      const onRest = healMs < LONGEST_STRIKE_MS;
      // Calls come in bursts, when closed buckets are healed: that is when they must fail.
      if (onRest) await sleep(healMs / 1_000);
      await this.#plan.strike(this.#place, { say, onRest });
      if (Date.now() < tellAt) continue;
      tellAt = Date.now() + TELL_EVERY_MS;
      const { visits, events } = this.#clients.counts;
      const { trades, connects } = this.#place.exchange.counts;
      const mb = (this.#samples.at(-1)?.mb ?? 0).toFixed(0);
      this.#say(
        `${mb} MB, ${trades} trades over ${connects} connections, ${visits} visits, ` +
          `${events} prices told, ${this.#problems.size} problems`,
      );
    }
    const struck = [...this.#plan.drawn].map(([name, times]) => `${times} × ${name}`);
    this.#say(`The faults have stopped: ${struck.join(", ")}`);
  }

  /** Waits until everything is well again that may need its time, and says how long it took. */
  async #recover(stoppedAt: number): Promise<void> {
    const { product: { url }, exchange } = this.#place;
    const range = { from: bucketOf(this.#startedAt), to: bucketOf(stoppedAt) };
    const after = () => `${((Date.now() - stoppedAt) / 1_000).toFixed(0)} s after the last fault`;
    let isToldOf = false;
    for (;;) {
      const unwell = await findUnwell(url, stoppedAt);
      if (unwell.length === 0 && !isToldOf) {
        isToldOf = true;
        this.#say(`Feeds are live and breakers closed ${after()}`);
      }
      const { compared, healed, open, wrong } = await compareCandles(url, { exchange, ...range });
      const isWell = unwell.length + open.length + wrong.length === 0;
      if (isWell || Date.now() - stoppedAt > RECOVERY_LIMIT_MS) {
        this.#say(
          `${compared} candles compared, ${healed} of them healed, ${open.length} open, ` +
            `${wrong.length} differences ${after()}`,
        );
        if (compared < MARKETS.length) this.#problems.add("No closed candle could be compared");
        for (const problem of [...unwell, ...open, ...wrong]) this.#problems.add(problem);
        return;
      }
      await sleep(1);
    }
  }

  #judgeStreams(): void {
    const { visits, events } = this.#clients.counts;
    const { connects } = this.#place.exchange.counts;
    this.#say(`${visits} visits of ${CLIENTS} clients, ${events} prices, ${connects} connections`);
    for (const [problem, times] of this.#clients.problems) {
      this.#problems.add(`${times} times: ${problem}`);
    }
    if (events === 0) this.#problems.add("No price was told");
    const [strange] = this.#strange;
    if (strange !== undefined) {
      this.#problems.add(`${this.#strange.length} prices nobody traded, such as ${strange}`);
    }
  }

  #judgeMemory(): void {
    const half = this.#samples.slice(this.#samples.length >> 1);
    const growth = growthOf(half);
    const isLong = this.#options.minutes >= LONG_MINUTES;
    const goal = isLong ? MAX_MB_PER_MINUTE.long : MAX_MB_PER_MINUTE.short;
    const [start, middle, end] = [this.#samples[0], half[0], half.at(-1)].map((sample) =>
      sample?.mb.toFixed(0)
    );
    this.#say(
      `Memory ${start} MB at the start, ${middle} at half, ${end} at the end: ` +
        `${growth.toFixed(2)} MB a minute over the second half (goal: at most ${goal})`,
    );
    if (!(growth <= goal)) this.#problems.add(`Memory grew by ${growth.toFixed(2)} MB a minute`);
  }

  #say(text: string): void {
    const seconds = ((Date.now() - this.#startedAt) / 1_000).toFixed(0);
    console.log(`${seconds.padStart(5)} s  ${text}`);
  }
}

/** Time until the next bucket is closed for good and healed, less the moment to strike before. */
function untilHealing(now: number): number {
  const closesAt = bucketOf(now - CLOSED_AFTER_MS) + BUCKET_MS + CLOSED_AFTER_MS;
  return Math.max(0, closesAt - STRIKE_BEFORE_MS - now);
}

function bucketOf(at: number): number {
  return at - at % BUCKET_MS;
}

/** The options, or `null` where help is asked for. Throws `RangeError` for what it can't take. */
function readOptions(args: string[]): Options | null {
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: "string", default: "3" },
      seed: { type: "string", default: "1" },
      verbose: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return null;
  const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
  if (!(minutes > 0 && Number.isInteger(seed))) {
    throw new RangeError(
      `Cannot soak for ${values.minutes} minutes with seed ${values.seed}: expected numbers`,
    );
  }
  return { minutes, seed, isVerbose: values.verbose };
}

/** Everything that was wrong, from the start of the product to its end. */
async function soak(options: Options): Promise<readonly string[]> {
  const stack = new AsyncDisposableStack();
  try {
    const place = await openPlace(options.seed, stack);
    const problems = await new Soak(place, options).run();
    await stack.disposeAsync();
    const { code } = await place.product.process.status;
    const logged = errorsIn(place.product.output()).map((line) => `Logged: ${line.slice(0, 400)}`);
    return [...problems, ...code === 0 ? [] : [`The product ended with ${code}`], ...logged];
  } finally {
    await stack.disposeAsync();
  }
}

async function main(): Promise<number> {
  const options = readOptions(Deno.args);
  if (options === null) {
    console.log(HELP);
    return 0;
  }
  const problems = await soak(options);
  const more = problems.length > MAX_SHOWN ? `\nand ${problems.length - MAX_SHOWN} more` : "";
  if (problems.length === 0) console.log("Everything is well.");
  else console.error(`WRONG:\n${problems.slice(0, MAX_SHOWN).join("\n")}${more}`);
  return problems.length === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main());
