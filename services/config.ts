import { isIpNetwork } from "./kernel/ip_networks.ts";
import type { Secret } from "./kernel/secret.ts";
import type { LogLevel } from "./ports/mod.ts";
import { type Environment, SettingReader } from "./settings.ts";

export { ConfigError, type Environment, readEnvFile, withEnvFile } from "./settings.ts";

const ENVIRONMENTS = ["development", "production", "test"] as const;
const DEMO_MODES = ["auto", "on", "off"] as const;
const VENUES = ["binance", "coinbase"] as const;
export type Venue = typeof VENUES[number];
const REST_PROVIDERS = [
  ...VENUES,
  "coingecko",
  "exchangerate_host",
  "frankfurter",
  "defillama",
  "dune",
  "flipside",
  "etherscan",
  "mempool",
] as const;
export type RestProvider = typeof REST_PROVIDERS[number];
/** Where pools come from; `file` serves what was imported. */
const POOL_PROVIDERS = ["dune", "flipside", "defillama", "file", "mock"] as const;
export type PoolProviderName = typeof POOL_PROVIDERS[number];
/** `auto`: everybody but the owner's own machine, which nobody else can reach in local mode. */
const RATE_LIMIT_MODES = ["auto", "on", "off"] as const;
/** Assets of one stream connection. */
const MAX_LIVE_ASSETS = 50;
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const satisfies LogLevel[];

/** Every setting of the product, read once at the start. */
export interface Config {
  readonly environment: typeof ENVIRONMENTS[number];
  /** Address to listen on; loopback only, since `auth` is `local`. */
  readonly host: string;
  /** Names to answer to beside `localhost` and addresses; `*` is any. */
  readonly allowedHosts: readonly string[];
  /** 0 lets the system choose a free port. */
  readonly port: number;
  /** Folder of everything that the product keeps on disk. */
  readonly dataDir: string;
  readonly demo: typeof DEMO_MODES[number];
  /** False forbids every outgoing call to providers. */
  readonly isNetworkAllowed: boolean;
  /** One implicit owner. */
  readonly auth: "local";
  readonly logLevel: LogLevel;
  readonly database: {
    /** `sqlite:` or `postgresql:`; `null` is the embedded database in `dataDir`. */
    readonly url: Secret | null;
    /** Where migrations run when that is not `url`, such as past a connection pooler. */
    readonly migrationUrl: Secret | null;
  };
  /** Redis through its REST protocol, for what instances share; `null` keeps it in the process. */
  readonly redis: { readonly url: Secret; readonly token: Secret } | null;
  readonly market: MarketConfig;
  /** Unlocks exchange rates of the moment; without it there are end-of-day rates. */
  readonly exchangerateKey: Secret | null;
  readonly pools: PoolsConfig;
  /** For gas prices of Ethereum; without it there are none. */
  readonly etherscanKey: Secret | null;
  /** What operators ingest with; without it nobody may. */
  readonly adminKey: Secret | null;
  /** Streams open at once; `null` is what the open files of most systems allow. */
  readonly maxStreams: number | null;
  /** Requests a minute and client that data routes answer; see docs/operations.md. */
  readonly rateLimits: typeof RATE_LIMIT_MODES[number];
  /** Addresses and networks of proxies whose word on who asks is taken. */
  readonly trustedProxies: readonly string[];
}

/** Where prices come from. */
export interface MarketConfig {
  /** Exchanges to stream from. */
  readonly venues: readonly Venue[];
  /** Addresses of streams, in the order to try them, where they are not the registry's. */
  readonly streamUrls: Readonly<Partial<Record<Venue, readonly string[]>>>;
  /** Addresses for requests, likewise. */
  readonly restUrls: Readonly<Partial<Record<RestProvider, readonly string[]>>>;
  /** Names of the assets to stream; `null` is the registry's first 50 that a venue trades. */
  readonly liveAssets: readonly string[] | null;
  /** Raises CoinGecko's limits a little; it works without one. */
  readonly coingeckoKey: Secret | null;
}

/** Where pools come from, and how often. */
export interface PoolsConfig {
  /** `null` is DefiLlama, or made-up pools where nothing outside may be called. */
  readonly provider: PoolProviderName | null;
  readonly duneKey: Secret | null;
  /** Numbers of saved queries. */
  readonly duneQueries: readonly string[];
  readonly flipsideKey: Secret | null;
  readonly flipsideSql: string | null;
  /** Pools whose history is fetched too, by DefiLlama's id. */
  readonly charts: readonly string[];
  /** How often it is looked whether something is due. */
  readonly tickSeconds: number;
  /** Least time between two fetches of one target; `null` is the provider's own. */
  readonly minFetchSeconds: number | null;
  /** Parameters of metrics, scores and the simulation, as JSON. */
  readonly parameters: string | null;
}

/** Each setting's name and the other names it is known by. */
const NAMES = {
  TOKENLYSIS_ADMIN_API_KEY: ["ADMIN_API_KEY"],
  TOKENLYSIS_ALLOWED_HOSTS: [],
  TOKENLYSIS_AUTH: [],
  TOKENLYSIS_COINGECKO_KEY: ["COINGECKO_API_KEY"],
  TOKENLYSIS_DATABASE_URL: ["DATABASE_URL"],
  TOKENLYSIS_DATA_DIR: [],
  TOKENLYSIS_DATA_PROVIDER: ["DATA_PROVIDER"],
  TOKENLYSIS_DEMO: [],
  TOKENLYSIS_DUNE_API_KEY: ["DUNE_API_KEY"],
  TOKENLYSIS_DUNE_QUERIES: [],
  TOKENLYSIS_ENVIRONMENT: ["ENVIRONMENT"],
  TOKENLYSIS_EXCHANGERATE_KEY: ["EXCHANGERATE_HOST_API_KEY"],
  TOKENLYSIS_ETHERSCAN_API_KEY: ["ETHERSCAN_API_KEY"],
  TOKENLYSIS_FLIPSIDE_API_KEY: ["FLIPSIDE_API_KEY"],
  TOKENLYSIS_FLIPSIDE_SQL: [],
  TOKENLYSIS_HOST: [],
  TOKENLYSIS_LIVE_ASSETS: [],
  TOKENLYSIS_LOG_LEVEL: ["LOG_LEVEL"],
  TOKENLYSIS_MARKET_REST_URLS: [],
  TOKENLYSIS_MARKET_STREAM_URLS: ["BINANCE_WS_URL"],
  TOKENLYSIS_MARKET_VENUES: [],
  TOKENLYSIS_MAX_STREAMS: [],
  TOKENLYSIS_MIGRATION_DATABASE_URL: ["ALEMBIC_DATABASE_URL"],
  TOKENLYSIS_NETWORK: [],
  TOKENLYSIS_POOLS_CONFIG_JSON: ["POOLS_CONFIG_JSON"],
  TOKENLYSIS_POOL_CHARTS: [],
  TOKENLYSIS_PORT: [],
  TOKENLYSIS_PROVIDER_MIN_FETCH_SECONDS: ["PROVIDER_MIN_FETCH_SECONDS"],
  TOKENLYSIS_RATE_LIMITS: [],
  TOKENLYSIS_REDIS_REST_TOKEN: ["UPSTASH_REDIS_REST_TOKEN"],
  TOKENLYSIS_REDIS_REST_URL: ["UPSTASH_REDIS_REST_URL"],
  TOKENLYSIS_SCHEDULER_TICK_SECONDS: ["SCHEDULER_TICK_SECONDS"],
  TOKENLYSIS_TRUSTED_PROXIES: [],
} as const satisfies Record<string, readonly string[]>;
type Reader = SettingReader<keyof typeof NAMES>;

const LOOPBACK_HOSTS = ["127.0.0.1", "::1", "localhost"] as const;

/**
 * Reads the settings. Pure; the result is frozen throughout.
 * Throws one `ConfigError` that names every problem at once.
 */
export function loadConfig(env: Environment): Config {
  const reader = new SettingReader(env, NAMES);
  reader.refuseUnknownNames();
  const config: Config = {
    environment: reader.choice("TOKENLYSIS_ENVIRONMENT", ENVIRONMENTS, "production"),
    host: reader.choice("TOKENLYSIS_HOST", LOOPBACK_HOSTS, "127.0.0.1", {
      why: "TOKENLYSIS_AUTH=local serves this machine only",
    }),
    allowedHosts: readAllowedHosts(reader),
    port: reader.port("TOKENLYSIS_PORT", 8000),
    dataDir: reader.folder("TOKENLYSIS_DATA_DIR", "./data"),
    demo: reader.choice("TOKENLYSIS_DEMO", DEMO_MODES, "auto"),
    isNetworkAllowed: reader.choice("TOKENLYSIS_NETWORK", ["on", "off"], "on") === "on",
    auth: reader.choice("TOKENLYSIS_AUTH", ["local"], "local", {
      why: "it is the only mode of this version",
    }),
    logLevel: reader.choice("TOKENLYSIS_LOG_LEVEL", LOG_LEVELS, "info"),
    database: {
      url: reader.databaseUrl("TOKENLYSIS_DATABASE_URL"),
      migrationUrl: reader.databaseUrl("TOKENLYSIS_MIGRATION_DATABASE_URL"),
    },
    redis: readRedis(reader),
    market: {
      venues: reader.choices("TOKENLYSIS_MARKET_VENUES", VENUES),
      streamUrls: reader.addresses("TOKENLYSIS_MARKET_STREAM_URLS", VENUES, /^wss?:$/),
      restUrls: reader.addresses("TOKENLYSIS_MARKET_REST_URLS", REST_PROVIDERS, /^https?:$/),
      liveAssets: readLiveAssets(reader),
      coingeckoKey: reader.secret("TOKENLYSIS_COINGECKO_KEY"),
    },
    exchangerateKey: reader.secret("TOKENLYSIS_EXCHANGERATE_KEY"),
    pools: readPools(reader),
    etherscanKey: reader.secret("TOKENLYSIS_ETHERSCAN_API_KEY"),
    adminKey: reader.secret("TOKENLYSIS_ADMIN_API_KEY"),
    maxStreams: reader.count("TOKENLYSIS_MAX_STREAMS", { min: 1, max: 1_000_000 }),
    rateLimits: reader.choice("TOKENLYSIS_RATE_LIMITS", RATE_LIMIT_MODES, "auto"),
    trustedProxies: readTrustedProxies(reader),
  };
  reader.check();
  return deepFreeze(config);
}

function readRedis(reader: Reader): Config["redis"] {
  const url = reader.webAddress("TOKENLYSIS_REDIS_REST_URL");
  const token = reader.secret("TOKENLYSIS_REDIS_REST_TOKEN");
  if (url && token) return { url, token };
  if (url || token) {
    const missing = url ? "TOKENLYSIS_REDIS_REST_TOKEN" : "TOKENLYSIS_REDIS_REST_URL";
    reader.report(`${missing}: not set, but the other of the two is; set both or none`);
  }
  return null;
}

function readPools(reader: Reader): PoolsConfig {
  const seconds = { min: 1, max: 604_800 };
  return {
    provider: reader.optionalChoice("TOKENLYSIS_DATA_PROVIDER", POOL_PROVIDERS),
    duneKey: reader.secret("TOKENLYSIS_DUNE_API_KEY"),
    duneQueries: reader.list("TOKENLYSIS_DUNE_QUERIES") ?? [],
    flipsideKey: reader.secret("TOKENLYSIS_FLIPSIDE_API_KEY"),
    flipsideSql: reader.text("TOKENLYSIS_FLIPSIDE_SQL"),
    charts: reader.list("TOKENLYSIS_POOL_CHARTS") ?? [],
    tickSeconds: reader.count("TOKENLYSIS_SCHEDULER_TICK_SECONDS", seconds) ?? 1,
    minFetchSeconds: reader.count("TOKENLYSIS_PROVIDER_MIN_FETCH_SECONDS", seconds),
    parameters: reader.text("TOKENLYSIS_POOLS_CONFIG_JSON"),
  };
}

/** A name as it stands in an address, without what may stand around it. */
const HOST_NAME = /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?$/i;

function readAllowedHosts(reader: Reader): readonly string[] {
  const names = reader.list("TOKENLYSIS_ALLOWED_HOSTS") ?? [];
  if (!names.every((name) => name === "*" || HOST_NAME.test(name))) {
    const expected = "host names between commas, without scheme, port and path, or * for any";
    reader.refuse("TOKENLYSIS_ALLOWED_HOSTS", expected);
  }
  return names;
}

function readTrustedProxies(reader: Reader): readonly string[] {
  const networks = reader.list("TOKENLYSIS_TRUSTED_PROXIES") ?? [];
  if (!networks.every(isIpNetwork)) {
    const expected = "IP addresses and networks such as 10.0.0.0/8 between commas";
    reader.refuse("TOKENLYSIS_TRUSTED_PROXIES", expected);
  }
  return networks;
}

function readLiveAssets(reader: Reader): readonly string[] | null {
  const names = reader.list("TOKENLYSIS_LIVE_ASSETS");
  if (names && names.length > MAX_LIVE_ASSETS) {
    reader.refuse("TOKENLYSIS_LIVE_ASSETS", `at most ${MAX_LIVE_ASSETS} assets between commas`);
  }
  return names;
}

/** Freezes plain objects and lists throughout; instances of classes guard themselves. */
function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) {
    const isPlain = part !== null && typeof part === "object" &&
      (Array.isArray(part) || Object.getPrototypeOf(part) === Object.prototype);
    if (isPlain) deepFreeze(part);
  }
  return Object.freeze(value);
}
