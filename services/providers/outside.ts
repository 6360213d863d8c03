import type { Secret } from "../kernel/secret.ts";
import type { Asset, AssetId } from "../market/assets.ts";
import type { LiveFeed } from "../market/mod.ts";
import type { MarketProvider } from "../market/ports.ts";
import type { SocketClient } from "../ports/sockets.ts";
import type { CoingeckoProvider } from "./coingecko/provider.ts";
import { ExchangeStream } from "./exchange/mod.ts";
import { ProviderGates, type ProviderGatesDeps } from "./gate/provider_gates.ts";
import { type Markets, marketsOf } from "./markets.ts";
import { OUTSIDE_PROVIDERS } from "./outside_providers.ts";
import type { TickSource } from "./tick_source.ts";

type OutsideName = keyof typeof OUTSIDE_PROVIDERS;

/** Assets of one feed; exchanges take no more over one socket. */
const MAX_LIVE_ASSETS = 50;

export interface OutsideDeps extends Omit<ProviderGatesDeps, "secretHeaders"> {
  readonly sockets: SocketClient;
  /** Every asset in use, the most important first. */
  readonly assets: readonly Asset[];
  /** Venues to stream from. */
  readonly venues: readonly OutsideName[];
  /** Assets to stream; `null` is the first 50 that a venue trades. */
  readonly liveAssetIds: readonly AssetId[] | null;
  /** Keys by provider, for those that take one. */
  readonly keys: Readonly<Partial<Record<string, Secret | null>>>;
}

/** Everything that reaches outside, behind its gates. Nothing is called before it is started. */
export interface Outside {
  readonly gates: ProviderGates;
  /** The exchanges, by preference, with the assets that are streamed from each. */
  readonly venues: readonly {
    readonly provider: MarketProvider;
    readonly assetIds: readonly AssetId[];
  }[];
  readonly feeds: readonly LiveFeed[];
  /** Prices and market values of all assets. */
  readonly spot: CoingeckoProvider;
}

/** Builds the providers of the registry over their gates and streams. */
export function connectOutside(deps: OutsideDeps): Outside {
  const gates = new ProviderGates({ ...deps, secretHeaders: secretHeaders(deps.keys) });
  const configs = new Map(deps.configs.map((config) => [config.name, config]));
  const venues = deps.venues.map((name) => {
    const module = OUTSIDE_PROVIDERS[name];
    const markets = marketsOf(deps.assets, { provider: name, ...module });
    const protocol = module.protocol?.({ urls: configs.get(name)?.streamUrls ?? [] });
    const stream = protocol ? new ExchangeStream({ ...deps, protocol, markets }) : SILENT;
    const { clock } = deps;
    return { markets, provider: module.create({ http: gates.http(name), markets, clock, stream }) };
  });
  const live = deps.liveAssetIds ?? firstTraded(deps.assets, venues.map(({ markets }) => markets));
  const followed = venues.map(({ provider, markets }) => ({
    provider,
    assetIds: live.filter((assetId) => markets.marketOf(assetId) !== null),
  }));
  const { coingecko } = OUTSIDE_PROVIDERS;
  return {
    gates,
    venues: followed,
    feeds: followed.map(({ provider, assetIds }) => ({
      venue: provider.name,
      assetIds,
      source: provider,
    })),
    spot: coingecko.create({
      http: gates.http("coingecko"),
      markets: marketsOf(deps.assets, { provider: "coingecko", ...coingecko }),
      clock: deps.clock,
      stream: SILENT,
    }),
  };
}

/** A source that streams nothing. */
const SILENT: TickSource = { async *ticks() {} };

function firstTraded(
  assets: readonly Asset[],
  markets: readonly Markets[],
): readonly AssetId[] {
  return assets
    .filter(({ id, deprecationStatus }) =>
      deprecationStatus === "active" && markets.some(({ marketOf }) => marketOf(id) !== null)
    )
    .slice(0, MAX_LIVE_ASSETS).map(({ id }) => id);
}

/** Headers of the keys of sources that are no market's. */
const KEY_HEADERS = { dune: "x-dune-api-key", flipside: "x-api-key" } as const;

function secretHeaders(keys: OutsideDeps["keys"]): Record<string, Record<string, Secret>> {
  const markets = Object.entries(OUTSIDE_PROVIDERS)
    .map(([name, { keyHeader }]): readonly [string, string | null] => [name, keyHeader]);
  return Object.fromEntries(
    [...markets, ...Object.entries(KEY_HEADERS)].flatMap(([name, keyHeader]) => {
      const key = keys[name] ?? null;
      return keyHeader === null || key === null ? [] : [[name, { [keyHeader]: key }]];
    }),
  );
}
