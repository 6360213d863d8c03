import { type Selectable, sql } from "kysely";
import type { Uuid } from "../../kernel/ids.ts";
import { utcMsOf } from "../../kernel/time.ts";
import type { AssetId } from "../../market/assets.ts";
import type {
  ExcludedVenue,
  HeldPrice,
  LivePrice,
  LivePriceStore,
  MarketFigures,
  VenuePrice,
} from "../../market/live_ports.ts";
import type { Database } from "../database.ts";
import { fromUuidColumn, toUuidColumn } from "../uuid_column.ts";
import type { Schema } from "./schema.ts";

const PAGE_LIMIT = 500;
/** Rows of one statement: SQLite and PostgreSQL take so many parameters and no more. */
const ROWS_AT_ONCE = 1_000;

/** Last prices in either database. They touch no topic: whoever wants them by the second listens. */
export class SqlLivePriceStore implements LivePriceStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async recordPrices(prices: readonly LivePrice[]): Promise<void> {
    const figures = prices.flatMap(({ assetId, market }) => market ? [{ assetId, market }] : []);
    await this.#database.transaction(async ({ db }) => {
      for (const some of chunksOf(prices)) {
        await db.insertInto("live_prices").values(some.map(toPriceRow))
          .onConflict((conflict) =>
            conflict.column("asset_id").doUpdateSet((eb) => ({
              price_usd: eb.ref("excluded.price_usd"),
              asof: eb.ref("excluded.asof"),
              source: eb.ref("excluded.source"),
              venues: eb.ref("excluded.venues"),
              excluded: eb.ref("excluded.excluded"),
            })).where(sql<boolean>`live_prices.asof <= excluded.asof`)
          ).execute();
      }
      for (const some of chunksOf(figures)) {
        await db.insertInto("market_figures").values(some.map(toFiguresRow))
          .onConflict((conflict) =>
            conflict.column("asset_id").doUpdateSet((eb) => ({
              source: eb.ref("excluded.source"),
              asof: eb.ref("excluded.asof"),
              volume_24h_usd: eb.ref("excluded.volume_24h_usd"),
              market_cap_usd: eb.ref("excluded.market_cap_usd"),
            })).where(sql<boolean>`market_figures.asof <= excluded.asof`)
          ).execute();
      }
    });
  }

  async listPrices(): Promise<readonly LivePrice[]> {
    const [prices, figures] = await Promise.all([
      this.#database.read.selectFrom("live_prices").selectAll().execute(),
      this.#database.read.selectFrom("market_figures").selectAll().execute(),
    ]);
    const byAsset = new Map(figures.map((row) => [row.asset_id, toFigures(row)]));
    return prices.map((row) => ({
      assetId: row.asset_id as AssetId,
      priceUsd: row.price_usd,
      asof: utcMsOf(row.asof),
      source: row.source,
      venues: JSON.parse(row.venues) as readonly VenuePrice[],
      excluded: JSON.parse(row.excluded) as readonly ExcludedVenue[],
      market: byAsset.get(row.asset_id) ?? null,
    }));
  }

  async recordHeld(held: HeldPrice): Promise<void> {
    const id = toUuidColumn(held.id as Uuid, this.#database.dialect);
    const settled = {
      state: held.state,
      settled_by: held.settledBy,
      settled_at: held.settledAt,
    };
    await this.#database.transaction(({ db }) =>
      db.insertInto("held_prices").values({
        id,
        asset_id: held.assetId,
        venue: held.venue,
        price_usd: held.priceUsd,
        at: held.at,
        last_price_usd: held.lastPriceUsd,
        last_at: held.lastAt,
        ...settled,
      }).onConflict((conflict) => conflict.column("id").doUpdateSet(settled)).execute()
    );
  }

  async listHeld({ limit }: { readonly limit: number }): Promise<readonly HeldPrice[]> {
    const rows = await this.#database.read.selectFrom("held_prices").selectAll()
      .orderBy("id", "desc").limit(Math.min(limit, PAGE_LIMIT)).execute();
    return rows.map(toHeld);
  }
}

function chunksOf<T>(values: readonly T[]): readonly (readonly T[])[] {
  const chunks = [];
  for (let at = 0; at < values.length; at += ROWS_AT_ONCE) {
    chunks.push(values.slice(at, at + ROWS_AT_ONCE));
  }
  return chunks;
}

function toPriceRow({ assetId, priceUsd, asof, source, venues, excluded }: LivePrice) {
  return {
    asset_id: assetId,
    price_usd: priceUsd,
    asof,
    source,
    venues: JSON.stringify(venues),
    excluded: JSON.stringify(excluded),
  };
}

function toFiguresRow({ assetId, market }: { assetId: AssetId; market: MarketFigures }) {
  return {
    asset_id: assetId,
    source: market.source,
    asof: market.asof,
    volume_24h_usd: market.volume24hUsd,
    market_cap_usd: market.marketCapUsd,
  };
}

function toFigures(row: Selectable<Schema["market_figures"]>): MarketFigures {
  return {
    source: row.source,
    asof: utcMsOf(row.asof),
    volume24hUsd: row.volume_24h_usd,
    marketCapUsd: row.market_cap_usd,
  };
}

function toHeld(row: Selectable<Schema["held_prices"]>): HeldPrice {
  return {
    id: fromUuidColumn(row.id),
    assetId: row.asset_id as AssetId,
    venue: row.venue,
    priceUsd: row.price_usd,
    at: utcMsOf(row.at),
    lastPriceUsd: row.last_price_usd,
    lastAt: utcMsOf(row.last_at),
    state: row.state,
    settledBy: row.settled_by,
    settledAt: row.settled_at === null ? null : utcMsOf(row.settled_at),
  };
}
