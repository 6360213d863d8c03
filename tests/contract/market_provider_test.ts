import { utcMsOf } from "@/services/kernel/time.ts";
import type { AssetId } from "@/services/market/assets.ts";
import { loadRegistry } from "@/services/market/assets_load.ts";
import { AssetRegistry } from "@/services/market/assets_resolve.ts";
import type { MarketProvider, TimeRange } from "@/services/market/ports.ts";
import {
  DemoProvider,
  DiskCandleFiles,
  FileProvider,
  marketsOf,
  OUTSIDE_PROVIDERS,
  ReplayProvider,
} from "@/services/providers/mod.ts";
import type {
  ProviderAnswer,
  ProviderHttp,
  ProviderRequest,
} from "@/services/providers/provider_http.ts";
import { assert } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { FakeTimer } from "@/tests/fakes/timer.ts";
import { readSharedText, sharedData } from "@/tests/shared_data.ts";
import {
  type ProviderKind,
  testMarketProvider,
  type TestProvider,
} from "./market_provider_contract.ts";

const BITCOIN = "bitcoin" as AssetId;
const HOUR = 3_600_000;
const KLINES = sharedData("rest/binance_recorded.json.gz");
const PRICES = sharedData("rest/coingecko.json");
const FRAMES = sharedData("ws/binance_single_frames.json");
const registry = new AssetRegistry(
  loadRegistry(Deno.readTextFileSync(new URL("../../registry/assets.json", import.meta.url))),
);

/** Answers a provider's calls by their addresses, in the place of the gate. */
class AnsweringHttp implements ProviderHttp {
  readonly provider: string;
  readonly #answer: (url: URL) => unknown;

  constructor(provider: string, answer: (url: URL) => unknown) {
    this.provider = provider;
    this.#answer = answer;
  }

  fetchJson<T>(request: ProviderRequest<T>): Promise<ProviderAnswer<T>> {
    const url = new URL(request.path, "https://provider.test");
    const value = request.parse(this.#answer(url));
    return Promise.resolve({ value, fetchedAt: utcMsOf(0), url: url.pathname, checksum: "" });
  }
}

function outside(
  name: keyof typeof OUTSIDE_PROVIDERS,
  { at, answer }: { at: number; answer: (url: URL) => unknown },
): { provider: MarketProvider; clock: FakeClock } {
  const { marketName, create } = OUTSIDE_PROVIDERS[name];
  const clock = new FakeClock(at);
  const provider = create({
    http: new AnsweringHttp(name, answer),
    markets: marketsOf(registry.assets, { provider: name, marketName }),
    clock,
    stream: { async *ticks() {} },
  });
  return { provider, clock };
}

function kit(parts: Omit<TestProvider, "assetId" | typeof Symbol.asyncDispose>): TestProvider {
  return { ...parts, assetId: BITCOIN, [Symbol.asyncDispose]: () => Promise.resolve() };
}

function rangeOf(from: number, to: number): TimeRange {
  return { from: utcMsOf(from), to: utcMsOf(to) };
}

const demo: ProviderKind = {
  name: "demo",
  ignore: false,
  open() {
    const clock = new FakeClock();
    const now = clock.now();
    const candles = { interval: "1h", range: rangeOf(now - 10 * HOUR, now + HOUR) } as const;
    return Promise.resolve(
      kit({ provider: new DemoProvider({ clock, timer: new FakeTimer(clock) }), clock, candles }),
    );
  },
};

const file: ProviderKind = {
  name: "file",
  ignore: false,
  async open() {
    const folder = await Deno.makeTempDir({ prefix: "tokenlysis_contract_" });
    const from = Date.UTC(2025, 0, 1);
    const lines = [0, 1, 2, 3].map((hour) =>
      `${from + hour * HOUR},100,${110 + hour},90,${105 + hour},7`
    );
    const header = "timestamp,open,high,low,close,volume";
    await Deno.writeTextFile(`${folder}/BTCUSDT_1h.csv`, [header, ...lines].join("\n"));
    const clock = new FakeClock();
    const provider = new FileProvider({
      folder,
      files: new DiskCandleFiles(),
      assets: registry,
      clock,
    });
    return {
      provider,
      clock,
      assetId: BITCOIN,
      candles: { interval: "1h", range: rangeOf(from, from + 4 * HOUR) },
      [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
    };
  },
};

/** Hours of May and June 2020 and prices of 2024, as Binance gave them. */
const binance: ProviderKind = {
  name: "binance",
  ignore: KLINES === null,
  async open() {
    assert(KLINES);
    const { responses }: { responses: readonly { request: string; body: unknown }[] } = JSON.parse(
      await readSharedText(KLINES),
    );
    const bodyOf = (part: string) => responses.find(({ request }) => request.includes(part))?.body;
    const rows = [1_588_280_400_000, 1_591_880_400_000].map((start) =>
      bodyOf(`interval=1h&limit=1000&startTime=${start}`)
    ).flat() as readonly (readonly [number])[];
    const tickers = bodyOf("/api/v3/ticker/24hr?symbols") as readonly { symbol: string }[];
    const end = 1_593_576_000_000;
    const { provider, clock } = outside("binance", {
      at: 1_730_439_018_472,
      answer({ pathname, searchParams: query }) {
        if (pathname !== "/api/v3/klines") {
          return tickers.filter(({ symbol }) => query.get("symbols")?.includes(symbol));
        }
        const [from, to] = [Number(query.get("startTime")), Number(query.get("endTime"))];
        return rows.filter(([at]) => at >= from && at <= to).slice(0, Number(query.get("limit")));
      },
    });
    const candles = { interval: "1h", range: rangeOf(end - 1400 * HOUR, end) } as const;
    return kit({ provider, clock, candles });
  },
};

const coinbase: ProviderKind = {
  name: "coinbase",
  ignore: false,
  open() {
    const { provider, clock } = outside("coinbase", {
      at: Date.UTC(2026, 0, 1, 12, 30),
      answer({ pathname, searchParams: query }) {
        if (pathname.endsWith("/ticker")) {
          return { trade_id: 5, price: "60000.01", size: "1", time: "2026-01-01T12:29:59.123456Z" };
        }
        const [start, end] = ["start", "end"].map((name) => Date.parse(query.get(name) ?? ""));
        const rows: number[][] = [];
        for (let at = end ?? NaN; at >= (start ?? NaN); at -= HOUR) {
          rows.push([at / 1000, 90, 110 + at / HOUR % 7, 100, 105, 3.5]);
        }
        return rows;
      },
    });
    const now = clock.now();
    const candles = { interval: "1h", range: rangeOf(now - 700 * HOUR, now) } as const;
    return Promise.resolve(kit({ provider, clock, candles }));
  },
};

const coingecko: ProviderKind = {
  name: "coingecko",
  ignore: PRICES === null,
  async open() {
    assert(PRICES);
    const { samples } = JSON.parse(await readSharedText(PRICES));
    const { body } = samples.find(({ endpoint }: { endpoint: string }) =>
      endpoint === "GET /simple/price"
    );
    const at = 1_779_092_300_000;
    return kit({ ...outside("coingecko", { at, answer: () => body }), candles: null });
  },
};

const replay: ProviderKind = {
  name: "replay",
  ignore: FRAMES === null,
  async open() {
    assert(FRAMES);
    const { frames }: { frames: readonly { raw: string }[] } = JSON.parse(
      await readSharedText(FRAMES),
    );
    const lines = frames.map(({ raw }, ts) => JSON.stringify({ dir: "recv", ts, data: raw }));
    const clock = new FakeClock();
    const { marketName, protocol } = OUTSIDE_PROVIDERS.binance;
    assert(protocol);
    const provider = new ReplayProvider({
      open: () => Promise.resolve(new Blob([lines.join("\n")]).stream()),
      protocol: protocol({ urls: [] }),
      markets: marketsOf(registry.assets, { provider: "binance", marketName }),
      speed: Infinity,
      clock,
      timer: new FakeTimer(clock),
    });
    return kit({ provider, clock, candles: null });
  },
};

for (const kind of [demo, file, binance, coinbase, coingecko, replay]) testMarketProvider(kind);
