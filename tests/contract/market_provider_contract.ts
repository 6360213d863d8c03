import type { AssetId } from "@/services/market/assets.ts";
import { bucketStart, CANDLE_STATES, type Interval, intervalMs } from "@/services/market/candle.ts";
import type { FeedEvent, MarketProvider, TimeRange } from "@/services/market/ports.ts";
import { utcMsOf } from "@/services/kernel/time.ts";
import type { Clock } from "@/services/ports/mod.ts";
import { assert, assertEquals } from "@/tests/assert.ts";

/** A provider with something to give, for one test. */
export interface TestProvider extends AsyncDisposable {
  readonly provider: MarketProvider;
  readonly clock: Clock;
  readonly assetId: AssetId;
  /** Where it has at least three candles; `null` if it gives none. */
  readonly candles: { readonly interval: Interval; readonly range: TimeRange } | null;
}

/** One of the sources that every caller must be able to treat alike. */
export interface ProviderKind {
  readonly name: string;
  /** True where the recordings that it answers from are missing. */
  readonly ignore: boolean;
  open(): Promise<TestProvider>;
}

const NOBODY = "no-such-asset" as AssetId;

/** A line of `registry/providers.json`, as far as it speaks of capabilities. */
interface Entry {
  readonly name: string;
  readonly candles: readonly Interval[];
  readonly spot: boolean;
  readonly ticks: boolean;
}

async function entryOf(name: string): Promise<Entry | null> {
  const file = new URL("../../registry/providers.json", import.meta.url);
  const { providers }: { providers: readonly Entry[] } = JSON.parse(await Deno.readTextFile(file));
  return providers.find((entry) => entry.name === name) ?? null;
}

async function eventsOf(events: AsyncIterable<FeedEvent>): Promise<readonly FeedEvent[]> {
  const all: FeedEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

type Test = (name: string, run: (kit: TestProvider) => Promise<void>) => void;

/** What every market provider must do. */
export function testMarketProvider(kind: ProviderKind): void {
  const test: Test = (name, run) =>
    Deno.test({
      name: `MarketProvider ${kind.name} ${name}`,
      ignore: kind.ignore,
      async fn() {
        await using kit = await kind.open();
        await run(kit);
      },
    });
  testCandles(test);
  testLimits(test);

  test("can do what the list of providers says of it", async ({ provider }) => {
    assertEquals(provider.name, kind.name);
    const entry = await entryOf(provider.name);
    // A replay is started by hand and is no source to choose.
    if (entry === null) return assertEquals(provider.name, "replay");
    const { candles, spot, ticks } = entry;
    assertEquals(provider.capabilities, { candles, spot, ticks });
  });
}

function testCandles(test: Test): void {
  test("gives candles in order, each in its bucket and possible", async (kit) => {
    if (kit.candles === null) return assertEquals(kit.provider.capabilities.candles, []);
    const { interval, range } = kit.candles;
    const { candles } = await kit.provider.candles(kit.assetId, { interval, range });
    assert(candles.length >= 3, `${candles.length} candles`);
    const { openTime, open, high, low, close, volume, state } = candles;
    for (let at = 0; at < candles.length; at++) {
      const time = openTime[at] ?? NaN;
      assert(time >= range.from && time < range.to, `${time} lies outside`);
      assert(at === 0 || time > (openTime[at - 1] ?? NaN), `${time} is out of order`);
      assertEquals<number>(bucketStart(time, interval), time);
      const prices = [open, high, low, close].map((column) => column[at] ?? NaN);
      assert(prices.every((price) => Number.isFinite(price) && price > 0), `${prices}`);
      assert(high[at] === Math.max(...prices) && low[at] === Math.min(...prices), `${prices}`);
      assert(!((volume[at] ?? NaN) < 0));
      const isOpen = time + intervalMs(interval) > kit.clock.now();
      assertEquals(CANDLE_STATES[state[at] ?? -1], isOpen ? "provisional" : "final");
    }
  });

  test("gives the part of a range as it gives it in the whole", async (kit) => {
    if (kit.candles === null) return;
    const { interval, range } = kit.candles;
    const whole = await kit.provider.candles(kit.assetId, { interval, range });
    const [, second = 0, third = 0] = whole.candles.openTime;
    const part = await kit.provider.candles(kit.assetId, {
      interval,
      // Half-open: the third candle's start is outside.
      range: { from: utcMsOf(second), to: utcMsOf(third) },
    });
    assertEquals([...part.candles.openTime], [second]);
    assertEquals(part.candles.close[0], whole.candles.close[1]);
    const none = await kit.provider.candles(kit.assetId, {
      interval,
      range: { from: utcMsOf(second), to: utcMsOf(second) },
    });
    assertEquals(none.candles.length, 0);
  });
}

function testLimits(test: Test): void {
  test("knows nothing of an asset that it does not have", async ({ provider, candles, clock }) => {
    const interval = candles?.interval ?? "1d";
    const range = candles?.range ?? { from: utcMsOf(0), to: clock.now() };
    const answer = await provider.candles(NOBODY, { interval, range });
    assertEquals([answer.candles.length, answer.quarantined.length], [0, 0]);
    assertEquals(await provider.spot([NOBODY]), []);
    const events = await eventsOf(provider.ticks([NOBODY], AbortSignal.abort()));
    assertEquals(events.filter((event) => event.kind === "ticks"), []);
  });

  test("gives prices of the assets asked for, or none at all", async (kit) => {
    const { provider, assetId, clock } = kit;
    assertEquals(await provider.spot([]), []);
    const prices = await provider.spot([assetId, NOBODY]);
    assertEquals(prices.map((price) => price.assetId), provider.capabilities.spot ? [assetId] : []);
    for (const { priceUsd, asof, source } of prices) {
      assert(Number.isFinite(priceUsd) && priceUsd > 0);
      assert(asof <= clock.now());
      assertEquals(source, provider.name);
    }
  });

  test("ends its ticks at a signal, and at once where it has none", async (kit) => {
    const { provider, assetId } = kit;
    const stopped = await eventsOf(provider.ticks([assetId], AbortSignal.abort()));
    assertEquals(stopped.filter((event) => event.kind === "ticks"), []);
    if (provider.capabilities.ticks) return;
    assertEquals(await eventsOf(provider.ticks([assetId], new AbortController().signal)), []);
  });
}
