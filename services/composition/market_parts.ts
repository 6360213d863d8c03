import { indicatorEngine } from "../analytics/mod.ts";
import {
  type AssetId,
  AssetRegistry,
  DemoGate,
  LiveBoard,
  loadRegistry,
  MarketService,
  seedRegistry,
} from "../market/mod.ts";
import { openBus } from "../platform/bus/mod.ts";
import { PacedChangeFeed } from "../platform/paced_change_feed.ts";
import { systemTimer } from "../platform/timer.ts";
import type { Clock } from "../ports/mod.ts";
import { DemoProvider } from "../providers/mod.ts";
import { SqlAssetStore, SqlCandleStore, SqlLivePriceStore } from "../storage/mod.ts";
import { type Core, openRedis, readRegistryFile } from "./core.ts";

/** What is stored of the market, and what is heard of it. */
export async function openMarket({ config, clock, log, database, owner }: Core) {
  const store = new SqlCandleStore(database, clock);
  const registry = await openRegistry(new SqlAssetStore(database), clock);
  const changes = new PacedChangeFeed(database.changes, clock);
  const { notices } = database;
  const bus = await openBus({
    notices,
    redis: openRedis(config),
    timer: systemTimer,
    log,
    instance: owner,
  });
  const prices = new SqlLivePriceStore(database);
  const demoGate = new DemoGate({ store, changes, mode: config.demo, log });
  demoGate.start();
  const board = new LiveBoard({ bus, store: prices, demo: demoGate, log });
  await board.start();
  const market = new MarketService({
    registry,
    store,
    clock,
    changes,
    demoMode: config.demo,
    indicators: indicatorEngine,
    live: board,
  });
  const provider = new DemoProvider({ clock, timer: systemTimer });
  const isListed = (assetId: AssetId) => registry.assets.some(({ id }) => id === assetId);
  const demo = { provider, assetIds: provider.assetIds.filter(isListed) };
  return { store, registry, changes, bus, prices, board, market, demo, demoGate };
}

export type MarketParts = Awaited<ReturnType<typeof openMarket>>;

/** The registry of this version, seeded into the database, as an index of every name. */
async function openRegistry(store: SqlAssetStore, clock: Clock): Promise<AssetRegistry> {
  const registry = loadRegistry(await readRegistryFile("assets.json"));
  await seedRegistry(registry, { store, clock });
  return new AssetRegistry(registry);
}
